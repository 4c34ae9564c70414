import {expect} from 'chai'
import {credentialsFor} from '../../src/credentials/credentials.ts'
import type {Dependencies} from '../../src/credentials/dependencies.ts'
import {developer, makeStage, type Stage} from '../support/dependencies.ts'
import {assertionXml, encoded, hasGoodSignature, later, type Said, samlProvider, signed} from '../support/saml.ts'

const request = {profile: 'developer', force: false, lasting: false}
const other = 'arn:aws:iam::123456789012:saml-provider/other'

/** A call whose provider proves the user's identity with this document. */
function callWith(stage: Stage, document: string): Dependencies {
  const deps = stage.call()
  const strategy = async (id: string) => {
    const usual = await deps.registry.strategy(id)
    return {
      ...usual,
      async signIn(...args: Parameters<typeof usual.signIn>) {
        return {...(await usual.signIn(...args)), proofFor: async () => ({kind: 'saml' as const, document})}
      },
    }
  }
  return {...deps, registry: {...deps.registry, strategy}}
}

function documentOf(said: Partial<Said> = {}): string {
  return encoded(signed(assertionXml(said)))
}

function configured(profile: string): string {
  return `
providers: {corp: {strategy: fake}}
profiles:
  developer: {provider: corp, ${profile}}
`
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'it worked',
    (error: unknown) => error,
  )
}

describe('the request to AWS with SAML', () => {
  it('has the role, its provider, and the assertion in a response, and no session name', async () => {
    const stage = makeStage()
    const issued = await credentialsFor(request, callWith(stage, documentOf()))
    expect(issued.role).to.equal(developer)
    const [sent] = stage.sts.requests.map(each => Object.fromEntries(each))
    expect(sent).to.include({
      Action: 'AssumeRoleWithSAML',
      RoleArn: developer,
      PrincipalArn: samlProvider,
      DurationSeconds: '3600',
    })
    expect(sent).not.to.have.any.keys('RoleSessionName', 'Policy')
    expect(hasGoodSignature(Buffer.from(sent?.SAMLAssertion ?? '', 'base64').toString('utf8'))).to.equal(true)
  })

  it('has the policies of the profile', async () => {
    const policies = `policy: '{}', policyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess']`
    const stage = makeStage(configured(`role: ${developer}, ${policies}`))
    await credentialsFor(request, callWith(stage, documentOf()))
    expect(Object.fromEntries(stage.sts.requests[0] ?? [])).to.include({
      Policy: '{}',
      'PolicyArns.member.1.arn': 'arn:aws:iam::aws:policy/ReadOnlyAccess',
    })
  })

  it('asks for a shorter session when the role does not allow the requested one', async () => {
    const stage = makeStage(configured(`role: ${developer}, duration: 12h`))
    stage.sts.longestSeconds = 3600
    await credentialsFor(request, callWith(stage, documentOf()))
    expect(stage.sts.requests.map(each => each.get('DurationSeconds'))).to.deep.equal([
      '43200',
      '28800',
      '14400',
      '7200',
      '3600',
    ])
  })

  it('masks the assertion wherever it may be printed', async () => {
    const stage = makeStage()
    const deps = callWith(stage, documentOf())
    await credentialsFor(request, deps)
    const sent = stage.sts.requests[0]?.get('SAMLAssertion') ?? ''
    expect(deps.secrets.mask(`it was ${sent}`)).to.equal('it was ***')
  })

  it('warns that a configured session name has no effect', async () => {
    const stage = makeStage(configured(`role: ${developer}, sessionName: '{nothing}'`))
    await credentialsFor(request, callWith(stage, documentOf()))
    expect(stage.said).to.deep.equal([
      '"sessionName" has no effect at "corp": with SAML the provider names the session.',
    ])
  })
})

describe('a role that the assertion does not offer', () => {
  it('is not requested from AWS, nor is another one instead', async () => {
    const stage = makeStage(configured(`role: '123456789012/admin'`))
    const failure = await failureOf(credentialsFor(request, callWith(stage, documentOf())))
    expect(failure).to.include({code: 'ROLE_NOT_OFFERED'})
    expect(String(failure)).to.include(developer)
    expect(stage.sts.requests).to.deep.equal([])
  })

  it('offered through two providers is requested through the named one, and cached apart', async () => {
    const roles = [`${developer},${samlProvider}`, `${developer},${other}`]
    const stage = makeStage(`
providers: {corp: {strategy: fake}}
profiles:
  developer: {provider: corp, role: '${developer},${samlProvider}'}
  elsewhere: {provider: corp, role: '${developer},${other}'}
`)
    const one = await credentialsFor(request, callWith(stage, documentOf({roles})))
    const two = await credentialsFor({...request, profile: 'elsewhere'}, callWith(stage, documentOf({roles})))
    expect(stage.sts.requests.map(each => each.get('PrincipalArn'))).to.deep.equal([samlProvider, other])
    expect(one.credentials.accessKeyId).not.to.equal(two.credentials.accessKeyId)
  })
})

describe('the session at the provider', () => {
  const ending = (seconds: number) => documentOf({session: `SessionNotOnOrAfter="${later(seconds)}"`})

  it('limits the duration that AWS is asked for', async () => {
    const stage = makeStage(configured(`role: ${developer}, duration: 12h`))
    await credentialsFor(request, callWith(stage, ending(36_000)))
    expect(stage.sts.requests.map(each => each.get('DurationSeconds'))).to.deep.equal(['36000'])
    expect(stage.said).to.deep.equal([])
  })

  it('does not change what the next call knows of the maximum of the role', async () => {
    const stage = makeStage(configured(`role: ${developer}, duration: 12h`))
    stage.sts.longestSeconds = 14_400
    await credentialsFor(request, callWith(stage, ending(36_000)))
    await credentialsFor({...request, force: true}, callWith(stage, ending(35_000)))
    expect(stage.sts.requests.map(each => each.get('DurationSeconds'))).to.deep.equal([
      '36000',
      '28800',
      '14400',
      '14400',
    ])
  })

  it('that leaves less than the minimum of AWS is reported', async () => {
    const stage = makeStage()
    await credentialsFor(request, callWith(stage, ending(600)))
    expect(stage.sts.requests.map(each => each.get('DurationSeconds'))).to.deep.equal(['900'])
    expect(stage.said.join())
      .to.include('The session at "corp" ends in 10 min')
      .and.include('aws-oidc logout --everywhere')
  })

  it('that has expired needs a sign-in', async () => {
    const stage = makeStage()
    const failure = await failureOf(credentialsFor(request, callWith(stage, ending(0))))
    expect(failure).to.include({code: 'SIGN_IN_REQUIRED', hint: 'aws-oidc login --profile developer --force'})
    expect(stage.sts.requests).to.deep.equal([])
  })
})

describe('the time of an assertion', () => {
  it('is judged by the clock of AWS, not by ours', async () => {
    const stage = makeStage()
    stage.clock.advance(3_600_000)
    stage.sts.aheadMilliseconds = -3_600_000
    await credentialsFor(request, callWith(stage, documentOf()))
    expect(stage.sts.requests).to.have.lengthOf(1)
  })

  it('that is over is reported before AWS is asked', async () => {
    const stage = makeStage()
    stage.sts.aheadMilliseconds = 600_000
    const failure = await failureOf(credentialsFor(request, callWith(stage, documentOf())))
    expect(failure).to.include({code: 'BAD_RESPONSE'})
    expect(stage.sts.requests).to.deep.equal([])
  })
})

describe('a refusal of AWS with SAML', () => {
  it('is explained in the words of SAML, with what is doubtful about the assertion', async () => {
    const stage = makeStage()
    const deps = {...callWith(stage, documentOf({audience: ''})), env: {AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1/'}}
    stage.sts.refusal = ['InvalidIdentityToken', 'Response does not contain the required audience.']
    const failure = await failureOf(credentialsFor(request, deps))
    expect(String(failure))
      .to.include('SAML provider in IAM')
      .and.include('has no audience; AWS expects urn:amazon:webservices')
  })
})
