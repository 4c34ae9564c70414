import {expect} from 'chai'
import {useScene} from '../support/scene.ts'

const role = 'arn:aws:iam::123456789012:role/developer'
const names = ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_OIDC_REGION'] as const
type Regions = {readonly [name in (typeof names)[number]]?: string}

describe('The region of a shell that evaluates the output of creds', () => {
  const scene = useScene()
  beforeEach(() => scene.home.configure({profiles: {bare: {provider: 'sandbox', role}}}))

  /** The shell's variables after it. */
  async function shellAfter(profile: string, before: Regions = {}): Promise<Regions> {
    const {stdout, stderr} = await scene.home.run(['creds', '--format', 'nushell', '--profile', profile], before)
    if (stdout === '') throw new Error(stderr)
    const record: Readonly<Record<string, string | null>> = JSON.parse(stdout)
    const merged = names.map(name => [name, name in record ? record[name] : before[name]] as const)
    return Object.fromEntries(merged.filter(([, value]) => value !== undefined && value !== null))
  }

  it('is that of the profile', async () => {
    expect(await shellAfter('developer')).to.include({AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1'})
  })

  it('is not set where none is configured', async () => {
    expect(await shellAfter('bare')).to.deep.equal({})
  })

  it('stays the one that the user has set, whatever the profile', async () => {
    const chosen = {AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1'}
    const first = await shellAfter('developer', {AWS_REGION: 'eu-west-1'})
    expect(first).to.deep.equal(chosen)
    expect(await shellAfter('bare', first)).to.deep.equal(chosen)
    expect(await shellAfter('developer', first)).to.deep.equal(chosen)
  })

  it('does not stay the one of another profile', async () => {
    const other = {AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1', AWS_OIDC_REGION: 'eu-west-1'}
    expect(await shellAfter('developer', other)).to.include({AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1'})
    expect(await shellAfter('bare', other)).to.deep.equal({})
  })

  it('is not set for a role without a profile', async () => {
    const args = ['creds', '--format', 'env', '--provider', 'sandbox', '--role', role]
    expect((await scene.home.run(args)).stdout).not.to.include('REGION')
  })
})
