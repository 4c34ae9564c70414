import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {enterCode, overSsh} from '../support/device.ts'
import {variablesOf} from '../support/machine.ts'
import {readPicture} from '../support/qr.ts'
import {useScene} from '../support/scene.ts'
import {startOnTerminal, type TerminalSession, type TerminalStart} from '../support/terminal-session.ts'

const creds = ['creds', '--profile', 'developer']
const drawn = /[█▀▄]/

describe('a code for a user at a terminal', () => {
  const scene = useScene()
  beforeEach(async () => {
    await scene.home.configure({top: {browser: undefined}})
    await scene.sandbox.steer('POST', '/lifetimes', {intervalSeconds: 1})
  })

  async function begin(changes: Partial<TerminalStart> = {}): Promise<TerminalSession & {code: string; address: URL}> {
    const env = {...variablesOf(scene.home, scene.sandbox), ...overSsh, ...changes.env}
    const session = startOnTerminal(creds, {...changes, env})
    await session.until(/before\s+you\s+enter\s+it\./)
    const [, address = ''] = /^ {2}(http\S+)/m.exec(session.shown()) ?? []
    const [, code = ''] = /enter the code {2}(\S+)/.exec(session.shown()) ?? []
    return {...session, code, address: new URL(address)}
  }

  it('is on the terminal itself, with a QR code, although the caller swallows stderr as botocore does', async () => {
    const [result, complaints] = [join(scene.home.folder, 'out'), join(scene.home.folder, 'err')]
    const session = await begin({redirects: [`1>${result}`, `2>${complaints}`]})
    await enterCode(session)
    expect(await session.ended).to.deep.equal({exitCode: 0, restored: true})
    const picture = session
      .shown()
      .split('\r\n')
      .filter(line => drawn.test(line))
    expect(readPicture(picture.join('\n'))).to.equal(`${session.address.href}?user_code=${session.code}`)
    expect(session.shown()).to.include('Signed in as alice@example.com at sandbox')
    expect(await readFile(complaints, 'utf8')).to.equal('')
    expect(JSON.parse(await readFile(result, 'utf8'))).to.include({Version: 1})
  })

  for (const [words, changes] of [
    ['too small', {columns: 30, rows: 20}],
    ['without a size', {columns: 0, rows: 0}],
    ['that shows plain text only', {env: {TERM: 'dumb'}}],
    ['without block characters', {env: {LANG: 'C'}}],
  ] as const) {
    it(`is shown without a QR code on a terminal ${words}`, async () => {
      const session = await begin(changes)
      await enterCode(session)
      expect(await session.ended).to.include({exitCode: 0})
      expect(session.shown()).not.to.match(drawn)
    })
  }

  it('is shown with a QR code without colours where NO_COLOR is set', async () => {
    const session = await begin({env: {NO_COLOR: '1'}})
    await enterCode(session)
    expect(await session.ended).to.include({exitCode: 0})
    expect(session.shown()).to.match(drawn).and.not.include('\u001b[')
  })
})
