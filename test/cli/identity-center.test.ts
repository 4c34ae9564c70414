import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {enterCode, waitForCode} from '../support/device.ts'
import {isOneDocument} from '../support/document.ts'
import {useIdentityCenterScene} from '../support/identity-center-scene.ts'

const creds = ['creds', '--profile', 'reading']
const silently = [...creds, '--force', '--no-interactive']

describe('IAM Identity Center', () => {
  const scene = useIdentityCenterScene()
  const grants = async () =>
    (await scene.sandbox.journal()).filter(({action}) => action === 'CreateToken').map(({grant}) => grant)

  it('gives the credentials of a permission set after one sign-in, which later calls use', async () => {
    const first = await scene.run(creds)
    isOneDocument(first)
    expect(JSON.parse(first.stdout)).to.include({AccountId: '123456789012'})
    expect(first.stderr.match(/Opening your browser/g)).to.have.length(1)
    expect(first.stderr, first.stderr).to.include('at center; the role is 123456789012/ReadOnlyAccess.')
    isOneDocument(await scene.run(silently))
    expect(await grants()).to.deep.equal(['authorization_code'])
    expect(await scene.outcomes('RegisterClient')).to.deep.equal(['ok'])
    expect(await scene.sandbox.signIns()).to.equal(1)
  })

  it('is served from the cache without a request', async () => {
    await scene.run(creds)
    await scene.sandbox.steer('DELETE', '/journal')
    isOneDocument(await scene.run([...creds, '--no-interactive']))
    expect(await scene.sandbox.journal()).to.deep.equal([])
  })

  it('asks for the scopes that give a refresh token, by PKCE, with a redirect to this machine alone', async () => {
    const {stderr} = await scene.run(creds)
    const [, address = ''] = /^ *(http\S+\/authorize\?\S+)$/m.exec(stderr) ?? []
    const {searchParams} = new URL(address)
    expect(searchParams.get('scopes')).to.equal('sso:account:access')
    expect(searchParams.get('scope')).to.equal(null)
    expect(searchParams.get('code_challenge_method')).to.equal('S256')
    expect(searchParams.get('redirect_uri')).to.match(/^http:\/\/127\.0\.0\.1:\d+\/oauth\/callback$/)
  })

  for (const refreshTokens of ['same', 'rotate', 'omit']) {
    it(`is renewed without the user when the access token has ended (refresh tokens: ${refreshTokens})`, async () => {
      // Shorter than what has to be left of it.
      await scene.sandbox.steer('POST', '/identity-center', {refreshTokens, accessTokenSeconds: 30})
      await scene.run(creds)
      for (let calls = 0; calls < 3; calls++) isOneDocument(await scene.run(silently))
      expect((await grants()).slice(1)).to.deep.equal(['refresh_token', 'refresh_token', 'refresh_token'])
    })
  }

  it('asks the user again when the session has ended, and says so where nobody may be asked', async () => {
    await scene.run(creds)
    await scene.sandbox.steer('POST', '/identity-center/end', {what: 'session'})
    const refused = await scene.run(silently)
    expect(refused).to.include({exitCode: 3, stdout: ''})
    expect(refused.stderr).to.include('Try: aws-oidc login --profile reading')
    const again = await scene.run([...creds, '--force'])
    isOneDocument(again)
    expect(again.stderr).to.include('Opening your browser')
  })

  it('renews, and does not ask, where the portal has ended a token that looked valid', async () => {
    await scene.run(creds)
    await scene.sandbox.steer('POST', '/identity-center/end', {what: 'access-tokens'})
    isOneDocument(await scene.run(silently))
    expect(await scene.outcomes('GetRoleCredentials')).to.deep.equal(['ok', 'UnauthorizedException', 'ok'])
  })

  it('takes nothing from the files and variables by which other programs use AWS', async () => {
    await mkdir(join(scene.home.folder, '.aws'))
    const settings = ['retry_mode', 'max_attempts', 'defaults_mode', 'use_fips_endpoint', 'use_dualstack_endpoint']
    const lines = settings.map(name => `${name} = nonsense`)
    await writeFile(join(scene.home.folder, '.aws/config'), `[default]\n${lines.join('\n')}\nregion = xx-none-9\n`)
    isOneDocument(await scene.run(creds, {AWS_REGION: 'xx-none-9', AWS_RETRY_MODE: 'nonsense', AWS_MAX_ATTEMPTS: 'x'}))
  })

  it('registers anew where the service has forgotten this program', async () => {
    await scene.sandbox.steer('POST', '/identity-center', {accessTokenSeconds: 30})
    await scene.run(creds)
    await scene.sandbox.steer('POST', '/identity-center/end', {what: 'registrations'})
    isOneDocument(await scene.run([...creds, '--force']))
    expect(await scene.outcomes('RegisterClient')).to.deep.equal(['ok', 'ok'])
  })

  it('waits and asks again where the portal has had enough, and asks nobody to sign in for that', async () => {
    await scene.run(creds)
    await scene.sandbox.fault({on: 'sso', action: 'GetRoleCredentials', error: 'TooManyRequestsException', times: 2})
    isOneDocument(await scene.run(silently))
    expect((await scene.outcomes('GetRoleCredentials')).slice(1)).to.deep.equal([
      'TooManyRequestsException',
      'TooManyRequestsException',
      'ok',
    ])
  })

  it('says that the user refused', async () => {
    const {exitCode, stdout, stderr} = await scene.run(creds, {SANDBOX_USER: 'deny'})
    expect({exitCode, stdout}, stderr).to.deep.equal({exitCode: 4, stdout: ''})
    expect(stderr).to.include('IAM Identity Center refused the sign-in: access_denied')
  })

  it('says that to sign in again does not help where the key of the instance can not be used', async () => {
    await scene.sandbox.fault({
      ...{on: 'sso-oidc', action: 'CreateToken', error: 'AccessDeniedException'},
      change: {reason: 'KMS_DISABLED_KEY'},
    })
    const {exitCode, stderr} = await scene.run(creds)
    expect(exitCode, stderr).to.equal(4)
    expect(stderr)
      .to.include("The encryption key of IAM Identity Center can't be used: AccessDeniedException")
      .and.include('KMS_DISABLED_KEY')
      .and.include('To sign in again does not help')
  })

  it('says that the service is not there, and keeps the sign-in', async () => {
    await scene.run(creds)
    await scene.sandbox.fault({on: 'sso', action: 'GetRoleCredentials', status: 503})
    const {exitCode, stderr} = await scene.run(silently)
    expect(exitCode, stderr).to.equal(6)
    await scene.sandbox.steer('DELETE', '/faults')
    isOneDocument(await scene.run(silently))
  })

  it('signs in with a code where the browser is elsewhere, by a registration of its own', async () => {
    await scene.configure({provider: {deviceHosts: [new URL(scene.sandbox.issuer).host]}, top: {browser: undefined}})
    const ssh = {...scene.env, SSH_CONNECTION: '192.0.2.1 50000 192.0.2.2 22'}
    const shown = await waitForCode(scene.home, creds, ssh)
    await enterCode(shown)
    isOneDocument(await shown.ended)
    expect((await grants()).at(-1)).to.equal('urn:ietf:params:oauth:grant-type:device_code')
    isOneDocument(await scene.run(silently))
  })

  it('says which permission sets there are in the account, where one is not assigned', async () => {
    await scene.configure({profiles: {other: {provider: 'center', role: '123456789012/Billing'}}})
    const {exitCode, stdout, stderr} = await scene.run(['creds', '--profile', 'other'])
    expect({exitCode, stdout}, stderr).to.deep.equal({exitCode: 5, stdout: ''})
    expect(stderr)
      .to.include('You are not assigned the permission set "Billing" in the account 123456789012.')
      .and.include('You have these there: AdministratorAccess, ReadOnlyAccess.')
  })

  it('names the permission set of a role that IAM shows', async () => {
    const role = '123456789012/AWSReservedSSO_ReadOnlyAccess_0123456789abcdef'
    await scene.configure({profiles: {other: {provider: 'center', role}}})
    const {exitCode, stderr} = await scene.run(['creds', '--profile', 'other'])
    expect(exitCode).to.equal(5)
    expect(stderr).to.include('Try: role: 123456789012/ReadOnlyAccess\n')
  })

  it('takes the name of an account for its number, and keeps neither in doubt', async () => {
    const ending = await scene.run(['creds', '--provider', 'center', '--role', 'Sandbox Production/ReadOnlyAccess'])
    isOneDocument(ending)
    expect(JSON.parse(ending.stdout)).to.include({AccountId: '200000000001'})
    const none = await scene.run(['creds', '--provider', 'center', '--role', 'Nowhere/ReadOnlyAccess'])
    expect(none).to.include({exitCode: 5, stdout: ''})
  })

  it('keeps the number of an account in a profile that is added by its name, and shows the profile beside the role', async () => {
    const role = 'Sandbox Production/ReadOnlyAccess'
    const added = await scene.run(['profiles', 'add', 'production', '--provider', 'center', '--role', role])
    expect(added, added.stderr).to.include({exitCode: 0})
    const shown = await scene.run(['profiles', 'show', 'production', '--json'])
    expect(JSON.parse(shown.stdout).role).to.include('200000000001')
    const {roles} = JSON.parse((await scene.run(['roles', '--provider', 'center', '--json'])).stdout)
    expect(roles.find(({accountId}: {accountId: string}) => accountId === '200000000001').profiles).to.deep.equal([
      'production',
    ])
    const twice = await scene.run(['profiles', 'add', 'reading', '--provider', 'center', '--role', role])
    expect(twice).to.include({exitCode: 2, stdout: ''})
  })

  it('writes a profile for each permission set, with which the AWS tools get its credentials', async () => {
    const synced = await scene.run(['profiles', 'sync', '--yes', '--from-roles', '--provider', 'center'])
    expect(synced, synced.stderr).to.include({exitCode: 0})
    const config = await readFile(join(scene.home.folder, '.aws/config'), 'utf8')
    const [, args = ''] =
      /\[profile 200000000001-ReadOnlyAccess\][^[]*\ncredential_process = .* creds (.*)/.exec(config) ?? []
    expect(args, config).to.include('--role 200000000001/ReadOnlyAccess')
    const {stdout} = await scene.run(['creds', ...args.split(' ')])
    expect(JSON.parse(stdout)).to.include({AccountId: '200000000001'})
  })

  it('opens one browser for many cold callers of several permission sets', async () => {
    const roles = ['123456789012/AdministratorAccess', '123456789012/ReadOnlyAccess', '200000000001/ReadOnlyAccess']
    const calls = Array.from({length: 18}, (_, at) =>
      scene.run(['creds', '--provider', 'center', '--role', roles[at % roles.length] ?? '']),
    )
    for (const ending of await Promise.all(calls)) isOneDocument(ending)
    expect(await scene.sandbox.signIns()).to.equal(1)
    expect(await scene.outcomes('GetRoleCredentials')).to.deep.equal(['ok', 'ok', 'ok'])
  })

  it('lists the roles of all accounts with names and addresses, and keeps the list', async () => {
    const listed = await scene.run(['roles', '--provider', 'center', '--json'])
    expect(listed.exitCode, listed.stderr).to.equal(0)
    const {roles} = JSON.parse(listed.stdout)
    expect(roles.map((role: {accountId: string; name: string}) => `${role.accountId}/${role.name}`)).to.have.members([
      '123456789012/AdministratorAccess',
      '123456789012/ReadOnlyAccess',
      '200000000001/ReadOnlyAccess',
    ])
    await scene.sandbox.steer('DELETE', '/journal')
    expect((await scene.run(['roles', '--provider', 'center'])).stdout).to.include('Sandbox Production')
    expect(await scene.outcomes('ListAccounts')).to.deep.equal([])
    await scene.run(['roles', '--provider', 'center', '--refresh'])
    expect(await scene.outcomes('ListAccounts')).to.deep.equal(['ok'])
  })

  it('leaves out an account that refuses, and says so', async () => {
    await scene.sandbox.steer('PUT', '/identity-center-accounts/200000000001', {error: 'ForbiddenException'})
    const {exitCode, stdout, stderr} = await scene.run(['roles', '--provider', 'center'])
    expect(exitCode, stderr).to.equal(0)
    expect(stdout).to.include('123456789012').and.not.include('200000000001')
    expect(stderr).to.include('The roles in Sandbox Production (200000000001) could not be listed: ForbiddenException')
  })

  it('is signed out at the portal with --everywhere alone', async () => {
    await scene.run(creds)
    expect(await scene.run(['logout', '--provider', 'center'])).to.include({exitCode: 0})
    expect(await scene.outcomes('Logout')).to.deep.equal([])
    expect((await scene.run(silently)).exitCode).to.equal(3)
    await scene.run(creds)
    const everywhere = await scene.run(['logout', '--provider', 'center', '--everywhere'])
    expect(everywhere, everywhere.stderr).to.include({exitCode: 0})
    expect(await scene.outcomes('Logout')).to.deep.equal(['ok'])
  })

  it('names the region and the start address where the service does not know them', async () => {
    await scene.configure({provider: {startUrl: 'https://d-0000000000.awsapps.com/start'}})
    const {exitCode, stdout, stderr} = await scene.run(creds)
    expect({exitCode, stdout}, stderr).to.deep.equal({exitCode: 2, stdout: ''})
    expect(stderr)
      .to.include('IAM Identity Center in us-east-1 does not know https://d-0000000000.awsapps.com/start')
      .and.include('Check "startUrl" and "region" of the provider.')
  })

  it('refuses an endpoint that would get tokens in plain text', async () => {
    const {exitCode, stderr} = await scene.run(creds, {AWS_ENDPOINT_URL_SSO: 'http://portal.example.com'})
    expect(exitCode).to.equal(2)
    expect(stderr).to.include('AWS_ENDPOINT_URL_SSO').and.include('neither https nor on this machine')
  })
})
