import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect} from 'chai'
import {root} from '../support/sandbox.ts'
import {useScene} from '../support/scene.ts'

interface Manifest {
  readonly commands: Readonly<Record<string, {readonly flags: Readonly<Record<string, {readonly char?: string}>>}>>
}

describe('the short flag for help', () => {
  const scene = useScene()
  const {commands}: Manifest = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8'))

  async function expectHelp(words: readonly string[], long = ['--help']): Promise<void> {
    const [short, full] = await Promise.all([scene.home.run([...words, '-h']), scene.home.run([...words, ...long])])
    expect(short, words.join(' ')).to.deep.equal(full)
    expect(short, words.join(' ')).to.include({exitCode: 0, stderr: ''})
    expect(short.stdout).to.include('USAGE')
  }

  it('shows what --help shows: alone, after a topic, and after other arguments', async () => {
    await expectHelp([])
    await expectHelp(['profiles'])
    await expectHelp(['plugins'])
    await expectHelp(['login', '-p', 'developer'])
  })

  for (const id of Object.keys(commands)) {
    const words = id.split(':')
    it(`shows what --help shows after "${words.join(' ')}"`, () => expectHelp(words))
  }

  it('means nothing else in any command', () => {
    const others = Object.entries(commands).flatMap(([id, {flags}]) =>
      Object.entries(flags).flatMap(([name, {char}]) => (char === 'h' ? [`${id} --${name}`] : [])),
    )
    expect(others).to.deep.equal([])
  })

  it('belongs to the program after "--"', async () => {
    const {stdout} = await scene.home.run(['exec', '-p', 'developer', '--', 'echo', '-h'])
    expect(stdout).to.equal('-h\n')
  })
})
