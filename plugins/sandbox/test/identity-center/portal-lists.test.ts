import {expect} from 'chai'
import {allItems, callPortal, expectPortalError, type SignedIn, signInByCode} from '../support/identity-center.ts'
import {useSandbox} from '../support/running-sandbox.ts'

const sandboxAccount = '123456789012'

describe('The lists of the portal of IAM Identity Center', () => {
  const sandbox = useSandbox()
  let alice: SignedIn
  before(async () => {
    alice = await signInByCode(sandbox, 'alice')
  })

  // More is asked here at once than the portal's limit lets pass.
  beforeEach(() => sandbox.control('POST /identity-center', {throttle: null}))

  const ask = (path: string, token: string | undefined = alice.accessToken) => callPortal(sandbox, path, token)
  const roles = (account: string, query = '') => ask(`/assignment/roles?account_id=${account}${query}`)
  const credentials = (account: string, role: string, token?: string) =>
    ask(`/federation/credentials?account_id=${account}&role_name=${role}`, token)

  it('lists accounts with name and e-mail address (model AccountInfo)', async () => {
    const {status, body} = await ask('/assignment/accounts')
    expect(status).to.equal(200)
    expect(body).to.deep.equal({
      accountList: [
        {accountId: sandboxAccount, accountName: 'Sandbox', emailAddress: `aws+${sandboxAccount}@example.com`},
        {accountId: '200000000001', accountName: 'Sandbox Production', emailAddress: 'aws+200000000001@example.com'},
      ],
      nextToken: null,
    })
  })

  it('lists the roles of an account by the names of permission sets (model RoleInfo)', async () => {
    expect((await roles(sandboxAccount)).body).to.deep.equal({
      nextToken: null,
      roleList: [
        {accountId: sandboxAccount, roleName: 'AdministratorAccess'},
        {accountId: sandboxAccount, roleName: 'ReadOnlyAccess'},
      ],
    })
  })

  it('has 3 assignments for alice, 40 for bob, 4,000 for carol, none for dave', async () => {
    for (const [user, count] of [
      ['alice', 3],
      ['bob', 40],
      ['dave', 0],
    ] as const) {
      const {accessToken} = await signInByCode(sandbox, user)
      const accounts = await allItems(size => ask(`/assignment/accounts?${size}`, accessToken), 'accountList')
      const lists = accounts.map(({accountId}) =>
        allItems(size => ask(`/assignment/roles?account_id=${accountId}&${size}`, accessToken), 'roleList'),
      )
      expect((await Promise.all(lists)).flat()).to.have.length(count)
    }
    const {accessToken} = await signInByCode(sandbox, 'carol')
    const accounts = await allItems(size => ask(`/assignment/accounts?${size}`, accessToken), 'accountList')
    expect(new Set(accounts.map(({accountId}) => accountId)).size).to.equal(500)
    const {body} = await ask(`/assignment/roles?account_id=${accounts[499]?.accountId}`, accessToken)
    expect(body.roleList).to.have.length(8)
  })

  it('lists accounts unsorted, with odd names and one name twice (https://github.com/Noovolari/leapp/issues/57)', async () => {
    const {accessToken} = await signInByCode(sandbox, 'carol')
    const accounts = await allItems(size => ask(`/assignment/accounts?${size}`, accessToken), 'accountList')
    const names = accounts.map(({accountName}) => String(accountName))
    const ids = accounts.map(({accountId}) => String(accountId))
    expect(ids).not.to.deep.equal(ids.toSorted())
    expect(names).not.to.deep.equal(names.toSorted())
    expect(names).to.include.members(['Data / Analytics (EU)', 'Zürich Büro'])
    expect(names.filter(name => name === 'Legacy')).to.have.length(2)
  })

  it('has pages of 20 unless asked (https://github.com/aws/aws-tools-for-powershell/issues/401)', async () => {
    const {accessToken} = await signInByCode(sandbox, 'carol')
    const {body} = await ask('/assignment/accounts', accessToken)
    expect(body.accountList).to.have.length(20)
    expect(body.nextToken).to.be.a('string')
  })

  for (const size of ['0', '101', '1000', '-1', 'x', '1.5']) {
    it(`refuses pages of ${size} (model MaxResultType; words of https://github.com/synfinatic/aws-sso-cli/issues/1342)`, async () => {
      const message = 'ResultSize parameter must be within the valid limits of: 1-100'
      for (const answer of [
        ask(`/assignment/accounts?max_result=${size}`),
        roles(sandboxAccount, `&max_result=${size}`),
      ]) {
        expectPortalError(await answer, 400, 'InvalidRequestException', message)
      }
    })
  }

  for (const path of ['/assignment/roles', '/federation/credentials?role_name=ReadOnlyAccess']) {
    it(`needs account_id in ${path} (model, required)`, async () => {
      expectPortalError(await ask(path), 400, 'InvalidRequestException', /account_id/)
    })
  }

  it('refuses an account that is no number (no source: a guess)', async () => {
    expectPortalError(await roles('production'), 400, 'InvalidRequestException', /account_id/)
  })

  it('does what is ordered (model TooManyRequestsException)', async () => {
    const message = 'HTTP 429 Unknown Code'
    const fault = {on: 'sso', action: 'ListAccountRoles', error: 'TooManyRequestsException', message, times: 1}
    await sandbox.control('POST /faults', fault)
    expect((await ask('/assignment/accounts')).status).to.equal(200)
    expectPortalError(await roles(sandboxAccount), 429, 'TooManyRequestsException', message)
    expect((await roles(sandboxAccount)).status).to.equal(200)
  })

  it('journals what was asked, without a secret', async () => {
    await ask('/assignment/accounts')
    await roles(sandboxAccount)
    await credentials(sandboxAccount, 'Nothing')
    await ask('/assignment/accounts', 'x')
    const entries = (await sandbox.journal()).map(({at: _, ...entry}) => entry)
    expect(entries).to.deep.equal([
      {kind: 'sso', action: 'ListAccounts', user: 'alice', outcome: 'ok'},
      {kind: 'sso', action: 'ListAccountRoles', user: 'alice', role: sandboxAccount, outcome: 'ok'},
      {
        kind: 'sso',
        action: 'GetRoleCredentials',
        user: 'alice',
        role: `${sandboxAccount}/Nothing`,
        outcome: 'ForbiddenException',
      },
      {kind: 'sso', action: 'ListAccounts', outcome: 'UnauthorizedException'},
    ])
  })

  it("refuses a token of no list, or of another's (no source: a guess)", async () => {
    const {body} = await ask('/assignment/accounts?max_result=1')
    const other = await signInByCode(sandbox, 'bob')
    for (const answer of [
      ask('/assignment/accounts?next_token=x'),
      ask(`/assignment/accounts?next_token=${Buffer.from('1').toString('base64url')}`),
      ask(`/assignment/accounts?next_token=${body.nextToken}`, other.accessToken),
      roles(sandboxAccount, `&next_token=${body.nextToken}`),
    ]) {
      expectPortalError(await answer, 400, 'InvalidRequestException', /next token/)
    }
    expect(
      (await ask(`/assignment/accounts?max_result=1&next_token=${body.nextToken}`)).body.accountList,
    ).to.have.length(1)
  })
})
