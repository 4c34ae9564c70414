import {expect} from 'chai'
import {fingerprintOf} from '../../src/journal.ts'
import {
  callPortal,
  expectOidcError,
  expectPortalError,
  membersOf,
  register,
  renew,
  type SignedIn,
  signInByCode,
} from '../support/identity-center.ts'
import {useSandbox} from '../support/running-sandbox.ts'

const account = '123456789012'

describe('The control address, for IAM Identity Center', () => {
  const sandbox = useSandbox()
  let alice: SignedIn
  beforeEach(async () => {
    alice = await signInByCode(sandbox, 'alice')
    await sandbox.control('DELETE /journal')
  })

  const ask = (path: string, {accessToken}: SignedIn = alice) => callPortal(sandbox, path, accessToken)
  const roles = (of = account) => ask(`/assignment/roles?account_id=${of}`)
  const credentials = (role: string, of = account) => ask(`/federation/credentials?account_id=${of}&role_name=${role}`)
  const order = (changes: unknown) => sandbox.control('POST /identity-center', changes)
  const end = (what: string, user?: string) => sandbox.control('POST /identity-center/end', {what, user})
  const isSignedIn = async (who = alice) => (await ask('/assignment/accounts', who)).status === 200

  it('lets refresh tokens rotate: a spent one is invalid_grant (https://github.com/aws/aws-cli/issues/8561)', async () => {
    await order({refreshTokens: 'rotate'})
    const renewed = await renew(sandbox, alice)
    const refreshToken = String(renewed.body.refreshToken)
    expect(refreshToken).not.to.equal(alice.refreshToken)
    expectOidcError(await renew(sandbox, alice), 400, 'InvalidGrantException', 'invalid_grant')
    expect((await renew(sandbox, {...alice, refreshToken})).status).to.equal(200)
    const [first, refused] = await sandbox.journal()
    expect(first).to.include({spent: fingerprintOf(alice.refreshToken), given: fingerprintOf(refreshToken)})
    expect(refused).to.include({spent: fingerprintOf(alice.refreshToken), outcome: 'InvalidGrantException'})
  })

  it('leaves the refresh token out of the answer to a refresh (botocore: "if refreshToken in response")', async () => {
    await order({refreshTokens: 'omit'})
    expect((await renew(sandbox, alice)).body).to.include({refreshToken: null})
    expect((await renew(sandbox, alice)).status).to.equal(200)
  })

  it('ends a session with all its tokens', async () => {
    await end('session')
    expect(await isSignedIn()).to.equal(false)
    expectOidcError(await renew(sandbox, alice), 400, 'InvalidGrantException', 'invalid_grant')
  })

  it('ends one access token, so that it has to be renewed', async () => {
    await end('access-tokens')
    expect(await isSignedIn()).to.equal(false)
    const accessToken = String((await renew(sandbox, alice)).body.accessToken)
    expect(await isSignedIn({...alice, accessToken})).to.equal(true)
  })

  it('revokes refresh tokens alone', async () => {
    await end('refresh-tokens')
    expect(await isSignedIn()).to.equal(true)
    expectOidcError(await renew(sandbox, alice), 400, 'InvalidGrantException', 'invalid_grant')
  })

  it('lets registrations expire', async () => {
    await end('registrations')
    expect(await isSignedIn()).to.equal(true)
    expectOidcError(await renew(sandbox, alice), 401, 'InvalidClientException', 'invalid_client')
  })

  for (const what of ['session', 'access-tokens', 'refresh-tokens']) {
    it(`ends the ${what} of one person alone`, async () => {
      await end(what, 'bob')
      expect(await isSignedIn()).to.equal(true)
      expect((await renew(sandbox, alice)).status).to.equal(200)
    })
  }

  it('changes lifetimes of what is issued from now on', async () => {
    await order({accessTokenSeconds: 60, sessionSeconds: 120, registrationSeconds: 30})
    const {body} = await register(sandbox)
    expect(Number(body.clientSecretExpiresAt) - Number(body.clientIdIssuedAt)).to.equal(30)
    const brief = await signInByCode(sandbox, 'alice')
    expect(brief.answer.body.expiresIn).to.equal(60)
    await sandbox.control('POST /clock', {offsetSeconds: 61})
    expect(await isSignedIn(brief)).to.equal(false)
    expect(await isSignedIn()).to.equal(true)
  })

  it('removes an assignment, and the account with the last one', async () => {
    const remove = (role: string) => sandbox.control(`DELETE /identity-center-assignments/alice/${account}/${role}`)
    expect((await remove('ReadOnlyAccess')).status).to.equal(204)
    expectPortalError(await credentials('ReadOnlyAccess'), 403, 'ForbiddenException', 'No access')
    expect((await roles()).body.roleList).to.deep.equal([{accountId: account, roleName: 'AdministratorAccess'}])
    await remove('AdministratorAccess')
    expectPortalError(await roles(), 403, 'ForbiddenException', 'No access')
    expect((await ask('/assignment/accounts')).body.accountList).to.have.length(1)
    expect((await remove('AdministratorAccess')).status).to.equal(404)
  })

  it('keeps an assignment listed that gives no access any more (https://github.com/alchemy-run/distilled/pull/281)', async () => {
    await sandbox.control(`PUT /identity-center-assignments/alice/${account}/ReadOnlyAccess`, {stale: true})
    expect((await roles()).body.roleList).to.have.length(2)
    expectPortalError(await credentials('ReadOnlyAccess'), 403, 'ForbiddenException', 'No access')
  })

  it('assigns permission sets and accounts, known and new', async () => {
    await sandbox.control('PUT /identity-center-assignments/alice/400000000001/Operator')
    await sandbox.control('PUT /identity-center-assignments/alice/300000000001/Billing')
    expect((await credentials('Operator', '400000000001')).status).to.equal(200)
    const {body} = await ask('/assignment/accounts')
    const names = Array.isArray(body.accountList) ? body.accountList.map(item => membersOf(item).accountName) : []
    expect(names.slice(2)).to.deep.equal(['Account 400000000001', 'team-001-dev'])
  })

  for (const [error, status] of [
    ['ForbiddenException', 403],
    ['ResourceNotFoundException', 404],
  ] as const) {
    it(`has one account answer with ${status} (${status === 404 ? 'model' : 'in no model'})`, async () => {
      await sandbox.control(`PUT /identity-center-accounts/${account}`, {error})
      expectPortalError(await roles(), status, error, /./)
      expectPortalError(await credentials('ReadOnlyAccess'), status, error, /./)
      expect((await ask('/assignment/accounts')).body.accountList).to.have.length(2)
      expect((await roles('200000000001')).status).to.equal(200)
      expect((await sandbox.control(`DELETE /identity-center-accounts/${account}`)).status).to.equal(204)
      expect((await roles()).status).to.equal(200)
    })
  }

  it('has everything as usual after a DELETE, but nobody has to sign in again', async () => {
    await order({refreshTokens: 'rotate', sessionSeconds: 60})
    await sandbox.control(`PUT /identity-center-accounts/${account}`, {error: 'ForbiddenException'})
    await sandbox.control('PUT /identity-center-assignments/alice/400000000001/Operator')
    await sandbox.control('DELETE /identity-center')
    expect((await roles()).status).to.equal(200)
    expect((await ask('/assignment/accounts')).body.accountList).to.have.length(2)
    expect((await renew(sandbox, alice)).body.refreshToken).to.equal(alice.refreshToken)
  })

  const mistakes: [string, unknown, RegExp][] = [
    [
      'POST /identity-center',
      {refreshTokens: 'never'},
      /identity-center\.refreshTokens must be one of same, rotate, omit/,
    ],
    ['POST /identity-center', {sessionSeconds: 0}, /identity-center\.sessionSeconds must be an integer, at least 1/],
    ['POST /identity-center', {throttle: {rate: 1}}, /identity-center\.throttle has no member "rate"/],
    ['POST /identity-center', {throttle: {ratePerSecond: 0}}, /throttle\.ratePerSecond must be above zero/],
    ['POST /identity-center/end', {}, /end\.what is needed/],
    ['POST /identity-center/end', {what: 'session', user: 'nobody'}, /no user called nobody/],
    ['POST /identity-center/end', {what: 'registrations', user: 'bob'}, /end\.user is not for registrations/],
    ['PUT /identity-center-assignments/alice/1/x', {}, /USER\/ACCOUNT\/ROLE/],
    ['PUT /identity-center-assignments/nobody/123456789012/x', {}, /a user of the sandbox/],
    ['PUT /identity-center-accounts/123456789012', {}, /account\.error is needed/],
  ]
  for (const [operation, body, message] of mistakes) {
    it(`says what is wrong with ${operation} ${JSON.stringify(body)}`, async () => {
      const answer = await sandbox.control(operation, body)
      expect(answer.status).to.equal(400)
      expect(answer.body.error).to.match(message)
    })
  }
})
