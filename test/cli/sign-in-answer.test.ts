import {expect} from 'chai'
import {useScene} from '../support/scene.ts'
import {redirectAfterSignIn, waitForAddress} from '../support/sign-in.ts'

const creds = ['creds', '--profile', 'developer']

describe('signing in: the answer of the provider', () => {
  const scene = useScene()

  it('refuses an answer that another issuer signed with its name (RFC 9207)', async () => {
    await scene.sandbox.fault({on: 'authorization', redirect: {iss: 'https://elsewhere.example.com'}})
    await expectRefusedAnswer()
  })

  it('refuses an answer without the issuer where the provider promises to name it (RFC 9207)', async () => {
    await scene.sandbox.fault({on: 'authorization', redirect: {iss: null}})
    await expectRefusedAnswer()
  })

  it('accepts an answer without the issuer where the provider promises nothing', async () => {
    await scene.sandbox.fault({on: 'discovery', change: {authorization_response_iss_parameter_supported: null}})
    await scene.sandbox.fault({on: 'authorization', redirect: {iss: null}})
    expect(await scene.home.run(creds)).to.include({exitCode: 0})
  })

  it('refuses an answer with neither a code nor an error', async () => {
    await scene.sandbox.fault({on: 'authorization', redirect: {code: null}})
    const {exitCode, stdout, stderr} = await scene.home.run(creds)
    expect({exitCode, stdout}).to.deep.equal({exitCode: 6, stdout: ''})
    expect(stderr).to.include("can't be trusted")
  })

  it('ends with exit code 4 and names the reason when the user refuses', async () => {
    const {exitCode, stdout, stderr} = await scene.home.run(creds, {SANDBOX_USER: 'deny'})
    expect({exitCode, stdout}).to.deep.equal({exitCode: 4, stdout: ''})
    expect(stderr)
      .to.include('refused the sign-in: access_denied')
      .and.to.include('Try: aws-oidc login --profile developer\n')
    expect(await scene.home.entries()).to.deep.equal([])
  })

  it('shows what the provider says without its control characters', async () => {
    await scene.sandbox.fault({on: 'authorization', error: 'access_denied', message: 'No\u001b[2J\r\nway\u202e'})
    const {exitCode, stderr} = await scene.home.run(creds)
    expect(exitCode).to.equal(4)
    expect(stderr).to.include('access_denied (No [2J way)')
  })

  it('blames the provider, not the user, for a failure of the provider', async () => {
    await scene.sandbox.fault({on: 'authorization', error: 'server_error', message: 'database is down'})
    const {exitCode, stderr} = await scene.home.run(creds)
    expect(exitCode).to.equal(6)
    expect(stderr).to.include('database is down')
  })

  it('ends with exit code 6 when the token endpoint is out of order', async () => {
    await scene.sandbox.fault({on: 'token', status: 502})
    expect(await scene.home.run(creds)).to.include({exitCode: 6, stdout: ''})
  })

  it('ends with exit code 6 when the token endpoint answers with a web page', async () => {
    await scene.sandbox.fault({on: 'token', status: 200, body: '<html>', contentType: 'text/html'})
    const {exitCode, stdout, stderr} = await scene.home.run(creds)
    expect({exitCode, stdout}).to.deep.equal({exitCode: 6, stdout: ''})
    expect(stderr).to.include("can't be trusted")
  })

  it('says that an ID token is needed when the provider gives none', async () => {
    await scene.sandbox.fault({on: 'token', change: {id_token: null}})
    const {exitCode, stderr} = await scene.home.run(creds)
    expect(exitCode).to.equal(6)
    expect(stderr).to.include('id_token')
    expect(await scene.home.entries()).to.deep.equal([])
  })

  it('authenticates a confidential client with its secret', async () => {
    await scene.home.configure({provider: {clientId: 'aws-oidc-confidential', clientSecret: {env: 'THE_SECRET'}}})
    expect(await scene.home.run(creds, {THE_SECRET: 'sandbox-client-secret'})).to.include({exitCode: 0})
  })

  it('names the client as the cause when its secret is wrong', async () => {
    await scene.home.configure({provider: {clientId: 'aws-oidc-confidential', clientSecret: {env: 'THE_SECRET'}}})
    const {exitCode, stdout, stderr} = await scene.home.run(creds, {THE_SECRET: 'not-the-secret'})
    expect({exitCode, stdout}).to.deep.equal({exitCode: 4, stdout: ''})
    expect(stderr).to.include('invalid_client').and.to.include('clientSecret').and.not.to.include('not-the-secret')
  })

  it('redeems a code once although the browser comes back twice with it', async () => {
    const {address, ended} = await waitForAddress(scene.home)
    const back = await redirectAfterSignIn(address)
    await scene.sandbox.fault({on: 'token', delayMs: 500, times: 1})
    const [first, second] = await Promise.all([fetch(back), fetch(back)])
    expect([first.status, second.status]).to.have.members([200, 400])
    expect(await ended).to.include({exitCode: 0})
    const redeemed = (await scene.sandbox.journal()).filter(({grant}) => grant === 'authorization_code')
    expect(redeemed).to.have.lengthOf(1)
  })

  async function expectRefusedAnswer(): Promise<void> {
    const {exitCode, stdout, stderr} = await scene.home.run(creds)
    expect({exitCode, stdout}).to.deep.equal({exitCode: 6, stdout: ''})
    expect(stderr).to.include("can't be trusted").and.to.include('iss')
    const after = await scene.sandbox.journal()
    expect(after.map(({kind}) => kind))
      .not.to.include('token')
      .and.not.to.include('sts')
    expect(await scene.home.entries()).to.deep.equal([])
  }
})
