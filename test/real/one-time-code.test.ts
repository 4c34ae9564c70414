import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {linkExample} from '../support/example-plugin.ts'
import {variablesOf} from '../support/machine.ts'
import {hookWith, plantPlugin} from '../support/planted-plugin.ts'
import {useScene} from '../support/scene.ts'
import {screenAfter} from '../support/screen.ts'
import {startOnTerminal} from '../support/terminal-session.ts'

const notice = 'Touch your security key.'

describe('A one-time code on a terminal', () => {
  const scene = useScene()

  async function start(seconds: number) {
    const touched = join(scene.home.folder, 'touched')
    const stdout = join(scene.home.folder, 'stdout')
    await linkExample(scene.home, 'one-time-code')
    await scene.home.configure({provider: {strategy: 'one-time-code', touched, seconds}})
    const redirects = [`1>${stdout}`]
    const session = startOnTerminal(['creds', '--profile', 'developer'], {
      env: variablesOf(scene.home, scene.sandbox),
      redirects,
    })
    return {session, touched, stdout, screen: async () => (await screenAfter(session.shown(), 100)).texts.join('\n')}
  }

  it('is typed, and the notice is there until the key is touched', async () => {
    const {session, touched, stdout, screen} = await start(60)
    await session.until('Code of your token')
    session.type('123456\r')
    await session.until(notice)
    expect(await screen()).to.include(notice)
    await writeFile(touched, '')
    expect(await session.ended).to.deep.equal({exitCode: 0, restored: true})
    expect(await screen()).not.to.include(notice)
    const printed = await readFile(stdout, 'utf8')
    expect(JSON.parse(printed)).to.include({Version: 1})
  })

  it('that nobody types in time is given up, and its question is taken away', async () => {
    const {session, stdout, screen} = await start(1)
    expect(await session.ended).to.deep.equal({exitCode: 6, restored: true})
    const left = await screen()
    expect(session.shown()).to.include('Code of your token')
    expect(left).to.match(/^Error: Nobody has answered "Code of your token" within 1 s\./)
    expect(await readFile(stdout, 'utf8')).to.equal('')
  })

  for (const [what, env, redirects, available] of [
    ['at a terminal', {}, [], true],
    ['where nobody may be asked', {AWS_OIDC_INTERACTIVE: 'never'}, [], false],
    ['where the question would go into a file', {AWS_OIDC_INTERACTIVE: 'always'}, ['2>/dev/null'], false],
  ] as const) {
    it(`can ${available ? '' : 'not '}be asked for ${what}`, async () => {
      const file = join(scene.home.folder, 'available')
      const atSignIn = `fs.writeFileSync(${JSON.stringify(file)}, String(host.ask.available))`
      await plantPlugin(scene.home, {hook: hookWith({atSignIn})})
      await scene.home.configure({provider: {strategy: 'ping'}})
      const variables = {...variablesOf(scene.home, scene.sandbox), ...env}
      await startOnTerminal(['creds', '--profile', 'developer'], {env: variables, redirects}).ended
      expect(await readFile(file, 'utf8')).to.equal(String(available))
    })
  }

  it('ends with its notice where the plugin forgets to take that away', async () => {
    await plantPlugin(scene.home, {hook: hookWith({atSignIn: `host.notice('${notice}'); await host.sleep(300)`})})
    await scene.home.configure({provider: {strategy: 'ping'}})
    const session = startOnTerminal(['creds', '--profile', 'developer'], {
      env: variablesOf(scene.home, scene.sandbox),
    })
    expect(await session.ended).to.deep.equal({exitCode: 0, restored: true})
    expect(session.shown()).to.include(notice)
    expect((await screenAfter(session.shown(), 100)).texts.join('\n')).not.to.include(notice)
  })
})
