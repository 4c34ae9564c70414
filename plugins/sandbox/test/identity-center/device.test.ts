import {expect} from 'chai'
import {browse} from '../../src/browse.ts'
import {
  callOidc,
  deviceGrant,
  expectOidcError,
  type Members,
  type Registration,
  register,
  registerDevice,
  registered,
  type ServiceAnswer,
} from '../support/identity-center.ts'
import {useSandbox} from '../support/running-sandbox.ts'

describe('IAM Identity Center: signing a device in', () => {
  const sandbox = useSandbox()
  let client: Registration
  before(async () => {
    client = await registered(registerDevice(sandbox))
  })

  const begin = (changes: Members = {}) =>
    callOidc(sandbox, '/device_authorization', {
      ...client,
      startUrl: sandbox.addresses.identityCenter.startUrl,
      ...changes,
    })
  const poll = ({body}: ServiceAnswer, changes: Members = {}) =>
    callOidc(sandbox, '/token', {...client, grantType: deviceGrant, deviceCode: body.deviceCode, ...changes})
  const advance = (seconds: number) => sandbox.control('POST /clock', {offsetSeconds: seconds})

  it('begins with two codes, two addresses, 10 minutes and a second (model; the figures as in the AWS CLI and its logs)', async () => {
    const {status, body} = await begin()
    expect(status).to.equal(200)
    expect(body.userCode).to.match(/^[A-Z]{4}-[A-Z]{4}$/)
    expect(body).to.include({expiresIn: 600, interval: 1})
    expect(body.verificationUriComplete).to.equal(`${body.verificationUri}?user_code=${body.userCode}`)
  })

  it('ends with tokens (model CreateToken)', async () => {
    const device = await begin()
    await browse(String(device.body.verificationUriComplete), {userName: 'bob'})
    const answer = await poll(device)
    expect(answer.status).to.equal(200)
    expect(answer.body).to.include({tokenType: 'Bearer', expiresIn: 3600})
    expect(answer.body.refreshToken).to.be.a('string')
  })

  it('gives no refresh token to a client without scopes (botocore: legacy profiles register none)', async () => {
    const legacy = await registered(registerDevice(sandbox, {scopes: null}))
    const device = await begin({...legacy})
    await browse(String(device.body.verificationUriComplete), {userName: 'bob'})
    const answer = await poll(device, {...legacy})
    expect(answer.body).to.include({refreshToken: null})
    expect(answer.body.expiresIn).to.be.within(28_000, 28_800)
  })

  it('takes a code that was typed, in lower case and without the dash (no source: a guess)', async () => {
    const device = await begin()
    const code = async () => String(device.body.userCode).toLowerCase().replace('-', '')
    await browse(String(device.body.verificationUri), {userName: 'bob', code})
    expect((await poll(device)).status).to.equal(200)
  })

  it('shows the page again for a code that is none (no source: our page)', async () => {
    const page = `${String((await begin()).body.verificationUri)}?user_code=XXXX-XXXX`
    const response = await fetch(page)
    expect(response.status).to.equal(400)
    expect(await response.text()).to.contain('<p role="alert">There is no such code')
  })

  it('is pending until then, in the words of https://github.com/boto/boto3/issues/3891', async () => {
    const answer = await poll(await begin())
    expectOidcError(answer, 400, 'AuthorizationPendingException', 'authorization_pending')
    expect(answer.body.error_description).to.equal('Authorization is still pending')
  })

  it('is told to slow down for a third poll within the interval (model SlowDownException; two at once are the AWS CLI)', async () => {
    const device = await begin()
    for (const _ of [1, 2]) expect((await poll(device)).body.error).to.equal('authorization_pending')
    expectOidcError(await poll(device), 400, 'SlowDownException', 'slow_down')
    await advance(6)
    expect((await poll(device)).body.error).to.equal('authorization_pending')
  })

  it('ends with the code (AWS CLI: "return a ExpiredTokenException to break the loop")', async () => {
    const device = await begin()
    await advance(601)
    expectOidcError(await poll(device), 400, 'ExpiredTokenException', 'expired_token')
  })

  it('ends when the person declines (model AccessDeniedException)', async () => {
    for (const page of ['verificationUri', 'verificationUriComplete']) {
      const device = await begin()
      await browse(String(device.body[page]), {userName: 'deny', code: async () => String(device.body.userCode)})
      expectOidcError(await poll(device), 400, 'AccessDeniedException', 'access_denied')
    }
  })

  it('takes a code once (AWS CLI: "can only be exchanged for a token once")', async () => {
    const device = await begin()
    await browse(String(device.body.verificationUriComplete), {userName: 'bob'})
    expect((await poll(device)).status).to.equal(200)
    expectOidcError(await poll(device), 400, 'InvalidGrantException', 'invalid_grant')
  })

  it("refuses another client's code (RFC 6749, 5.2)", async () => {
    const other = await registered(registerDevice(sandbox))
    expectOidcError(await poll(await begin(), {...other}), 400, 'InvalidGrantException', 'invalid_grant')
  })

  it('is not for a client of the authorization code (https://github.com/sorah/mairu/pull/18; AWS CLI keeps two)', async () => {
    const other = await registered(register(sandbox))
    expectOidcError(await begin({...other}), 400, 'UnauthorizedClientException', 'unauthorized_client')
  })

  for (const name of ['clientId', 'clientSecret', 'startUrl']) {
    it(`needs ${name} (model, required)`, async () => {
      expectOidcError(await begin({[name]: null}), 400, 'InvalidRequestException', 'invalid_request')
    })
  }

  it('refuses a wrong secret with 401 (model InvalidClientException)', async () => {
    expectOidcError(await begin({clientSecret: 'x'}), 401, 'InvalidClientException', 'invalid_client')
  })

  it('refuses the start URL of another instance (no source for the exception: a guess)', async () => {
    const startUrl = 'https://d-0987654321.awsapps.com/start'
    expectOidcError(await begin({startUrl}), 400, 'InvalidRequestException', 'invalid_request')
  })

  it('knows the start URL in all its spellings (AWS CLI, sso/resolve.py)', async () => {
    for (const startUrl of [
      'https://d-1234567890.awsapps.com/start/',
      'https://d-1234567890.awsapps.com/start#/',
      'https://d-1234567890.awsapps.com/start/#/',
      'https://ssoins-1234567890abcdef.us-east-1.portal.amazonaws.com',
      'https://ssoins-1234567890abcdef.portal.us-east-1.app.aws/',
      'https://identitycenter.amazonaws.com/ssoins-1234567890abcdef',
    ]) {
      expect((await begin({startUrl})).status, startUrl).to.equal(200)
    }
  })
})
