import {expect} from 'chai'
import {useScene} from '../support/scene.ts'

const arn = (name: string) => `arn:aws:iam::123456789012:role/${name}`

describe('the role that is used', () => {
  const scene = useScene()
  const taken = async () =>
    (await scene.sandbox.journal()).flatMap(({kind, role}) => (kind === 'sts' && role ? [role] : []))

  it('is that of --role before all others', async () => {
    await scene.home.configure({provider: {defaultRole: arn('short')}})
    const {exitCode} = await scene.home.run(['creds', '-p', 'developer', '--role', arn('readonly')])
    expect(exitCode).to.equal(0)
    expect(await taken()).to.deep.equal(['readonly'])
  })

  it("is the profile's before the provider's defaultRole", async () => {
    await scene.home.configure({provider: {defaultRole: arn('short')}})
    await scene.home.run(['creds', '-p', 'developer'])
    expect(await taken()).to.deep.equal(['developer'])
  })

  it('is the defaultRole where the profile has none', async () => {
    await scene.home.configure({provider: {defaultRole: arn('short')}, profiles: {bare: {provider: 'sandbox'}}})
    await scene.home.run(['creds', '-p', 'bare'])
    expect(await taken()).to.deep.equal(['short'])
  })

  it('is the only one that the provider offers', async () => {
    const {exitCode} = await scene.home.run(['creds', '--provider', 'sandbox'], {SANDBOX_USER: 'bob'})
    expect(exitCode).to.equal(0)
    expect(await taken()).to.deep.equal(['developer'])
  })

  it('must be named when there are several: creds does not ask, but names the command that does', async () => {
    const {exitCode, stdout, stderr} = await scene.home.run(['creds', '--provider', 'sandbox'])
    expect({exitCode, stdout}).to.deep.equal({exitCode: 2, stdout: ''})
    expect(stderr).to.include(arn('developer')).and.include(arn('readonly'))
    expect(stderr).to.include('Try: aws-oidc login --provider sandbox\n')
    expect(await taken()).to.deep.equal([])
  })

  it('must be named among forty too, in a few lines', async () => {
    const {exitCode, stderr} = await scene.home.run(['creds', '--provider', 'sandbox'], {SANDBOX_USER: 'dave'})
    expect(exitCode).to.equal(2)
    expect(stderr).to.include('40 roles').and.include('35 more')
  })

  it('is an error for a user who is offered none', async () => {
    const {exitCode, stdout, stderr} = await scene.home.run(['creds', '--provider', 'sandbox'], {SANDBOX_USER: 'carol'})
    expect({exitCode, stdout}).to.deep.equal({exitCode: 5, stdout: ''})
    expect(stderr).to.include('carol').and.include('Try: ')
  })

  it('must be valid: nonsense is refused without a sign-in', async () => {
    const {exitCode, stderr} = await scene.home.run(['creds', '-p', 'developer', '--role', 'developer'])
    expect(exitCode).to.equal(2)
    expect(stderr).to.include('"developer" is not a role').and.include('Try: ')
    expect(await scene.sandbox.journal()).to.deep.equal([])
  })

  it('can be named as account and name', async () => {
    const {stdout} = await scene.home.run(['creds', '--provider', 'sandbox', '--role', '123456789012/readonly'])
    expect(JSON.parse(stdout).AccountId).to.equal('123456789012')
    expect(await taken()).to.deep.equal(['readonly'])
  })
})

describe('the answer of AWS', () => {
  const scene = useScene()

  const answer = (session: string) => `
    <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
      <AssumeRoleWithWebIdentityResult>
        <Credentials>
          <AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId>
          <SecretAccessKey>a-secret-of-somebody-else</SecretAccessKey>
          <SessionToken>a-session-token-of-somebody-else</SessionToken>
          <Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration>
        </Credentials>
        <AssumedRoleUser><Arn>${session}</Arn><AssumedRoleId>AROA:alice</AssumedRoleId></AssumedRoleUser>
      </AssumeRoleWithWebIdentityResult>
    </AssumeRoleWithWebIdentityResponse>`

  for (const [words, session] of [
    ['of another role', 'arn:aws:sts::123456789012:assumed-role/admin/alice'],
    ['of the same role in another account', 'arn:aws:sts::999999999999:assumed-role/developer/alice'],
    ['of no role', 'arn:aws:iam::123456789012:user/developer'],
  ] as const) {
    it(`is not passed on when it is ${words}`, async () => {
      const {home, sandbox} = scene
      await sandbox.fault({on: 'sts', status: 200, contentType: 'text/xml', body: answer(session)})
      const {exitCode, stdout, stderr} = await home.run(['creds', '-p', 'developer'])
      expect({exitCode, stdout}).to.deep.equal({exitCode: 6, stdout: ''})
      expect(stderr).to.include(session).and.include('Try: ').and.not.include('a-secret')
      await sandbox.reset()
      expect((await home.run(['creds', '-p', 'developer'])).stdout, 'nor kept').not.to.include('somebody-else')
    })
  }

  it('is passed on when the role has a path, which AWS leaves out', async () => {
    const {home, sandbox} = scene
    const body = answer('arn:aws:sts::123456789012:assumed-role/developer/alice')
    await sandbox.fault({on: 'sts', status: 200, contentType: 'text/xml', body})
    const role = 'arn:aws:iam::123456789012:role/teams/blue/developer'
    expect(await home.run(['creds', '--provider', 'sandbox', '--role', role])).to.include({exitCode: 0})
  })

  it('is refused when its credentials are incomplete', async () => {
    const {home, sandbox} = scene
    const body = answer('arn:aws:sts::123456789012:assumed-role/developer/alice').replace(/<SessionToken>.*\n/, '')
    await sandbox.fault({on: 'sts', status: 200, contentType: 'text/xml', body})
    expect(await home.run(['creds', '-p', 'developer'])).to.include({exitCode: 6, stdout: ''})
  })
})

describe('a chained role', () => {
  const scene = useScene()
  const calls = async () =>
    (await scene.sandbox.journal()).flatMap(({kind, action, role, durationSeconds}) =>
      kind === 'sts' ? [[action, role, durationSeconds]] : [],
    )

  it('is assumed with the credentials of its source, for an hour at most', async () => {
    await scene.home.configure({
      profiles: {
        developer: {provider: 'sandbox', role: arn('developer'), duration: '4h'},
        admin: {source: 'developer', role: arn('admin'), duration: '12h'},
      },
    })
    const {exitCode, stdout, stderr} = await scene.home.run(['creds', '-p', 'admin'])
    expect(exitCode, stderr).to.equal(0)
    expect(JSON.parse(stdout).AccountId).to.equal('123456789012')
    expect(await calls()).to.deep.equal([
      ['AssumeRoleWithWebIdentity', 'developer', 14_400],
      ['AssumeRole', 'admin', 3600],
    ])
    const whoami = await scene.home.run(['whoami', '-p', 'admin', '--json'])
    expect(JSON.parse(whoami.stdout).arn).to.match(/assumed-role\/admin\/alice@example.com$/)
  })

  it("uses the source's cached credentials, and leaves its own in the cache", async () => {
    await scene.home.run(['creds', '-p', 'developer'])
    const {stdout} = await scene.home.run(['creds', '-p', 'admin'])
    expect((await calls()).map(([action]) => action)).to.deep.equal(['AssumeRoleWithWebIdentity', 'AssumeRole'])
    expect((await scene.home.run(['creds', '-p', 'admin'])).stdout).to.equal(stdout)
    expect(await calls()).to.have.length(2)
  })

  it('that AWS refuses is exit 5', async () => {
    await scene.home.configure({profiles: {locked: {source: 'developer', role: arn('locked')}}})
    const {exitCode, stdout, stderr} = await scene.home.run(['creds', '-p', 'locked'])
    expect({exitCode, stdout}).to.deep.equal({exitCode: 5, stdout: ''})
    expect(stderr).to.include('AccessDenied')
  })

  it('that is its own source is refused, even through others', async () => {
    const from = (source: string) => ({source, role: arn('admin')})
    for (const [profiles, ring] of [
      [{loop: from('loop')}, 'loop > loop'],
      [{loop: from('other'), other: from('third'), third: from('loop')}, 'loop > other > third > loop'],
      [{outside: from('loop'), loop: from('other'), other: from('loop')}, 'loop > other > loop'],
    ] as const) {
      await scene.home.configure({profiles})
      const {exitCode, stderr} = await scene.home.run(['creds', '-p', 'loop'])
      expect(exitCode).to.equal(2)
      expect(stderr)
        .to.include(`lead in a circle: ${ring}.`)
        .and.match(/config\.yaml:\d+:\d+: profiles\./)
    }
  })
})
