import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {hookWith, plantPlugin} from '../support/planted-plugin.ts'
import {useScene} from '../support/scene.ts'

const arn = (name: string) => `arn:aws:iam::123456789012:role/${name}`
const readonly = {provider: 'sandbox', role: arn('readonly')}

describe('aws-oidc roles', () => {
  const scene = useScene()

  async function rolesFor(args: readonly string[], env = {}) {
    const {exitCode, stdout, stderr} = await scene.home.run(['roles', ...args, '--json'], env)
    expect(exitCode, stderr).to.equal(0)
    return JSON.parse(stdout)
  }

  it('lists the roles that the provider offers to the user, and the profiles of each', async () => {
    const {exitCode, stdout} = await scene.home.run(['roles'])
    expect(exitCode).to.equal(0)
    expect(stdout.split('\n').map(line => line.split(/ {2,}/))).to.deep.equal([
      ['ROLE', 'ACCOUNT', 'PROFILES', 'ARN'],
      ['developer', '123456789012', 'developer', arn('developer')],
      ['readonly', '123456789012', '-', arn('readonly')],
      [''],
    ])
    expect(await scene.sandbox.signIns()).to.equal(1)
  })

  it('does not ask a user who is signed in, and never asks AWS', async () => {
    await scene.home.run(['login', '-p', 'developer'])
    await scene.sandbox.reset()
    const {roles} = await rolesFor(['--no-interactive'])
    expect(roles).to.have.length(2)
    expect((await scene.sandbox.journal()).filter(({kind}) => kind === 'sign-in' || kind === 'sts')).to.deep.equal([])
  })

  it('says as JSON whose roles they are, and the value for --role', async () => {
    await scene.home.configure({profiles: {viewer: readonly, auditor: readonly}})
    expect(await rolesFor([])).to.deep.equal({
      provider: 'sandbox',
      subject: 'alice@example.com',
      offered: 2,
      complete: true,
      omitted: [],
      roles: [
        {role: arn('developer'), name: 'developer', accountId: '123456789012', profiles: ['developer']},
        {role: arn('readonly'), name: 'readonly', accountId: '123456789012', profiles: ['viewer', 'auditor']},
      ],
    })
  })

  it('finds the roles with every word in their ARN or account, in any case', async () => {
    const found = async (...words: string[]) => {
      const {offered, roles} = await rolesFor(words, {SANDBOX_USER: 'dave'})
      expect(offered).to.equal(40)
      return roles.map(({name}: {name: string}) => name)
    }
    expect(await found('TEAM-3', '9')).to.deep.equal([
      'team-30',
      'team-31',
      'team-32',
      'team-33',
      'team-34',
      'team-35',
      'team-36',
      'team-37',
      'team-38',
      'team-39',
    ])
    expect(await found('team-39', '123456789012')).to.deep.equal(['team-39'])
    expect(await found('nobody')).to.deep.equal([])
  })

  describe('where the claim lists values that are not roles', () => {
    const wrong = {
      'an account too short': 'arn:aws:iam::12345:role/developer',
      'a space in its name': arn('two words'),
      'a quote in its name': arn('a"b'),
      'a line break in its name': arn('a\nrole_arn = x'),
      'an empty name': arn(''),
      'a name longer than AWS has': arn('x'.repeat(65)),
      'a command in its path': 'arn:aws:iam::123456789012:role/$(id)/developer',
    }
    beforeEach(async () => {
      const claims = {aws_roles: [...Object.values(wrong), arn('developer'), 'offline_access', 7, arn('developer')]}
      await scene.sandbox.fault({on: 'token', idToken: {claims}})
    })

    it('leaves those out by name, and lists the valid roles once', async () => {
      const {exitCode, stdout, stderr} = await scene.home.run(['roles', '--json'])
      expect(exitCode, stderr).to.equal(0)
      expect(JSON.parse(stdout).roles.map(({role}: {role: string}) => role)).to.deep.equal([arn('developer')])
      for (const role of Object.values(wrong).slice(0, 5))
        expect(stderr).to.include(`offers "${role.replace('\n', ' ')}", which is not an AWS role. It is left out.\n`)
      expect(stderr).to.include('offers 2 more that are not AWS roles.')
      expect(stderr).not.to.include('offers "offline_access')
    })

    it('still writes AWS profiles for the valid ones', async () => {
      const {exitCode, stderr} = await scene.home.run(['profiles', 'sync', '--from-roles', '--yes'])
      expect(exitCode, stderr).to.equal(0)
      const text = await readFile(join(scene.home.folder, '.aws/config'), 'utf8')
      expect(text.match(/^\[.*\]$/gm)).to.deep.equal([
        ...['[profile developer]', '[profile admin]', '[profile 123456789012-developer]'],
      ])
    })

    it('uses the only role that is left', async () => {
      const {exitCode, stderr} = await scene.home.run(['creds', '--provider', 'sandbox'])
      expect(exitCode, stderr).to.equal(0)
    })
  })

  it('says so where no role has the words, and where no role is offered', async () => {
    const none = await scene.home.run(['roles', 'tester', '123'])
    expect(none).to.include({
      exitCode: 0,
      stdout: 'None of the 2 roles that "sandbox" offers to alice@example.com has "tester" and "123" in it.\n',
    })
    await scene.home.run(['logout', '--all'])
    const carol = await scene.home.run(['roles'], {SANDBOX_USER: 'carol'})
    expect(carol).to.include({exitCode: 0, stdout: '"sandbox" offers no AWS role to carol@example.com.\n'})
  })

  it('reads them from a SAML assertion, and tells two SAML providers of one role apart', async () => {
    const other = 'arn:aws:iam::123456789012:saml-provider/other'
    await scene.sandbox.steer('PUT', '/saml', {change: {extraRoles: [`${arn('readonly')},${other}`]}})
    await scene.home.configure({
      provider: {strategy: 'saml2', via: 'token-exchange', rolesClaim: undefined},
      profiles: {viewer: {provider: 'sandbox', role: `${arn('readonly')},${other}`}, any: readonly},
    })
    const {roles} = await rolesFor(['readonly'])
    expect(roles).to.deep.equal([
      {
        role: `${arn('readonly')},${other}`,
        name: 'readonly',
        accountId: '123456789012',
        profiles: ['viewer', 'any'],
      },
      {
        role: `${arn('readonly')},arn:aws:iam::123456789012:saml-provider/sandbox`,
        name: 'readonly',
        accountId: '123456789012',
        profiles: ['any'],
      },
    ])
    await scene.sandbox.steer('DELETE', '/saml')
  })

  it('does not count a profile that switches roles, or is of another provider', async () => {
    await scene.home.configure({profiles: {switched: {source: 'developer', role: arn('readonly')}}})
    const {roles} = await rolesFor(['readonly'])
    expect(roles[0].profiles).to.deep.equal([])
  })

  it('uses the provider of the profile in AWS_PROFILE, else asks for one of several', async () => {
    await scene.home.writeConfig(twoProviders(scene.sandbox.issuer))
    const {exitCode, stderr} = await scene.home.run(['roles'])
    expect(exitCode).to.equal(2)
    expect(stderr)
      .to.include('There are several providers: one, two.')
      .and.include('Try: aws-oidc roles --provider one')
    const {exitCode: refused, stderr: why} = await scene.home.run(['roles', '--no-interactive'], {AWS_PROFILE: 'mine'})
    expect(refused).to.equal(3)
    expect(why).to.include('Try: aws-oidc login --provider two')
  })

  it('is exit 3 where a sign-in is needed and the user may not be asked', async () => {
    const {exitCode, stdout, stderr} = await scene.home.run(['roles', '--no-interactive'])
    expect({exitCode, stdout}).to.deep.equal({exitCode: 3, stdout: ''})
    expect(stderr).to.include('Try: aws-oidc login --provider sandbox')
  })

  it('says what to set where the provider does not name roles', async () => {
    await scene.home.configure({provider: {rolesClaim: undefined}})
    const {exitCode, stderr} = await scene.home.run(['roles'])
    expect(exitCode).to.equal(2)
    expect(stderr).to.include('"sandbox" does not say which roles it offers').and.include('rolesClaim')
  })

  it('names no setting that the strategy does not have', async () => {
    await plantPlugin(scene.home, {hook: hookWith({}).replace(/rolesClaim: .*/, '')})
    await scene.home.configure({provider: {strategy: 'ping', rolesClaim: undefined}})
    const {exitCode, stderr} = await scene.home.run(['roles'])
    expect(exitCode).to.equal(2)
    expect(stderr.slice(stderr.indexOf('Error:'))).to.equal(
      'Error: "sandbox" does not say which roles it offers.\nTry: Set "role" of the profile, or "defaultRole" of the provider.\n',
    )
  })
})

function twoProviders(issuer: string): string {
  return `
providers:
  one: {strategy: oidc, issuer: '${issuer}', clientId: aws-oidc}
  two: {strategy: oidc, issuer: '${issuer}', clientId: aws-oidc-confidential}
profiles:
  mine: {provider: two, role: '${arn('developer')}'}
  other: {provider: one, role: '${arn('developer')}'}
`
}
