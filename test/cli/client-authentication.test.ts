import {expect} from 'chai'
import {outliveTokens} from '../support/cached.ts'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '-p', 'developer']
const secret = {SECRET_OF_CLIENT: 'sandbox+post:secret%21'}
const client = {clientId: 'aws-oidc-post', clientSecret: {env: 'SECRET_OF_CLIENT'}}
const post = {...client, clientAuthentication: 'post'}

describe('a provider that accepts a client secret in the body only, and does not say so', () => {
  const scene = useScene()

  it('refuses HTTP Basic, and the hint names the setting to change', async () => {
    await scene.home.configure({provider: client})
    const {exitCode, stdout, stderr} = await scene.home.run(creds, secret)
    expect({exitCode, stdout}).to.deep.equal({exitCode: 4, stdout: ''})
    expect(stderr)
      .to.match(/401|invalid_client/)
      .and.match(/\nTry: .*"clientAuthentication: post"/)
  })

  it('issues, renews and revokes tokens with clientAuthentication: post', async () => {
    const {home, sandbox} = scene
    await home.configure({provider: post})
    expect(await home.run(creds, secret)).to.include({exitCode: 0})
    await outliveTokens(home)
    const renewed = await home.run(creds, secret)
    expect(renewed.exitCode, renewed.stderr).to.equal(0)
    const out = await home.run(['logout', '--provider', 'sandbox'], secret)
    expect(out.exitCode, out.stderr).to.equal(0)
    const journal = await sandbox.journal()
    expect(journal.filter(({kind}) => kind === 'token').map(({grant, outcome}) => [grant, outcome])).to.deep.equal([
      ['authorization_code', 'ok'],
      ['refresh_token', 'ok'],
    ])
    expect(journal.filter(({kind}) => kind === 'revocation').map(({outcome}) => outcome)).to.deep.equal(['ok'])
  })

  it('signs in with a code and exchanges tokens with clientAuthentication: post', async () => {
    const {home, sandbox} = scene
    await home.configure({
      provider: {...post, strategy: 'saml2', via: 'token-exchange', rolesClaim: undefined, flow: 'device'},
    })
    const env = {...secret, SANDBOX_USER: 'alice', AWS_OIDC_INTERACTIVE: 'always'}
    const login = await home.run(['login', '-p', 'developer'], env)
    expect(login.exitCode, login.stderr).to.equal(0)
    const grants = (await sandbox.journal()).flatMap(({grant, outcome}) => (grant && outcome === 'ok' ? [grant] : []))
    expect(grants).to.have.members([
      'urn:ietf:params:oauth:grant-type:device_code',
      'urn:ietf:params:oauth:grant-type:token-exchange',
    ])
  })

  it('refuses any other value of clientAuthentication', async () => {
    await scene.home.configure({provider: {...client, clientAuthentication: 'jwt'}})
    const {exitCode, stderr} = await scene.home.run(creds, secret)
    expect(exitCode).to.equal(2)
    expect(stderr).to.include('providers.sandbox.clientAuthentication must be one of: basic, post')
  })

  it('gets the secret in HTTP Basic with clientAuthentication: basic, whatever its metadata says', async () => {
    const {home, sandbox} = scene
    const provider = {clientId: 'aws-oidc-confidential', clientSecret: {env: 'SECRET_OF_CLIENT'}}
    await sandbox.fault({on: 'discovery', change: {token_endpoint_auth_methods_supported: ['client_secret_post']}})
    await home.configure({provider})
    const env = {SECRET_OF_CLIENT: 'sandbox-client-secret'}
    expect(await home.run(creds, env)).to.include({exitCode: 4})
    await home.configure({provider: {...provider, clientAuthentication: 'basic'}})
    const {exitCode, stderr} = await home.run(creds, env)
    expect(exitCode, stderr).to.equal(0)
  })
})
