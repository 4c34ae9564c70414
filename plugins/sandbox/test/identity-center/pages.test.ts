import {expect} from 'chai'
import {browse} from '../../src/browse.ts'
import {
  authorizeUrl,
  callOidc,
  callPortal,
  deviceGrant,
  expectOidcError,
  type Registration,
  register,
  registerDevice,
  registered,
  verifier,
} from '../support/identity-center.ts'
import {useSandbox} from '../support/running-sandbox.ts'

// The pages have no source: the original's are nobody's interface. What they let clients do has.
describe('The pages of IAM Identity Center', () => {
  const sandbox = useSandbox()
  let client: Registration
  before(async () => {
    client = await registered(register(sandbox))
  })

  const visit = async () => {
    const response = await fetch(authorizeUrl(sandbox, client.clientId), {redirect: 'manual'})
    return response.headers.get('location') ?? ''
  }
  const post = (address: string, form: Record<string, string>, cookie = '') =>
    fetch(address, {method: 'POST', body: new URLSearchParams(form), headers: {cookie}, redirect: 'manual'})
  const signIn = (address: string, user: string, password = `${user}-password`) =>
    post(address, {decision: 'sign-in', username: user, password})
  const cookieOf = (response: Response) => response.headers.getSetCookie()[0]?.replace(/;.*/, '') ?? ''
  const locationOf = (response: Response) => new URL(response.headers.get('location') ?? '')
  const redeem = (callback: URL) =>
    callOidc(sandbox, '/token', {
      ...client,
      grantType: 'authorization_code',
      code: callback.searchParams.get('code'),
      redirectUri: 'http://127.0.0.1:1/oauth/callback',
      codeVerifier: verifier,
    })

  it('ask a browser that is signed in only whether it allows access, as whom and to whom', async () => {
    const cookie = cookieOf(await signIn(await visit(), 'alice'))
    const page = await (await fetch(await visit(), {headers: {cookie}})).text()
    expect(page).to.contain('name="confirm"').and.to.contain('alice').and.to.contain('botocore-client-test')
    expect(page).not.to.contain('password')
  })

  it('ask again for the password when the session is over', async () => {
    const cookie = cookieOf(await signIn(await visit(), 'alice'))
    await sandbox.control('POST /clock', {offsetSeconds: 8 * 3600 + 1})
    expect(await (await fetch(await visit(), {headers: {cookie}})).text()).to.contain('name="password"')
  })

  it('let nobody in without a session', async () => {
    const address = await visit()
    const response = await post(address, {confirm: 'yes'})
    expect(response.status).to.equal(303)
    expect(locationOf(response).href).to.equal(address)
  })

  it('take one decision', async () => {
    const address = await visit()
    const cookie = cookieOf(await signIn(address, 'alice'))
    expect(locationOf(await post(address, {confirm: 'yes'}, cookie)).searchParams.has('code')).to.equal(true)
    const again = await post(address, {confirm: 'yes'}, cookie)
    expect(again.status).to.equal(400)
    expect(again.headers.get('location')).to.equal(null)
  })

  it('say what is wrong with a user or a password, and journal it', async () => {
    const address = await visit()
    await sandbox.control('DELETE /journal')
    for (const [user, password, status] of [
      ['alice', 'x', 401],
      ['nobody', 'x', 401],
      ['frank', 'frank-password', 403],
    ] as const) {
      const response = await signIn(address, user, password)
      expect(response.status).to.equal(status)
      expect(await response.text()).to.contain('role="alert"')
    }
    expect((await sandbox.journal()).map(({at: _, ...entry}) => entry)).to.deep.equal([
      {kind: 'sign-in', user: 'alice', outcome: 'wrong_password'},
      {kind: 'sign-in', outcome: 'wrong_password'},
      {kind: 'sign-in', user: 'frank', outcome: 'disabled'},
    ])
  })

  it('do not sign a device in whose code has expired meanwhile (AWS CLI: about 10 minutes)', async () => {
    const device = await registered(registerDevice(sandbox))
    const {startUrl} = sandbox.addresses.identityCenter
    const {body} = await callOidc(sandbox, '/device_authorization', {...device, startUrl})
    const address = locationOf(await fetch(String(body.verificationUriComplete), {redirect: 'manual'})).href
    await sandbox.control('POST /clock', {offsetSeconds: 601})
    expect((await fetch(address)).status).to.equal(400)
    const polled = await callOidc(sandbox, '/token', {...device, grantType: deviceGrant, deviceCode: body.deviceCode})
    expectOidcError(polled, 400, 'ExpiredTokenException', 'expired_token')
  })

  it('end with the session: a code that was not redeemed before is none (no source: a guess)', async () => {
    const [first, second] = [await visit(), await visit()]
    const cookie = cookieOf(await signIn(first, 'alice'))
    const [kept, redeemed] = [
      locationOf(await post(first, {confirm: 'yes'}, cookie)),
      locationOf(await post(second, {confirm: 'yes'}, cookie)),
    ]
    const {body} = await redeem(redeemed)
    const token = String(body.accessToken)
    await callPortal(sandbox, '/logout', token, {method: 'POST', headers: {'x-amz-sso_bearer_token': token}})
    expectOidcError(await redeem(kept), 400, 'InvalidGrantException', 'invalid_grant')
  })

  it('show the body of https://github.com/kirodotdev/Kiro/issues/330 for an unknown client', async () => {
    const response = await fetch(authorizeUrl(sandbox, 'x'), {redirect: 'manual'})
    const error = {error: 'invalid_request', error_description: 'Invalid client provided', reason: null}
    expect(JSON.parse(await response.text())).to.deep.equal(error)
  })

  it('cannot be passed by who has no password: browse says why', async () => {
    const address = await visit()
    const failure = await browse(address, {userName: 'frank'}).catch((error: unknown) => error)
    expect(String(failure)).to.contain('The provider answered 403: This account is disabled.')
  })
})
