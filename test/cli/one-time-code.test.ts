import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {linkExample} from '../support/example-plugin.ts'
import {hookWith, plantPlugin} from '../support/planted-plugin.ts'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '--profile', 'developer']

describe('without a terminal, a plugin', () => {
  const scene = useScene()

  async function plantAsking(atSignIn: string): Promise<void> {
    await plantPlugin(scene.home, {hook: hookWith({atSignIn})})
    await scene.home.configure({provider: {strategy: 'ping'}})
  }

  it('that can ask for no code shows its notice as a line on stderr, and only credentials on stdout', async () => {
    const touched = join(scene.home.folder, 'touched')
    await writeFile(touched, '')
    await linkExample(scene.home, 'one-time-code')
    await scene.home.configure({provider: {strategy: 'one-time-code', touched}})
    const {exitCode, stdout, stderr} = await scene.home.run(creds)
    expect(exitCode, stderr).to.equal(0)
    expect(JSON.parse(stdout)).to.include({Version: 1})
    expect(stdout).not.to.include('Touch')
    expect(stderr).to.include('Nobody can type a code here').and.to.include('\nTouch your security key.\n')
  })

  it('is told that nobody can answer at a terminal, although a user may be asked', async () => {
    await plantAsking('host.log.info("interactive " + host.interactive + ", available " + host.ask.available)')
    expect((await scene.home.run(creds)).stderr).to.include('interactive true, available false')
  })

  it('gives a notice that is masked, in one line and harmless', async () => {
    await plantAsking(
      "const before = await host.tokens({issuer, clientId}); host.notice(before.idToken + '\\n\\u001b[2Jx')",
    )
    const {stderr} = await scene.home.run(creds)
    expect(stderr).to.match(/^\S*\*+\S* .*x$/m)
    expect(stderr).not.to.include('eyJ').and.not.to.include('\u001b')
  })

  for (const [what, timeout] of [
    ['no time', '0'],
    ['a text for a time', '"30s"'],
  ] as const) {
    it(`that gives a question ${what} is named with its mistake`, async () => {
      await plantAsking(`await host.ask.text('Who?', {timeout: ${timeout}})`)
      const {exitCode, stderr} = await scene.home.run(creds)
      expect(exitCode).to.equal(1)
      expect(stderr).to.include('of aws-oidc-ping failed: "timeout" of a question is ')
    })
  }

  it('that gives a notice of no text is named with its mistake', async () => {
    await plantAsking('host.notice(5)')
    const {exitCode, stderr} = await scene.home.run(creds)
    expect(exitCode).to.equal(1)
    expect(stderr).to.include('of aws-oidc-ping failed: the notice is 5, not a string')
  })
})
