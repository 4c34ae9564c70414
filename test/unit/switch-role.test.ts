import {expect} from 'chai'
import {credentialsFor} from '../../src/credentials/credentials.ts'
import {makeStage} from '../support/dependencies.ts'

describe('the request to AWS', () => {
  it('to switch a role has the external id, tags, source identity and policies of the profile', async () => {
    const stage = makeStage(`
providers: {corp: {strategy: fake}}
profiles:
  first: {provider: corp, role: '123456789012/developer'}
  second:
    source: first
    role: '123456789012/admin'
    externalId: the-external-id
    tags: {Team: blue, CostCenter: '42'}
    transitiveTags: [CostCenter]
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
      'TransitiveTagKeys.member.1': 'CostCenter',
    })
    expect(switched).not.to.have.property('TransitiveTagKeys.member.2')
  })
})

const chain = `
providers: {corp: {strategy: fake}}
profiles:
  first: {provider: corp, role: '123456789012/developer', duration: 4h}
  second: {source: first, role: '123456789012/admin', duration: 4h}
  third: {source: second, role: '210987654321/auditor', duration: 30m}
`

describe('a switch over several roles', () => {
  const request = (profile: string) => ({profile, force: false, lasting: false})

  it('assumes each with the credentials of the one before, for an hour at most', async () => {
    const stage = makeStage(chain)
    const issued = await credentialsFor(request('third'), stage.call())
    expect(issued.role).to.equal('arn:aws:iam::210987654321:role/auditor')
    expect(
      stage.sts.requests.map(request => [request.get('RoleArn')?.split('/')[1], request.get('DurationSeconds')]),
    ).to.deep.equal([
      ['developer', '14400'],
      ['admin', '3600'],
      ['auditor', '1800'],
    ])
    expect(stage.sts.signedWith).to.deep.equal([undefined, 'ASIA0000000000000001', 'ASIA0000000000000002'])
  })

  it('caches each under a key of its own: those still valid are not requested again', async () => {
    const stage = makeStage(chain)
    const third = await credentialsFor(request('third'), stage.call())
    const second = await credentialsFor(request('second'), stage.call())
    expect(second.credentials.accessKeyId).to.equal('ASIA0000000000000002')
    expect(stage.sts.requests).to.have.length(3)
    stage.clock.advance(31 * 60_000)
    const again = await credentialsFor(request('third'), stage.call())
    expect(again.credentials.accessKeyId).not.to.equal(third.credentials.accessKeyId)
    expect(stage.sts.requests).to.have.length(4)
    expect(stage.provider.asked).to.equal(1)
  })
})

describe('credentials of a switched role', () => {
  const usual = {source: 'first', role: '123456789012/admin', tags: {Team: 'blue'}}
  const second = {provider: 'corp', role: '123456789012/readonly'}
  for (const [name, value] of Object.entries({
    externalId: 'other',
    tags: {Team: 'red'},
    transitiveTags: ['Team'],
    sourceIdentity: 'bob',
    policy: '{}',
    policyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
    sessionName: 'other',
    duration: '30m',
    source: 'second',
  })) {
    it(`are not those of a profile that differs in ${name}`, async () => {
      const first = {provider: 'corp', role: '123456789012/developer'}
      const profiles = {first, second, one: usual, other: {...usual, [name]: value}}
      const stage = makeStage(JSON.stringify({providers: {corp: {strategy: 'fake'}}, profiles}))
      const keyOf = async (profile: string) => {
        const {credentials} = await credentialsFor({profile, force: false, lasting: false}, stage.call())
        return credentials.accessKeyId
      }
      expect(await keyOf('one')).not.to.equal(await keyOf('other'))
    })
  }
})
