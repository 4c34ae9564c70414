import {chmod, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {type Authority, makeAuthority, type Pair} from '../support/certificates.ts'
import {isOneDocument} from '../support/document.ts'
import {type ForwardProxy, startForwardProxy} from '../support/forward-proxy.ts'
import {type Home, makeHome} from '../support/home.ts'
import {freePort} from '../support/ports.ts'
import {type Sandbox, startSandbox} from '../support/sandbox.ts'
import {browserWith} from '../support/sign-in.ts'
import {type FrontOptions, startFront, type TlsFront} from '../support/tls-front.ts'

const creds = ['creds', '-p', 'developer']
const posix = process.platform !== 'win32'

describe('a provider that requires a client certificate', () => {
  let company: Authority
  let other: Authority
  let client: Pair
  let sandbox: Sandbox
  let home: Home
  /** The issuer, which refuses connections without a client certificate. */
  let issuer: TlsFront
  /** The same for the user's browser, which has no certificate. */
  let pages: TlsFront
  /** Leads the browser there, under the issuer's own name. */
  let detour: ForwardProxy
  let sts: TlsFront
  let alias: TlsFront | undefined

  before(async () => {
    const issuerPort = await freePort()
    company = await makeAuthority('Company Authority')
    other = await makeAuthority('Other Authority')
    client = await company.forClient('alice-laptop')
    sandbox = await startSandbox(['--origin', `https://localhost:${issuerPort}`])
    const server = await company.forServer(['localhost'])
    issuer = await front({port: issuerPort, clients: demanded(), ...server})
    pages = await front(server)
    detour = await startForwardProxy({targets: {[`localhost:${issuerPort}`]: pages.port}})
    sts = await front({clients: {...demanded(), demanded: false}, ...(await other.forServer(['localhost']))})
  })
  after(() => Promise.all([issuer.stop(), pages.stop(), detour.stop(), sts.stop(), sandbox.stop()]))
  beforeEach(async () => {
    await sandbox.reset()
    home = await makeHome(sandbox)
    await write('company-ca.pem', company.certificate)
    await write('other-ca.pem', other.certificate)
    await write('me.pem', client.certificate)
    await write('me.key', client.key)
    await configure({ca: '../../company-ca.pem', cert: '~/me.pem', key: '~/me.key'})
  })
  afterEach(async () => {
    await alias?.stop()
    await home.close()
  })

  const demanded = () => ({authority: company.certificate, demanded: true})
  const front = (options: Omit<FrontOptions, 'behind'>) =>
    startFront({behind: new URL(new URL(sandbox.control).origin), ...options})
  const write = (name: string, text: string, mode = 0o600) => writeFile(join(home.folder, name), text, {mode})
  const configure = (tls: object | undefined, provider: object = {}) =>
    home.configure({
      provider: {...(tls && {tls}), ...provider},
      top: {
        browser: browserWith({
          NODE_EXTRA_CA_CERTS: join(home.folder, 'company-ca.pem'),
          NODE_USE_ENV_PROXY: '1',
          HTTPS_PROXY: `http://127.0.0.1:${detour.port}`,
        }),
      },
    })
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    home.run(args, {
      AWS_ENDPOINT_URL_STS: `https://localhost:${sts.port}/sts`,
      AWS_CA_BUNDLE: join(home.folder, 'other-ca.pem'),
      ...env,
    })
  const seenBy = ({seen}: TlsFront, from: number) => seen.slice(from)

  it('gets it with each request, and STS never does', async () => {
    const [first, firstAtSts] = [issuer.seen.length, sts.seen.length]
    const before = await run(creds)
    isOneDocument(before)
    expect(before.stderr).not.to.include('Warning')
    const seen = seenBy(issuer, first)
    expect(seen.map(({path}) => path)).to.include.members([
      '/oidc/.well-known/openid-configuration',
      '/oidc/token',
      '/oidc/jwks',
    ])
    expect(new Set(seen.map(({client}) => client))).to.deep.equal(new Set(['alice-laptop']))
    expect(new Set(seenBy(sts, firstAtSts).map(({client}) => client))).to.deep.equal(new Set([undefined]))
    expect(await sandbox.signIns()).to.equal(1)
  })

  it('gets it in login too, after which creds asks it for nothing', async () => {
    const {exitCode, stderr} = await run(['login', '-p', 'developer'])
    expect(exitCode, stderr).to.equal(0)
    const first = issuer.seen.length
    isOneDocument(await run(creds))
    expect(seenBy(issuer, first)).to.deep.equal([])
  })

  it('gets it when the sign-in is renewed and revoked', async () => {
    await sandbox.steer('POST', '/lifetimes', {idTokenSeconds: 55})
    isOneDocument(await run(creds))
    await sandbox.steer('POST', '/lifetimes', {idTokenSeconds: 300})
    const first = issuer.seen.length
    isOneDocument(await run([...creds, '--force'], {AWS_OIDC_INTERACTIVE: 'never'}))
    const {exitCode, stderr} = await run(['logout', '--provider', 'sandbox'])
    expect(exitCode, stderr).to.equal(0)
    const seen = seenBy(issuer, first)
    expect(seen.map(({path}) => path)).to.include.members(['/oidc/token', '/oidc/token/revocation'])
    expect(new Set(seen.map(({client}) => client))).to.deep.equal(new Set(['alice-laptop']))
  })

  it('is asked at the addresses that its metadata names for mutual TLS', async () => {
    alias = await front({clients: demanded(), ...(await company.forServer(['localhost']))})
    await sandbox.fault({
      on: 'discovery',
      change: {mtls_endpoint_aliases: {token_endpoint: `https://localhost:${alias.port}/oidc/token`}},
    })
    isOneDocument(await run(creds))
    expect(alias.seen.map(({path, client}) => ({path, client}))).to.deep.equal([
      {path: '/oidc/token', client: 'alice-laptop'},
    ])
  })

  it('without a configured certificate is an error that names the provider and the settings', async () => {
    await configure({ca: '~/company-ca.pem'})
    const first = issuer.seen.length
    for (const command of [creds, ['login', '-p', 'developer']]) {
      const {exitCode, stdout, stderr} = await run(command)
      expect({exitCode, stdout}, stderr).to.deep.equal({exitCode: 6, stdout: ''})
      expect(stderr)
        .to.include(`Error: localhost:${issuer.port} refused the TLS handshake (`)
        .and.match(/\nTry: .*client certificate.*"tls: \{cert, key\}"/)
    }
    expect(seenBy(issuer, first)).to.deep.equal([])
  })

  it('is trusted through its own tls.ca only, which counts for no other server', async () => {
    const untrusting = {AWS_CA_BUNDLE: '', AWS_ENDPOINT_URL_STS: `https://localhost:${pages.port}/sts`}
    const {exitCode, stderr} = await run(creds, untrusting)
    expect(exitCode).to.equal(6)
    expect(stderr).to.match(new RegExp(`^Error: The certificate of localhost:${pages.port} is not trusted`, 'm'))
    expect(await sandbox.signIns()).to.equal(1)
    await configure({cert: '~/me.pem', key: '~/me.key'})
    expect((await run(['login', '-p', 'developer', '--force'])).stderr).to.match(
      new RegExp(`^Error: The certificate of localhost:${issuer.port} is not trusted`, 'm'),
    )
  })

  it('needs none of the files for a call served from the cache', async () => {
    const first = await run(creds)
    isOneDocument(first)
    for (const name of ['me.pem', 'me.key', 'company-ca.pem']) await rm(join(home.folder, name))
    expect(await run(creds)).to.include({exitCode: 0, stdout: first.stdout, stderr: ''})
  })

  it('gets a certificate that shares one file with its key, under an absolute path', async () => {
    const both = join(home.folder, 'both.pem')
    await write('both.pem', `${client.certificate}\n${client.key}`)
    await configure({ca: join(home.folder, 'company-ca.pem'), cert: both, key: both})
    isOneDocument(await run(creds))
  })

  it('accepts a key that others can read, with a warning', async function () {
    if (!posix) this.skip()
    await chmod(join(home.folder, 'me.key'), 0o640)
    const result = await run(creds)
    isOneDocument(result)
    const path = join(home.folder, 'me.key')
    expect(result.stderr.match(/^Warning: .+$/gm)).to.deep.equal([
      `Warning: ${path} can be read by others: chmod 600 ${path}`,
    ])
  })
})
