import {expect} from 'chai'
import {overSsh} from '../support/device.ts'
import {variablesOf} from '../support/machine.ts'
import {answers} from '../support/ports.ts'
import {useScene} from '../support/scene.ts'
import {browse, changed, redirectAfterSignIn} from '../support/sign-in.ts'
import {startOnTerminal, type TerminalSession} from '../support/terminal-session.ts'

const login = ['login', '--profile', 'developer']
const enter = '\r'
const ctrlC = '\u0003'
const question = 'Paste the address here:'

describe('login with the browser on another machine, at a provider without codes', () => {
  const scene = useScene()
  beforeEach(async () => {
    await scene.home.configure({top: {browser: undefined}})
    await scene.sandbox.fault({on: 'discovery', change: {device_authorization_endpoint: null}})
  })

  /** Starts a sign-in, and waits until the address to open is shown and the question for the other one. */
  async function begin(args: readonly string[] = login, env = overSsh) {
    const session = startOnTerminal(args, {env: {...variablesOf(scene.home, scene.sandbox), ...env}})
    await session.until(question)
    const address = new URL(/^ {2}(http\S+)/m.exec(session.shown())?.[1] ?? '')
    return {session, address, redirect: new URL(address.searchParams.get('redirect_uri') ?? '')}
  }

  async function paste(session: TerminalSession, text: string, times = 2): Promise<void> {
    session.type(`${text}${enter}`)
    await session.until(question, times)
  }

  it('accepts the address that the browser could not load', async () => {
    const {session, address, redirect} = await begin()
    expect(session.shown().replace(/\s+/g, ' ')).to.include(`ends at a page that it can't load: ${redirect.href}?...`)
    const back = await redirectAfterSignIn(address)
    session.type(`${back.href}${enter}`)
    expect(await session.ended).to.deep.equal({exitCode: 0, restored: true})
    expect(session.shown()).to.include('Signed in as alice@example.com at sandbox.')
    const code = back.searchParams.get('code') ?? ''
    expect(code).to.have.length.greaterThan(20)
    expect(session.shown(), "the code is nobody else's business").not.to.include(code)
    expect(await answers('127.0.0.1', Number(redirect.port))).to.equal(false)
  })

  it('accepts it without its scheme, with spaces and quotes around it, as browsers and chats copy it', async () => {
    const {session, address} = await begin()
    const back = await redirectAfterSignIn(address)
    session.type(`  "${back.href.replace('http://', '')}" ${enter}`)
    expect(await session.ended).to.deep.equal({exitCode: 0, restored: true})
  })

  it('says what is wrong with another address, and asks again', async () => {
    const {session, address, redirect} = await begin()
    const back = await redirectAfterSignIn(address)
    const wrong: readonly (readonly [string, string])[] = [
      ['%%%', 'That is not an address.'],
      ['', 'That is not an address.'],
      [address.href, 'That is not the address at which the sign-in ends.'],
      [changed(back, url => (url.port = '1')).href, 'That is not the address at which the sign-in ends.'],
      [changed(back, url => (url.pathname = '/other')).href, 'That is not the address at which the sign-in ends.'],
      [redirect.href, 'That address contains no answer from the provider.'],
      [
        changed(back, url => url.searchParams.set('state', 'foreign')).href,
        'belongs to another sign-in, or is cut off.',
      ],
      [changed(back, url => url.searchParams.append('state', 'foreign')).href, 'belongs to another sign-in'],
      [changed(back, url => url.searchParams.delete('state')).href, 'belongs to another sign-in, or is cut off.'],
      [changed(back, url => url.searchParams.delete('iss')).href, 'cut off: "iss" is missing.'],
      [changed(back, url => url.searchParams.set('iss', 'https://evil.example')).href, 'comes from another provider.'],
    ]
    for (const [index, [text, problem]] of wrong.entries()) {
      const before = session.shown().split(problem).length
      session.type(`${text}${enter}`)
      await session.until(problem, before)
      await session.until(`${question}`, index + 2)
    }
    session.type(`${back.href}${enter}`)
    expect(await session.ended).to.deep.equal({exitCode: 0, restored: true})
    expect((await scene.sandbox.journal()).filter(({grant}) => grant === 'authorization_code')).to.have.length(1)
  })

  it('ends with exit code 4 when the address says that the user pressed Cancel', async () => {
    const {session, address, redirect} = await begin()
    const denied = new URL(redirect)
    const answer = {error: 'access_denied', state: address.searchParams.get('state') ?? '', iss: scene.sandbox.issuer}
    denied.search = String(new URLSearchParams(answer))
    session.type(`${denied.href}${enter}`)
    expect(await session.ended).to.deep.equal({exitCode: 4, restored: true})
    expect(session.shown()).to.include('refused the sign-in: access_denied')
  })

  it("ends with the provider's refusal, and without the code, where the code does not work", async () => {
    const {session, address} = await begin()
    const back = changed(await redirectAfterSignIn(address), url => url.searchParams.set('code', 'not-the-code-at-all'))
    session.type(`${back.href}${enter}`)
    expect(await session.ended).to.deep.equal({exitCode: 4, restored: true})
    expect(session.shown()).to.include('gave no tokens: invalid_grant').and.not.include('not-the-code-at-all')
  })

  it('accepts the redirect of the browser during the question, and restores the terminal', async () => {
    const {session, address} = await begin()
    await browse(address)
    expect(await session.ended).to.deep.equal({exitCode: 0, restored: true})
    expect(session.shown()).to.include('Signed in as alice@example.com at sandbox.')
  })

  it('ends with Ctrl-C: exit code 130, the terminal restored, the listener closed', async () => {
    const {session, redirect} = await begin()
    session.type(ctrlC)
    expect(await session.ended).to.deep.equal({exitCode: 130, restored: true})
    expect(session.shown().lastIndexOf('\u001b[?25h')).to.be.greaterThan(session.shown().lastIndexOf('\u001b[?25l'))
    expect(await answers('127.0.0.1', Number(redirect.port))).to.equal(false)
  })

  it('reacts to Ctrl-C even after the browser has returned, while the tokens are fetched', async () => {
    const {session, address} = await begin()
    await scene.sandbox.fault({on: 'token', delayMs: 60_000})
    const back = await redirectAfterSignIn(address)
    const both = [fetch(back), fetch(back)].map(answer => answer.catch(() => undefined))
    // The one that counts waits for the token endpoint; the other one is answered at once.
    expect((await Promise.race(both))?.status).to.equal(400)
    session.type(ctrlC)
    expect(await session.ended).to.deep.equal({exitCode: 130, restored: true})
    await Promise.all(both)
  })

  it('asks with --no-browser too, on any machine', async () => {
    const {session, address} = await begin([...login, '--no-browser'], {SSH_CONNECTION: ''})
    await paste(session, 'nonsense')
    session.type(`${(await redirectAfterSignIn(address)).href}${enter}`)
    expect(await session.ended).to.deep.equal({exitCode: 0, restored: true})
  })

  it('never asks in creds, which only says how to sign in', async () => {
    const env = {...variablesOf(scene.home, scene.sandbox), ...overSsh}
    const session = startOnTerminal(['creds', '--profile', 'developer', '--no-browser'], {env})
    await session.until(/aws-oidc\s+login\s+--profile\s+developer\s+takes\s+the\s+address\s+at\s+which\s+it\s+ends/)
    expect(session.shown()).not.to.include(question)
    session.type(ctrlC)
    expect(await session.ended).to.include({exitCode: 130})
  })
})
