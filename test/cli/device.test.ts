import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {countOf, deviceGrant, enterCode, overSsh, untilPolled, waitForCode} from '../support/device.ts'
import {isOneDocument} from '../support/document.ts'
import {letTimePass} from '../support/machine.ts'
import {freePort} from '../support/ports.ts'
import {useScene} from '../support/scene.ts'
import {browse, waitForAddress} from '../support/sign-in.ts'

const creds = ['creds', '--profile', 'developer']
const login = ['login', '--profile', 'developer']
const drawn = /[█▀▄]/
const noDeviceFlow = {on: 'discovery', change: {device_authorization_endpoint: null}}
const notForThisClient = {on: 'device', error: 'unauthorized_client', message: 'disabled for the client'}

describe('signing in with a code', () => {
  const scene = useScene()
  beforeEach(async () => {
    await scene.sandbox.steer('POST', '/lifetimes', {intervalSeconds: 1, deviceCodeSeconds: 600})
    // No browser of the user: the choice depends on the environment alone.
    await scene.home.configure({top: {browser: undefined}})
  })

  it('is what creds does in an SSH session, and says so', async () => {
    const {home, sandbox} = scene
    const shown = await waitForCode(home, creds)
    expect(shown.said).to.match(/^You sign in with a code, because this is an SSH session; --browser[^\n]*\n/)
    expect(shown.said).to.include(`Check that your browser is at ${shown.address.host} before you enter it.`)
    expect(shown.said).not.to.match(drawn)
    await untilPolled(sandbox, 'authorization_pending')
    await enterCode(shown)
    const ending = await shown.ended
    isOneDocument(ending)
    expect(ending.stderr).to.include('Signed in as alice@example.com at sandbox; the role is arn:aws')
    expect(await countOf(sandbox, 'authorization')).to.equal(0)
  })

  it('is not repeated the next time: the refresh token works when the ID token has expired', async () => {
    const {home, sandbox} = scene
    await sandbox.steer('POST', '/lifetimes', {idTokenSeconds: 60})
    try {
      const shown = await waitForCode(home, creds)
      await enterCode(shown)
      expect(await shown.ended).to.include({exitCode: 0})
      isOneDocument(await home.run([...creds, '--force'], {AWS_OIDC_INTERACTIVE: 'never'}))
      const grants = (await sandbox.journal()).map(({grant}) => grant)
      expect(grants.filter(grant => grant === 'refresh_token')).to.have.length(1)
    } finally {
      await sandbox.steer('POST', '/lifetimes', {idTokenSeconds: 300})
    }
  })

  it('is not offered where the resulting ID token could not be verified', async () => {
    const {home, sandbox} = scene
    await sandbox.fault({on: 'jwks', status: 503})
    const {exitCode, stderr} = await home.run(creds, overSsh)
    expect(exitCode, stderr).to.equal(6)
    expect(stderr).to.include('HTTP 503').and.not.include('enter the code')
  })

  it('opens the page for the code where that is at the issuer and a browser is configured', async () => {
    const {home, sandbox} = scene
    await home.configure({})
    const {exitCode, stdout, stderr} = await home.run([...login, '--device'])
    expect({exitCode, stdout}, stderr).to.deep.include({exitCode: 0})
    expect(stdout).to.match(/^Signed in as alice@example\.com at sandbox\.\n/)
    expect(stderr).to.include(`\n  ${sandbox.issuer}/device\n`).and.not.include('because')
    expect(await countOf(sandbox, 'device')).to.equal(1)
  })

  it('is chosen permanently by "flow: device", and --no-browser overrules it', async () => {
    const {home, sandbox} = scene
    await home.configure({provider: {flow: 'device'}})
    expect(await home.run(creds)).to.include({exitCode: 0})
    expect(await countOf(sandbox, 'device')).to.equal(1)
    const child = home.start([...login, '--force', '--no-browser'])
    await new Promise<void>(resolve => child.child.stderr?.once('data', () => resolve()))
    child.child.kill('SIGTERM')
    expect((await child.ended).stderr).to.include('Open this address in a browser to sign in:')
    expect(await countOf(sandbox, 'device')).to.equal(1)
  })

  it('works for a client with a secret', async () => {
    const {home} = scene
    const provider = {clientId: 'aws-oidc-confidential', clientSecret: {env: 'SECRET'}}
    await home.configure({provider})
    isOneDocument(await home.run([...creds, '--device'], {SECRET: 'sandbox-client-secret'}))
  })

  it('shows one code however many calls wait, and all get the same credentials', async () => {
    const {home, sandbox} = scene
    const first = await waitForCode(home, creds)
    const others = Array.from({length: 5}, () => home.run(creds, overSsh))
    await untilPolled(sandbox, 'authorization_pending', 2)
    await enterCode(first)
    const endings = await Promise.all([first.ended, ...others])
    for (const ending of endings) isOneDocument(ending)
    expect(new Set(endings.map(({stdout}) => stdout))).to.have.length(1)
    expect(endings.filter(({stderr}) => stderr.includes('enter the code'))).to.have.length(1)
    expect(await countOf(sandbox, 'device')).to.equal(1)
  })

  it('ends with exit code 4 when the user refuses, and programs do not ask again at once', async () => {
    const {home, sandbox} = scene
    const unattended = {...overSsh, AWS_OIDC_INTERACTIVE: 'auto', DISPLAY: ':9'}
    const shown = await waitForCode(home, creds, unattended)
    await enterCode(shown, 'deny')
    const {exitCode, stdout, stderr} = await shown.ended
    expect({exitCode, stdout}).to.deep.equal({exitCode: 4, stdout: ''})
    expect(stderr).to.include('Error: The sign-in to ').and.include('was declined: access_denied')
    const again = await home.run(creds, unattended)
    expect(again).to.include({exitCode: 3, stdout: ''})
    expect(again.stderr).to.include('Try: aws-oidc login --profile developer')
    await letTimePass(home, 5.1)
    const later = await waitForCode(home, creds, unattended)
    await enterCode(later)
    expect(await later.ended).to.include({exitCode: 0})
    expect(await countOf(sandbox, 'device')).to.equal(2)
  })

  it('ends with exit code 6 when the code has expired, and says what to type', async () => {
    const {home, sandbox} = scene
    await sandbox.steer('POST', '/lifetimes', {deviceCodeSeconds: 2})
    const {exitCode, stdout, stderr} = await home.run(creds, overSsh)
    expect({exitCode, stdout}).to.deep.equal({exitCode: 6, stdout: ''})
    // The first to notice reports it: the last poll, in the words of the provider, or our own clock.
    const byWhom = String.raw`(?:: expired_token[^\n]*)?`
    expect(stderr).to.match(
      RegExp(`Error: The code from \\S+ expired before you had signed in${byWhom}\\.\\nTry: aws-oidc login`),
    )
  })

  it('keeps polling after a cut connection and a failure of the provider', async () => {
    const {home, sandbox} = scene
    for (const effect of [{cut: true}, {status: 503, body: 'busy'}]) {
      await sandbox.fault({on: 'token', grant: deviceGrant, times: 1, ...effect})
    }
    const shown = await waitForCode(home, creds)
    await enterCode(shown)
    isOneDocument(await shown.ended)
    const outcomes = (await sandbox.journal()).filter(({grant}) => grant === deviceGrant).map(({outcome}) => outcome)
    expect(outcomes).to.deep.equal(['cut', 'http_503', 'ok'])
  })

  it('is interrupted by Ctrl-C at once while it waits', async () => {
    const {home, sandbox} = scene
    await sandbox.steer('POST', '/lifetimes', {intervalSeconds: 300})
    const shown = await waitForCode(home, creds)
    shown.child.kill('SIGINT')
    const {exitCode, stdout} = await shown.ended
    expect({exitCode, stdout}).to.deep.equal({exitCode: 130, stdout: ''})
  })

  it('accepts no ID token signed with another key', async () => {
    const {home, sandbox} = scene
    await sandbox.fault({on: 'token', grant: deviceGrant, idToken: {key: 'foreign'}, skip: 0})
    const shown = await waitForCode(home, creds)
    await enterCode(shown)
    expect(await shown.ended).to.include({exitCode: 6, stdout: ''})
  })

  it('requests no code where the user may not be asked', async () => {
    const {home, sandbox} = scene
    const {exitCode, stderr} = await home.run([...creds, '--device', '--no-interactive'], overSsh)
    expect(exitCode).to.equal(3)
    expect(stderr).to.include('Try: aws-oidc login --profile developer')
    expect(await countOf(sandbox, 'device')).to.equal(0)
  })

  for (const [words, args, provider, hint] of [
    ['--device', ['--device'], {}, 'the same command without --device'],
    ['"flow: device"', [], {flow: 'device'}, '"flow: auto" of the provider, or --browser'],
  ] as const) {
    for (const [where, fault] of [
      ['the provider has no device flow', noDeviceFlow],
      ['the client may not use it', notForThisClient],
    ] as const) {
      it(`requested by ${words} is an error where ${where}: exit code 2`, async () => {
        const {home, sandbox} = scene
        await home.configure({provider})
        await sandbox.fault(fault)
        const {exitCode, stdout, stderr} = await home.run([...creds, ...args])
        expect({exitCode, stdout}).to.deep.equal({exitCode: 2, stdout: ''})
        expect(stderr).to.include('The provider "sandbox" offers no sign-in with a code').and.include(`Try: ${hint}\n`)
        expect(await countOf(sandbox, 'authorization')).to.equal(0)
      })
    }
  }

  describe('at a host that the configuration does not name', () => {
    const elsewhere = {
      on: 'device',
      change: {verification_uri: 'https://other.example/go', verification_uri_complete: null},
    }

    it('is only shown, with a warning, until "deviceHosts" names that host', async () => {
      const {home, sandbox} = scene
      const opened = join(home.folder, 'opened')
      const script = join(home.folder, 'browser.cjs')
      await writeFile(script, `require('node:fs').writeFileSync(${JSON.stringify(opened)}, process.argv[2])`)
      await sandbox.steer('POST', '/lifetimes', {deviceCodeSeconds: 2})
      await sandbox.fault(elsewhere)
      for (const deviceHosts of [undefined, ['other.example']]) {
        await home.configure({top: {browser: [process.execPath, script]}, provider: {deviceHosts}})
        const {stderr} = await home.run([...login, '--device'])
        expect(stderr).to.include('\n  https://other.example/go\n')
        expect(stderr.includes('your configuration does not name other.example')).to.equal(deviceHosts === undefined)
        expect(await readFile(opened, 'utf8').catch(() => 'nothing')).to.equal(
          deviceHosts ? 'https://other.example/go' : 'nothing',
        )
      }
    })
  })
})

describe('creds with the browser on another machine, at a provider without the device flow', () => {
  const scene = useScene()
  beforeEach(() => scene.home.configure({top: {browser: undefined}}))

  for (const [words, fault] of [
    ['offers none', noDeviceFlow],
    ['has none for this client', notForThisClient],
  ] as const) {
    it(`(it ${words}) does not wait for a redirect that can not come: exit code 3, and login is suggested`, async () => {
      const {home, sandbox} = scene
      await sandbox.fault(fault)
      const {exitCode, stdout, stderr} = await home.run(creds, overSsh)
      expect({exitCode, stdout}).to.deep.equal({exitCode: 3, stdout: ''})
      expect(stderr).to.include('Your browser is elsewhere, because this is an SSH session')
      expect(stderr).to.match(/\nTry: aws-oidc login --profile developer\n$/)
      expect(await countOf(sandbox, 'authorization')).to.equal(0)
    })
  }

  it('does not prevent asking later, because the user was not asked', async () => {
    const {home, sandbox} = scene
    await sandbox.fault({...noDeviceFlow, times: 1})
    expect(await home.run(creds, overSsh)).to.include({exitCode: 3})
    const shown = await waitForCode(home, creds, {...overSsh, AWS_OIDC_INTERACTIVE: 'auto', DISPLAY: ':9'})
    shown.child.kill('SIGTERM')
    expect(await shown.ended).to.include({exitCode: 143})
  })

  it('shows the address where fixed ports may be forwarded, and how to forward them', async () => {
    const {home, sandbox} = scene
    const port = await freePort()
    await home.configure({top: {browser: undefined}, provider: {redirect: {ports: [port]}}})
    await sandbox.fault(noDeviceFlow)
    const {address, child, ended} = await waitForAddress(home, creds, overSsh)
    await browse(address)
    const {exitCode, stderr} = await ended
    expect(exitCode, 'the browser came back through the forwarded port').to.equal(0)
    expect(stderr).to.include(`\n  ssh -N -L ${port}:127.0.0.1:${port} 192.0.2.2\n`)
    expect(stderr).to.include('aws-oidc login --profile developer takes the address at which it ends')
    expect(child.killed).to.equal(false)
  })
})
