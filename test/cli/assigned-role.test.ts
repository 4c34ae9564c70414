import {expect} from 'chai'
import {isOneDocument} from '../support/document.ts'
import {linkExample} from '../support/example-plugin.ts'
import {type IdentityPool, startIdentityPool} from '../support/identity-pool.ts'
import {useScene} from '../support/scene.ts'

const profile = ['--profile', 'pool']

describe('a provider that chooses the role itself, as a Cognito identity pool does', () => {
  const scene = useScene()
  let pool: IdentityPool

  beforeEach(async () => {
    const {sandbox, home} = scene
    pool = await startIdentityPool(sandbox, 'arn:aws:iam::123456789012:role/developer')
    await linkExample(home, 'identity-pool')
    const settings = {strategy: 'identity-pool', pool: pool.id, endpoint: pool.url, rolesClaim: undefined}
    await home.configure({provider: settings, profiles: {pool: {provider: 'sandbox'}}})
  })
  afterEach(() => pool.stop())

  it('serves a profile without a role, and keeps its credentials', async () => {
    isOneDocument(await scene.home.run(['creds', ...profile]))
    expect(pool.asked).to.deep.equal(['GetId', 'GetCredentialsForIdentity'])
    isOneDocument(await scene.home.run(['creds', ...profile]))
    expect(pool.asked).to.have.length(2)
  })

  it('has its role named by login, whoami and status', async () => {
    const login = await scene.home.run(['login', ...profile])
    expect(login, login.stderr).to.include({exitCode: 0})
    expect(login.stdout + login.stderr).to.include('123456789012/developer')
    expect((await scene.home.run(['whoami', ...profile])).stdout).to.include('assumed-role/developer/')
    expect((await scene.home.run(['status', '--json', ...profile])).stdout).to.include('123456789012/developer')
  })

  it('is refused a role that it does not choose, with what to change', async () => {
    const {exitCode, stdout, stderr} = await scene.home.run(['creds', '--profile', 'developer'])
    expect({exitCode, stdout}).to.deep.equal({exitCode: 5, stdout: ''})
    expect(stderr).to.include('chooses the role itself').and.include('Remove "role" from the profile.')
  })

  it('is set up without a question for a role', async () => {
    const {issuer, clientId} = scene.sandbox
    const settings = {issuer, clientId, pool: pool.id, endpoint: pool.url}
    const set = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`])
    const args = ['setup', '--yes', '--provider', 'other', '--strategy', 'identity-pool', ...set, '-p', 'mine']
    const setup = await scene.home.run(args)
    expect(setup, setup.stderr).to.include({exitCode: 0})
    isOneDocument(await scene.home.run(['creds', '--profile', 'mine']))
  })
})
