import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {type Authority, makeAuthority} from '../support/certificates.ts'
import {isOneDocument} from '../support/document.ts'
import {type ForwardProxy, type ForwardProxyOptions, startForwardProxy} from '../support/forward-proxy.ts'
import {freePort} from '../support/ports.ts'
import {useScene} from '../support/scene.ts'
import {browserWith} from '../support/sign-in.ts'
import {startFront, type TlsFront} from '../support/tls-front.ts'
import {until} from '../support/until.ts'

const creds = ['creds', '-p', 'developer']
const [sso, sts] = ['sso.example.test', 'sts.us-east-1.amazonaws.com']
const password = 'p@ss/word-of-the-proxy'
const login = `me:${password}`

describe('behind a proxy', () => {
  const scene = useScene(['--origin', `https://${sso}`])
  let authority: Authority
  let front: TlsFront
  let open: ForwardProxy
  /** What a test has started for itself: a server that stays would keep mocha from ending. */
  const started: {stop(): Promise<void>}[] = []

  before(async () => {
    authority = await makeAuthority()
    const behind = new URL(new URL(scene.sandbox.control).origin)
    front = await startFront({behind, paths: {[sts]: '/sts'}, ...(await authority.forServer([sso, sts]))})
    open = await startForwardProxy({targets: targets()})
  })
  after(() => Promise.all([front.stop(), open.stop()]))
  beforeEach(async () => {
    await writeFile(bundle(), authority.certificate)
    await configure({})
  })
  afterEach(() => Promise.all(started.splice(0).map(server => server.stop())))

  const targets = () => ({[sso]: front.port, [sts]: front.port})
  const bundle = () => join(scene.home.folder, 'company-ca.pem')
  const configure = (provider: object) =>
    scene.home.configure({
      provider: {...provider},
      top: {
        browser: browserWith({
          NODE_USE_ENV_PROXY: '1',
          NODE_EXTRA_CA_CERTS: bundle(),
          HTTPS_PROXY: `http://127.0.0.1:${open.port}`,
          https_proxy: `http://127.0.0.1:${open.port}`,
        }),
      },
    })

  /** Addresses as they are at AWS and in a company: nothing of them names this machine. */
  const run = (args: readonly string[], env: Readonly<Record<string, string>>) =>
    scene.home.run(args, {AWS_ENDPOINT_URL_STS: undefined, AWS_CA_BUNDLE: bundle(), ...env})

  async function another(options: ForwardProxyOptions): Promise<ForwardProxy> {
    const proxy = await startForwardProxy({targets: targets(), ...options})
    started.push(proxy)
    return proxy
  }

  /** Each of the ways to name one. */
  const written: readonly (readonly [string, (port: number) => Readonly<Record<string, string>>])[] = [
    ['HTTPS_PROXY', port => ({HTTPS_PROXY: `http://127.0.0.1:${port}`})],
    ['https_proxy', port => ({https_proxy: `http://127.0.0.1:${port}`})],
    ['HTTPS_PROXY without a scheme', port => ({HTTPS_PROXY: `127.0.0.1:${port}`})],
  ]

  for (const [what, variables] of written) {
    it(`provider and STS are reached through ${what}, which sees only their names`, async () => {
      const proxy = await another({})
      isOneDocument(await run(creds, variables(proxy.port)))
      expect(new Set(proxy.asked)).to.deep.equal(new Set([`${sso}:443`, `${sts}:443`]))
      expect(new Set(proxy.logins)).to.deep.equal(new Set([undefined]))
      expect(proxy.tunnelled()).not.to.match(/HTTP\/1|eyJ|WebIdentityToken|client_id/)
      expect(await scene.sandbox.signIns()).to.equal(1)
    })
  }

  it('both are reached through a proxy that requires a password, and through one reached over TLS', async () => {
    const guarded = await another({login, tls: await authority.forServer(['localhost'])})
    const HTTPS_PROXY = `https://me:${encodeURIComponent(password)}@localhost:${guarded.port}`
    isOneDocument(await run(creds, {HTTPS_PROXY}))
    expect(new Set(guarded.asked)).to.deep.equal(new Set([`${sso}:443`, `${sts}:443`]))
    expect(new Set(guarded.logins)).to.deep.equal(new Set([login]))
    expect(front.seen.flatMap(({headers}) => headers.filter(name => name.startsWith('proxy-')))).to.deep.equal([])
  })

  it('renewal and revocation go through the proxy too, and a call served from the cache needs none', async () => {
    const proxy = await another({})
    const env = {HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`}
    await scene.sandbox.steer('POST', '/lifetimes', {idTokenSeconds: 55})
    isOneDocument(await run(creds, env))
    const signedIn = proxy.asked.length
    isOneDocument(await run(creds, env))
    expect(proxy.asked).to.have.length(signedIn)
    isOneDocument(await run([...creds, '--force'], env))
    expect(proxy.asked.length).to.be.greaterThan(signedIn)
    const {exitCode, stderr} = await run(['logout', '--provider', 'sandbox'], env)
    expect(exitCode, stderr).to.equal(0)
    const kinds = (await scene.sandbox.journal()).map(({kind, grant}) => grant ?? kind)
    expect(kinds).to.include('refresh_token').and.include('revocation')
    await scene.sandbox.steer('POST', '/lifetimes', {idTokenSeconds: 300})
  })

  // Where another attempt may help there are two more; a wrong password sent three times may lock the user out.
  for (const [what, options, status, times] of [
    ['refuses the password', {login: 'me:another'}, 407, 1],
    ['forbids the host', {status: 403}, 403, 1],
    ['can not reach the host', {status: 502}, 502, 3],
  ] as const) {
    it(`a proxy that ${what} is named without its password, for the provider and for STS`, async () => {
      const proxy = await another(options)
      const env = {HTTPS_PROXY: `http://me:${encodeURIComponent(password)}@127.0.0.1:${proxy.port}`}
      for (const host of [sso, sts]) {
        const {exitCode, stdout, stderr} = await run([...creds, '--force', '--debug'], env)
        expect({exitCode, stdout}, stderr).to.deep.equal({exitCode: 6, stdout: ''})
        const complaint = `refused to connect to ${host}: it answered with HTTP ${status}.`
        expect(stderr).to.include(`Error: The proxy 127.0.0.1:${proxy.port} ${complaint}\nTry: `)
        expect(stderr).not.to.match(/word-of-the-proxy|p%40ss/)
        // Signed in, only STS is still to be asked.
        if (host === sso) isOneDocument(await run(creds, {HTTPS_PROXY: `127.0.0.1:${open.port}`}))
      }
      expect(proxy.asked).to.deep.equal([sso, sts].flatMap(host => Array<string>(times).fill(`${host}:443`)))
    })
  }

  it('NO_PROXY bypasses the proxy for a domain and its subdomains', async () => {
    const proxy = await another({})
    const env = {HTTPS_PROXY: `127.0.0.1:${proxy.port}`, NO_PROXY: 'intranet.test,.example.test'}
    const {exitCode, stderr} = await run(creds, env)
    expect(exitCode).to.equal(6)
    expect(stderr).to.include(`Error: ${sso} could not be reached: its name `)
    expect(proxy.asked).to.deep.equal([])
    isOneDocument(await run(creds, {...env, NO_PROXY: 'intranet.test,another.example.test'}))
  })

  it('an unreachable proxy is named without its password', async () => {
    const port = await freePort()
    const {exitCode, stderr} = await run(creds, {HTTPS_PROXY: `me:${encodeURIComponent(password)}@127.0.0.1:${port}`})
    expect(exitCode).to.equal(6)
    expect(stderr).to.include(
      `Error: ${sso} could not be reached through the proxy 127.0.0.1:${port}: the connection was refused.\nTry: `,
    )
    expect(stderr).not.to.match(/word-of-the-proxy|p%40ss/)
    // Whatever a message holds: the password is masked in it.
    const masked = await run(creds, {HTTPS_PROXY: `me:${sso}@127.0.0.1:${port}`})
    expect(masked.stderr).to.include('Error: *** could not be reached through the proxy ')
  })

  it('a value that is not a proxy is exit 2, with the name of the variable but not its value', async () => {
    const {exitCode, stdout, stderr} = await run(creds, {HTTPS_PROXY: `http://me:${password}@127.0.0.1:8080`})
    expect({exitCode, stdout}).to.deep.equal({exitCode: 2, stdout: ''})
    expect(stderr).to.match(/^Error: HTTPS_PROXY is not an address; .*%2F.*\nTry: export HTTPS_PROXY=/)
    expect(stderr).not.to.include('word-of-the-proxy')
  })

  it('the client certificate for a provider is sent to the provider, not to the proxy or STS', async () => {
    const client = await authority.forClient('alice-laptop')
    const clients = {authority: authority.certificate, demanded: false}
    const {origin} = new URL(scene.sandbox.control)
    const asking = await startFront({
      behind: new URL(origin),
      paths: {[sts]: '/sts'},
      clients,
      ...(await authority.forServer([sso, sts])),
    })
    started.push(asking)
    const tls = await authority.forServer(['127.0.0.1'])
    const proxy = await another({targets: {[sso]: asking.port, [sts]: asking.port}, tls, clients})
    await writeFile(join(scene.home.folder, 'me.pem'), client.certificate)
    await writeFile(join(scene.home.folder, 'me.key'), client.key, {mode: 0o600})
    await configure({tls: {cert: '~/me.pem', key: '~/me.key'}})
    const signedIn = await run(creds, {HTTPS_PROXY: `https://127.0.0.1:${proxy.port}`})
    isOneDocument(signedIn)
    // Node warns of an IP address as the name that TLS is to expect.
    expect(signedIn.stderr).not.to.include('Warning')
    const shown = (host: string) => new Set(asking.seen.filter(seen => seen.host === host).map(seen => seen.client))
    expect(shown(sso)).to.deep.equal(new Set(['alice-laptop']))
    expect(shown(sts)).to.deep.equal(new Set([undefined]))
    expect(proxy.asked.length).to.be.greaterThan(1)
    expect(new Set(proxy.clients)).to.deep.equal(new Set([undefined]))
  })

  it('Ctrl-C ends the call while the proxy does not answer', async function () {
    if (process.platform === 'win32') this.skip()
    const proxy = await another({silent: true})
    const {child, ended} = scene.home.start(creds, {
      AWS_ENDPOINT_URL_STS: undefined,
      AWS_CA_BUNDLE: bundle(),
      HTTPS_PROXY: `127.0.0.1:${proxy.port}`,
    })
    await until('the proxy is asked', () => proxy.asked.length > 0)
    child.kill('SIGINT')
    expect(await ended).to.include({exitCode: 130, stdout: ''})
  })

  it('NODE_TLS_REJECT_UNAUTHORIZED=0 does not turn off the verification of certificates', async () => {
    const env = {
      HTTPS_PROXY: `127.0.0.1:${open.port}`,
      AWS_CA_BUNDLE: '',
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
    }
    const {exitCode, stdout, stderr} = await run(creds, env)
    expect({exitCode, stdout}, stderr).to.deep.equal({exitCode: 6, stdout: ''})
    expect(stderr).to.include(`The certificate of ${sso} is not trusted`)
    expect(await scene.sandbox.journal()).to.deep.equal([])
  })

  it('loopback addresses are reached directly, whatever the variables say', async () => {
    const proxy = await another({status: 403})
    const {origin} = new URL(scene.sandbox.control)
    const direct = await startFront({behind: new URL(origin), ...(await authority.forServer(['localhost']))})
    started.push(direct)
    const env = {HTTPS_PROXY: `127.0.0.1:${proxy.port}`, HTTP_PROXY: `127.0.0.1:${proxy.port}`}
    await configure({issuer: `https://localhost:${direct.port}/oidc`})
    // The metadata that is found there names the issuer by its own name.
    expect((await run(creds, env)).stderr).to.match(/localhost:\d+ gave an answer that can't be trusted/)
    expect(direct.seen).to.have.length(1)
    expect(proxy.asked).to.deep.equal([])
  })
})
