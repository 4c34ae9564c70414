import {expect} from 'chai'
import {
  callPortal,
  expectOidcError,
  expectPortalError,
  membersOf,
  register,
  registered,
  renew,
  type ServiceAnswer,
  type SignedIn,
  signInByCode,
} from '../support/identity-center.ts'
import {useSandbox} from '../support/running-sandbox.ts'
import {callSts} from '../support/sts-client.ts'

const sandboxAccount = '123456789012'
const unauthorized = 'Session token not found or invalid'

describe('Access to the portal of IAM Identity Center', () => {
  const sandbox = useSandbox()
  let alice: SignedIn
  before(async () => {
    alice = await signInByCode(sandbox, 'alice')
  })

  const ask = (path: string, token: string | undefined = alice.accessToken) => callPortal(sandbox, path, token)
  const roles = (account: string, query = '') => ask(`/assignment/roles?account_id=${account}${query}`)
  const credentials = (account: string, role: string, token?: string) =>
    ask(`/federation/credentials?account_id=${account}&role_name=${role}`, token)
  const advance = (seconds: number) => sandbox.control('POST /clock', {offsetSeconds: seconds})

  it('gives credentials that end at a millisecond, in whole seconds (model; https://github.com/aws/aws-cli/issues/7340)', async () => {
    const {body} = await credentials(sandboxAccount, 'AdministratorAccess')
    const {accessKeyId, secretAccessKey, sessionToken, expiration} = membersOf(body.roleCredentials)
    expect(accessKeyId).to.match(/^ASIA/)
    expect([secretAccessKey, sessionToken].every(text => typeof text === 'string')).to.equal(true)
    expect(Number(expiration) % 1000).to.equal(0)
    expect(expiration).to.be.closeTo(Date.now() + 3_600_000, 5000)
  })

  it('gives credentials for as long as the permission set says (user guide, session duration)', async () => {
    const {body} = await credentials(sandboxAccount, 'ReadOnlyAccess')
    expect(membersOf(body.roleCredentials).expiration).to.be.closeTo(Date.now() + 12 * 3_600_000, 5000)
  })

  it('gives credentials that STS accepts, of the reserved role and the user (user guide, referencing permission sets)', async () => {
    for (const account of [sandboxAccount, '200000000001']) {
      const answer = await identityBy(await credentials(account, 'ReadOnlyAccess'))
      expect(answer.element('Account')).to.equal(account)
      const arn = new RegExp(`^arn:aws:sts::${account}:assumed-role/AWSReservedSSO_ReadOnlyAccess_[0-9a-f]{16}/alice$`)
      expect(answer.element('Arn')).to.match(arn)
    }
  })

  it('needs role_name (model, required)', async () => {
    const answer = await ask(`/federation/credentials?account_id=${sandboxAccount}`)
    expectPortalError(answer, 400, 'InvalidRequestException', /role_name/)
  })

  for (const [what, account, role] of [
    ['a role that is not assigned there', '200000000001', 'AdministratorAccess'],
    ['a role that does not exist', sandboxAccount, 'Nothing'],
    ['an account that does not exist', '999999999999', 'ReadOnlyAccess'],
    [
      'the name of the IAM role (https://github.com/aws/aws-cli/issues/6316)',
      sandboxAccount,
      'AWSReservedSSO_ReadOnlyAccess_0123456789abcdef',
    ],
  ] as const) {
    it(`has no access to ${what} (in no model; https://github.com/fwdcloudsec/granted/pull/276)`, async () => {
      expectPortalError(await credentials(account, role), 403, 'ForbiddenException', 'No access')
    })
  }

  it('has no access to the roles of an account with no assignment (no source for the list: a guess)', async () => {
    expectPortalError(await roles('999999999999'), 403, 'ForbiddenException', 'No access')
  })

  for (const path of [
    '/assignment/accounts',
    `/assignment/roles?account_id=${sandboxAccount}`,
    '/federation/credentials',
  ]) {
    it(`refuses a token that is none at ${path} (model UnauthorizedException; body of https://github.com/benkehoe/aws-sso-util/issues/74)`, async () => {
      expectPortalError(await ask(path, 'x'), 401, 'UnauthorizedException', unauthorized)
    })
  }

  it('refuses a request without a token (model, required; that it is a 401 is a guess)', async () => {
    const answer = await callPortal(sandbox, '/assignment/accounts', undefined)
    expectPortalError(answer, 401, 'UnauthorizedException', unauthorized)
  })

  it('refuses an access token after its hour (https://github.com/aws/aws-cli/issues/7340)', async () => {
    await advance(3601)
    expectPortalError(await ask('/assignment/accounts'), 401, 'UnauthorizedException', unauthorized)
    const renewed = await renew(sandbox, alice)
    expect((await ask('/assignment/accounts', String(renewed.body.accessToken))).status).to.equal(200)
  })

  it('refuses a token without its scope (model: "limited to the scopes"; that it is a 401 is a guess)', async () => {
    const client = await registered(register(sandbox, {scopes: ['openid']}))
    const {accessToken} = await signInByCode(sandbox, 'alice', client, 'openid')
    expectPortalError(await ask('/assignment/accounts', accessToken), 401, 'UnauthorizedException', unauthorized)
  })

  it('ends the session with its tokens at logout, but not credentials (model Logout)', async () => {
    const signedIn = await signInByCode(sandbox, 'alice')
    const before = await credentials(sandboxAccount, 'ReadOnlyAccess', signedIn.accessToken)
    const answer = await callPortal(sandbox, '/logout', signedIn.accessToken, {
      method: 'POST',
      headers: {'x-amz-sso_bearer_token': signedIn.accessToken},
    })
    expect(answer.status).to.equal(200)
    const afterwards = await ask('/assignment/accounts', signedIn.accessToken)
    expectPortalError(afterwards, 401, 'UnauthorizedException', unauthorized)
    expectOidcError(await renew(sandbox, signedIn), 400, 'InvalidGrantException', 'invalid_grant')
    expect((await identityBy(before)).status).to.equal(200)
    expect((await ask('/assignment/accounts')).status).to.equal(200)
  })

  function identityBy({body}: ServiceAnswer) {
    const {accessKeyId, secretAccessKey, sessionToken} = membersOf(body.roleCredentials)
    const keys = {
      accessKeyId: String(accessKeyId),
      secretAccessKey: String(secretAccessKey),
      sessionToken: String(sessionToken),
    }
    return callSts(sandbox.addresses.sts, {Action: 'GetCallerIdentity'}, {keys})
  }
})
