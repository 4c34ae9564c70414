import {expect} from 'chai'
import {readConfiguration} from '../../src/config/read.ts'
import {firstApplicable, plansFor} from '../../src/credentials/plan.ts'
import {AwsOidcError} from '../../src/errors.ts'
import {registryOf} from '../../src/registry/registry.ts'

const text = `
providers:
  job: {strategy: oidc, issuer: https://job.example.com, clientId: job}
  person: {strategy: oidc, issuer: https://sso.example.com, clientId: person}
profiles:
  developer: {provider: [job, person], role: 'arn:aws:iam::123456789012:role/developer'}
`

const manifest = {'aws-oidc': {strategies: ['oidc']}}
const registry = registryOf({name: 'aws-oidc', root: '/', manifest}, [], {
  refusal: () => undefined,
  guard: (_, work) => work(),
  load: async () => undefined,
  nearest: () => undefined,
})
const plans = plansFor(
  {profile: 'developer'},
  {configuration: readConfiguration('config.yaml', text), registry, env: {}},
)

/** Which providers were tried, and what came of it. */
async function tried(failures: Readonly<Record<string, AwsOidcError>>) {
  const names: string[] = []
  const outcome = await firstApplicable(plans, async ({provider: {name}}) => {
    names.push(name)
    if (failures[name]) throw failures[name]
    return name
  }).catch((error: unknown) => (error instanceof AwsOidcError ? `${error.code}: ${error.hint}` : String(error)))
  return {names, outcome}
}

describe('a profile with several providers', () => {
  const inapplicable = new AwsOidcError('NOT_APPLICABLE', 'This is no job.')

  it('uses the first that applies', async () => {
    expect(await tried({})).to.deep.equal({names: ['job'], outcome: 'job'})
    expect(await tried({job: inapplicable})).to.deep.equal({names: ['job', 'person'], outcome: 'person'})
  })

  it('ends with any other failure, whose hint names the profile', async () => {
    const job = new AwsOidcError('SIGN_IN_REFUSED', 'No.', {hint: 'aws-oidc login'})
    const outcome = 'SIGN_IN_REFUSED: aws-oidc login --profile developer'
    expect(await tried({job})).to.deep.equal({names: ['job'], outcome})
  })

  it('ends with the failure of the last where none applies', async () => {
    const user = new AwsOidcError('NOT_APPLICABLE', 'Nobody.', {hint: 'log in'})
    expect(await tried({job: inapplicable, person: user})).to.deep.equal({
      names: ['job', 'person'],
      outcome: 'NOT_APPLICABLE: log in',
    })
  })
})
