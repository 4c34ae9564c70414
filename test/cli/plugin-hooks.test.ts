import {mkdir} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {codeRun, plantCommand} from '../support/commanding-plugin.ts'
import {useScene} from '../support/scene.ts'

const loop = 'while (true) {}'
const never = 'setInterval(() => {}, 1000); await new Promise(() => {})'
const everywhere = {init: loop, prerun: loop, postrun: loop, finally: loop, command_not_found: loop}

describe('hooks of a plugin', () => {
  const scene = useScene()

  it('run around the commands of that plugin only, so that none keeps anything else from working', async () => {
    await plantCommand(scene.home, {hooks: everywhere})
    await plantCommand(scene.home, {name: 'other'})
    expect((await scene.home.run(['help'])).stdout).to.include('Answers ping.')
    expect((await scene.home.run([])).stdout).to.include('Answers ping.')
    expect(await scene.home.run(['--version'])).to.include({exitCode: 0, stderr: ''})
    expect(await scene.home.run(['version'])).to.include({exitCode: 0, stderr: ''})
    expect((await scene.home.run(['plugins'])).stdout).to.include('aws-oidc-ping 1.0.0')
    expect(await scene.home.run(['plugins', 'inspect', 'aws-oidc-ping'])).to.include({exitCode: 0})
    expect((await scene.home.run(['ping', '--help'])).stdout).to.include('Answers ping.')
    expect(await scene.home.run(['nonsense'])).to.include({exitCode: 2})
    expect((await scene.home.run(['doctor'])).stdout).to.include('aws-oidc-ping 1.0.0')
    expect((await scene.home.run(['plugins', 'update'])).exitCode).to.equal(0)
    expect(codeRun(scene.home)).to.deep.equal([])
    expect(await scene.home.run(['other'])).to.include({exitCode: 0, stdout: 'pong\n', stderr: ''})
    expect(codeRun(scene.home).filter(code => code.startsWith('ping'))).to.deep.equal([])
    expect(await scene.home.run(['plugins', 'uninstall', 'aws-oidc-ping'])).to.include({exitCode: 0, stderr: ''})
  })

  const misdeeds: readonly (readonly [event: 'init' | 'prerun' | 'postrun' | 'finally', deed: string, told: string])[] =
    [
      ['init', never, 'its hook "init" did not end within 10 seconds'],
      ['init', 'await new Promise(() => {})', 'its hook "init" did not end within 10 seconds'],
      ['init', loop, 'its hook "init" did not end within 10 seconds'],
      ['init', 'process.exit(0)', 'its hook "init" ended the whole command'],
      ['init', "throw new Error('broken\\ninside')", 'its hook "init" says: broken inside'],
      ['init', "await import('nowhere-to-be-found')", 'nowhere-to-be-found'],
      ['prerun', never, 'its hook "prerun" did not end within 10 seconds'],
      ['prerun', 'process.exit(3)', 'its hook "prerun" ended the whole command'],
      ['prerun', 'throw undefined', 'its hook "prerun" says: undefined'],
      ['postrun', never, 'its hook "postrun" did not end within 10 seconds'],
      ['postrun', loop, 'its hook "postrun" did not end within 10 seconds'],
      ['postrun', "throw new Error('broken inside')", 'its hook "postrun" says: broken inside'],
      ['finally', never, 'its hook "finally" did not end within 10 seconds'],
      ['finally', 'process.exit(0)', 'its hook "finally" ended the whole command'],
      ['finally', "throw new Error('broken inside')", 'its hook "finally" says: broken inside'],
    ]

  it('are named in one line where they fail, and end the command', async function () {
    this.timeout(180_000)
    // Some take ten seconds to be found out, so all go at once, each in a data folder of its own.
    const endings = await Promise.all(
      misdeeds.map(async ([event, deed, told], number) => {
        const folder = join(scene.home.folder, `data-${number}`)
        await mkdir(folder)
        await plantCommand({...scene.home, folder}, {hooks: {[event]: deed}})
        return {event, deed, told, ...(await scene.home.run(['ping'], {XDG_DATA_HOME: join(folder, '.local/share')}))}
      }),
    )
    for (const {event, deed, told, exitCode, signal, stdout, stderr} of endings) {
      const words = `${event}: ${deed}: ${stderr}`
      expect({exitCode, signal}, words).to.deep.equal(
        deed === loop ? {exitCode: null, signal: 'SIGKILL'} : {exitCode: 1, signal: null},
      )
      expect(stdout, words).to.equal(event === 'init' || event === 'prerun' ? '' : 'pong\n')
      expect(stderr, words)
        .to.match(/^Error: The plugin aws-oidc-ping failed: .*\.\nTry: aws-oidc plugins uninstall aws-oidc-ping\n$/)
        .and.to.include(told)
    }
  })

  it('may end a command with an error and an exit code of their own', async () => {
    await plantCommand(scene.home, {hooks: {prerun: "this.error('Not on a Sunday.', {exit: 9})"}})
    const {exitCode, stdout, stderr} = await scene.home.run(['ping'])
    expect({exitCode, stdout}).to.deep.equal({exitCode: 9, stdout: ''})
    expect(stderr).to.include('Not on a Sunday.').and.not.to.include('plugins uninstall')
  })

  it('do not hide why a command failed', async () => {
    await plantCommand(scene.home, {
      command: "console.error('first'); process.exitCode = 5",
      hooks: {finally: "throw new Error('broken inside')"},
    })
    const {exitCode, stderr} = await scene.home.run(['ping'])
    expect(exitCode).to.equal(5)
    expect(stderr).to.match(/^first\nError: The plugin aws-oidc-ping failed: its hook "finally" says: broken inside\./)
  })
})

describe('commands of a plugin without a manifest', () => {
  const scene = useScene()

  it('work, and no other call runs their code', async () => {
    await plantCommand(scene.home, {manifest: false})
    await plantCommand(scene.home, {name: 'other'})
    expect(await scene.home.run(['other'])).to.include({exitCode: 0, stderr: ''})
    expect((await scene.home.run(['plugins'])).stdout).to.include('aws-oidc-ping 1.0.0')
    const help = await scene.home.run(['help'])
    expect(help.exitCode).to.equal(0)
    expect(help.stdout).to.include('Answers other.').and.not.to.include('ping')
    expect(help.stderr).to.equal(
      'Warning: Help leaves out the commands of the plugin aws-oidc-ping: it has no valid oclif.manifest.json.\n',
    )
    expect(codeRun(scene.home).filter(code => code.startsWith('ping'))).to.deep.equal([])
    expect(await scene.home.run(['ping'])).to.include({exitCode: 0, stdout: 'pong\n', stderr: ''})
  })

  for (const [deed, told, status] of [
    ["throw new Error('broken inside')", 'broken inside', {exitCode: 2, signal: null}],
    ['await new Promise(() => {})', 'its commands were not loaded within 10 seconds', {exitCode: 2, signal: null}],
    ['process.exit(0)', 'it ended the whole command', {exitCode: 1, signal: null}],
    [loop, 'its commands were not loaded within 10 seconds', {exitCode: null, signal: 'SIGKILL'}],
  ] as const) {
    it(`are named where they can't be loaded: ${deed}`, async function () {
      this.timeout(60_000)
      await plantCommand(scene.home, {manifest: false, command: deed})
      const {stdout, stderr, ...ended} = await scene.home.run(['ping'])
      expect({stdout, ...ended}, stderr).to.deep.equal({stdout: '', ...status})
      expect(stderr).to.include('The plugin aws-oidc-ping failed: ').and.to.include(told)
      expect(await scene.home.run(['plugins'])).to.include({exitCode: 0})
    })
  }
})
