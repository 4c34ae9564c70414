import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {isOneDocument} from '../support/document.ts'
import {type Home, makeHome} from '../support/home.ts'
import {type InterceptingProxy, startInterceptingProxy} from '../support/intercepting-proxy.ts'
import {type Sandbox, sandboxBin, startSandbox} from '../support/sandbox.ts'

const creds = ['creds', '-p', 'developer']
const password = 'password-of-the-proxy'

describe('behind a proxy that opens TLS', () => {
  let folder: string
  let sandbox: Sandbox
  let proxy: InterceptingProxy
  let guarded: InterceptingProxy
  let home: Home

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aws-oidc-proxy-'))
    sandbox = await startSandbox(['--origin', 'https://sso.example.test'])
    const {port: sandboxPort} = new URL(sandbox.control)
    proxy = await startInterceptingProxy(await mkdtemp(join(folder, 'open-')), {sandboxPort})
    guarded = await startInterceptingProxy(await mkdtemp(join(folder, 'guarded-')), {
      sandboxPort,
      credentials: `me:${password}`,
    })
  })
  after(async () => {
    await Promise.all([proxy.stop(), guarded.stop(), sandbox.stop()])
    await rm(folder, {recursive: true, force: true})
  })
  beforeEach(async () => {
    await sandbox.reset()
    home = await makeHome(sandbox)
    await configure({})
  })
  afterEach(() => home.close())

  /** The user's browser trusts and uses the proxy by settings of its own. */
  const configure = (provider: Readonly<Record<string, unknown>>) =>
    home.configure({
      provider,
      top: {
        browser: [
          'env',
          `NODE_EXTRA_CA_CERTS=${proxy.authority}`,
          'NODE_USE_ENV_PROXY=1',
          'NO_PROXY=127.0.0.1',
          `HTTPS_PROXY=http://127.0.0.1:${proxy.port}`,
          process.execPath,
          sandboxBin,
          'browse',
        ],
      },
    })

  /** Addresses as they are at AWS and in a company: nothing of them names this machine. */
  const around = ({port}: InterceptingProxy, login = '') => ({
    HTTPS_PROXY: `http://${login}127.0.0.1:${port}`,
    HTTP_PROXY: `http://${login}127.0.0.1:${port}`,
    AWS_ENDPOINT_URL_STS: undefined,
  })

  for (const [what, env] of [
    ['AWS_CA_BUNDLE', () => ({AWS_CA_BUNDLE: proxy.authority})],
    ['NODE_EXTRA_CA_CERTS', () => ({NODE_EXTRA_CA_CERTS: proxy.authority})],
    ["the system's store", () => ({SSL_CERT_FILE: proxy.authority})],
  ] as const) {
    it(`provider and STS are reached, trusted by ${what}; the redirect comes back directly`, async () => {
      isOneDocument(await home.run(creds, {...around(proxy), ...env()}))
      expect(await sandbox.signIns()).to.equal(1)
      const seen = await proxy.seen()
      expect(seen.join('\n')).to.include('GET https://sso.example.test/oidc/.well-known/openid-configuration')
      expect(seen.join('\n')).to.include('POST https://sts.us-east-1.amazonaws.com/')
      expect(seen.join('\n')).not.to.include('127.0.0.1:')
    })
  }

  it('no token and no key is in an address', async () => {
    isOneDocument(await home.run(creds, {...around(proxy), AWS_CA_BUNDLE: proxy.authority}))
    for (const line of await proxy.seen()) expect(line).not.to.match(/eyJ|Token=|code=(?!challenge)|ASIA/)
  })

  it('a proxy that requires a password gets it; a wrong one is not shown', async () => {
    const env = {...around(guarded, `me:${password}@`), AWS_CA_BUNDLE: guarded.authority}
    isOneDocument(await home.run(creds, env))
    const {exitCode, stderr} = await home.run([...creds, '--force', '--debug'], {
      ...env,
      ...around(guarded, 'me:wrong-password@'),
    })
    expect(exitCode).to.equal(6)
    expect(stderr).to.include(`The proxy 127.0.0.1:${guarded.port} refused to connect to `)
    expect(stderr).to.include('it answered with HTTP 407.')
    expect(stderr).to.include('Try: export HTTPS_PROXY=').and.not.include('wrong-password')
    const without = await home.run([...creds, '--force'], {...env, ...around(guarded)})
    expect(without.stderr).to.include('HTTP 407')
  })

  it('an untrusted authority is named as the cause, with the variable to set', async () => {
    const {exitCode, stderr} = await home.run(creds, around(proxy))
    expect(exitCode).to.equal(6)
    expect(stderr).to.match(/The certificate of sso\.example\.test is not trusted .+\nTry: export AWS_CA_BUNDLE=/)
  })

  it('tls.ca of the provider counts for the provider only', async () => {
    await configure({tls: {ca: proxy.authority}})
    const {exitCode, stderr} = await home.run(creds, around(proxy))
    expect(exitCode).to.equal(6)
    expect(stderr).to.include('The certificate of sts.us-east-1.amazonaws.com is not trusted')
    expect(await sandbox.signIns()).to.equal(1)
  })

  it('NO_PROXY bypasses the proxy for a domain and its subdomains', async () => {
    const env = {...around(proxy), AWS_CA_BUNDLE: proxy.authority, NO_PROXY: 'example.test'}
    const {exitCode, stderr} = await home.run(creds, env)
    expect(exitCode).to.equal(6)
    expect(stderr).to.include('sso.example.test could not be reached: its name')
  })

  it('an unreachable proxy is named', async () => {
    const {stderr} = await home.run(creds, {...around(proxy), HTTPS_PROXY: '127.0.0.1:9'})
    expect(stderr).to.include(
      'sso.example.test could not be reached through the proxy 127.0.0.1:9: the connection was refused',
    )
  })
})
