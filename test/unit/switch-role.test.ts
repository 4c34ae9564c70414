import {expect} from 'chai'
import {credentialsFor} from '../../src/tasks/credentials.ts'
import {makeStage} from '../support/parts.ts'

describe('what AWS is told', () => {
  it('when a role is switched: external id, tags, source identity and policies of the profile', async () => {
    const stage = makeStage(`
providers: {corp: {strategy: fake}}
profiles:
  first: {provider: corp, role: '123456789012/developer'}
  second:
    source: first
    role: '123456789012/admin'
    externalId: the-external-id
    tags: {Team: blue, CostCenter: '42'}
    sourceIdentity: alice
    policy: '{"Version":"2012-10-17"}'
    policyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess']
`)
    await credentialsFor({profile: 'second', force: false, lasting: false}, stage.call())
    const [federated, switched] = stage.sts.requests.map(request => Object.fromEntries(request))
    expect(federated).not.to.have.any.keys('ExternalId', 'SourceIdentity', 'Policy')
    expect(switched).to.include({
      Action: 'AssumeRole',
      ExternalId: 'the-external-id',
      SourceIdentity: 'alice',
      Policy: '{"Version":"2012-10-17"}',
      'PolicyArns.member.1.arn': 'arn:aws:iam::aws:policy/ReadOnlyAccess',
      'Tags.member.1.Key': 'Team',
      'Tags.member.1.Value': 'blue',
      'Tags.member.2.Key': 'CostCenter',
      'Tags.member.2.Value': '42',
    })
  })
})
