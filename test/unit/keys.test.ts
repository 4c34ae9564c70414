import {expect} from 'chai'
import {type CredentialKeyFields, credentialKey, memoryKey, providerId} from '../../src/cache/keys.ts'

const provider = {
  package: 'aws-oidc',
  strategy: 'oidc',
  settings: {issuer: 'https://sso.example.com', clientId: 'aws', redirect: {host: '127.0.0.1', ports: [8400, 8401]}},
}

describe('the id of a provider', () => {
  it('differs for another package, strategy or setting, however deep', () => {
    const {settings} = provider
    const ids = [
      provider,
      {...provider, package: 'somebody-elses'},
      {...provider, strategy: 'saml2'},
      {...provider, settings: {...settings, clientId: 'another'}},
      {...provider, settings: {...settings, duration: '2h'}},
      {...provider, settings: {...settings, clientSecret: {env: 'SECRET'}}},
      {...provider, settings: {...settings, clientSecret: {env: 'OTHER'}}},
      {...provider, settings: {...settings, redirect: {host: 'localhost', ports: [8400, 8401]}}},
      {...provider, settings: {...settings, redirect: {host: '127.0.0.1', ports: [8401, 8400]}}},
    ].map(providerId)
    expect(new Set(ids).size).to.equal(ids.length)
  })

  it('does not depend on the order of the settings', () => {
    const settings = {
      redirect: {ports: [8400, 8401], host: '127.0.0.1'},
      clientId: 'aws',
      issuer: 'https://sso.example.com',
    }
    expect(providerId({...provider, settings})).to.equal(providerId(provider))
  })
})

describe('the key of credentials', () => {
  const parts: CredentialKeyFields = {
    role: 'arn:aws:iam::123456789012:role/developer',
    durationSeconds: 3600,
    sessionName: '{email}',
    endpoint: 'https://sts.us-east-1.amazonaws.com/',
  }
  const changes: readonly Partial<CredentialKeyFields>[] = [
    {},
    {role: undefined},
    {role: 'arn:aws:iam::123456789012:role/admin'},
    {durationSeconds: 7200},
    {sessionName: undefined},
    {sessionName: '{sub}'},
    {policy: '{}'},
    {policyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess']},
    {tags: {team: 'blue'}},
    {tags: {team: 'red'}},
    {externalId: 'external'},
    {sourceIdentity: 'alice'},
    {endpoint: 'https://sts.eu-west-1.amazonaws.com/'},
    {sourceKey: 'the key of another role'},
  ]

  it('depends on the provider and on each part', () => {
    const keys = [
      ...changes.map(change => credentialKey('provider', {...parts, ...change})),
      credentialKey('other', parts),
    ]
    expect(new Set(keys).size).to.equal(keys.length)
  })

  it("begins with its provider's id and reveals nothing else", () => {
    expect(credentialKey('provider', parts)).to.match(/^provider\/[0-9a-f]{64}$/)
    expect(memoryKey('provider', 'tokens')).to.match(/^provider\/[0-9a-f]{64}$/)
  })
})
