import {expect} from 'chai'
import {useAwsTools} from '../support/aws-tools.ts'
import type {Ending} from '../support/home.ts'

type Profile = 'developer' | 'admin'

const arns: Readonly<Record<Profile, string>> = {
  developer: 'arn:aws:sts::123456789012:assumed-role/developer/alice@example.com',
  admin: 'arn:aws:sts::123456789012:assumed-role/admin/alice@example.com',
}

describe('The sandbox judges the requests of boto3', () => {
  const tools = useAwsTools()

  /** The keys of the profile in the variables of the AWS tools. */
  async function keysOf(profile: Profile) {
    const {stdout} = await tools.home.run(['creds', '--profile', profile])
    return variablesFor(JSON.parse(stdout))
  }

  it('and recognizes the caller by a valid signature', async () => {
    expectIdentity(await tools.boto3({method: 'get_caller_identity'}, await keysOf('developer')), 'developer')
  })

  it('and refuses a signature by a wrong secret', async () => {
    const keys = {...(await keysOf('developer')), AWS_SECRET_ACCESS_KEY: 'x'.repeat(40)}
    const {Code} = errorIn(await tools.boto3({method: 'get_caller_identity'}, keys))
    expect(Code).to.equal('SignatureDoesNotMatch')
  })

  it('and gives the next role to a caller that it trusts, whose keys work', async () => {
    const parameters = {RoleArn: roleArn('admin'), RoleSessionName: 'alice@example.com'}
    const ending = await tools.boto3({method: 'assume_role', parameters}, await keysOf('developer'))
    expect(ending.exitCode, ending.stderr).to.equal(0)
    const keys = variablesFor(JSON.parse(ending.stdout).Credentials)
    expectIdentity(await tools.boto3({method: 'get_caller_identity'}, keys), 'admin')
  })

  it('and does not give it to one that it does not trust', async () => {
    const parameters = {RoleArn: roleArn('locked'), RoleSessionName: 'alice@example.com'}
    const {Code} = errorIn(await tools.boto3({method: 'assume_role', parameters}, await keysOf('developer')))
    expect(Code).to.equal('AccessDenied')
  })

  it('and limits chained sessions to an hour', async () => {
    const parameters = {RoleArn: roleArn('admin'), RoleSessionName: 'alice@example.com', DurationSeconds: 3601}
    const {Code, Message} = errorIn(await tools.boto3({method: 'assume_role', parameters}, await keysOf('developer')))
    expect(Code).to.equal('ValidationError')
    expect(Message).to.match(/exceeds the 1 hour session limit for roles assumed by role chaining/)
  })

  describe('by web identity', () => {
    const past = Math.floor(Date.now() / 1000) - 3600

    async function assume(order: object): Promise<Ending> {
      const {token} = Object(await tools.sandbox.steer('POST', '/mint', order))
      const parameters = {RoleArn: roleArn('developer'), RoleSessionName: 'alice@example.com', WebIdentityToken: token}
      return tools.boto3({method: 'assume_role_with_web_identity', parameters})
    }

    it('and accepts a valid token', async () => {
      const ending = await assume({})
      expect(ending.exitCode, ending.stdout).to.equal(0)
      expect(JSON.parse(ending.stdout).AssumedRoleUser.Arn).to.equal(arns.developer)
    })

    for (const [what, order, code] of [
      ['an expired token', {claims: {iat: past, exp: past + 300}}, 'ExpiredTokenException'],
      ['a token signed with a foreign key', {key: 'foreign'}, 'InvalidIdentityToken'],
      ['a token signed with HS256', {alg: 'HS256'}, 'InvalidIdentityToken'],
      ['a token that is not signed', {alg: 'none'}, 'InvalidIdentityToken'],
      ['a token for another audience', {claims: {aud: 'somebody-else'}}, 'InvalidIdentityToken'],
      ['a token of another issuer', {claims: {iss: 'https://example.com'}}, 'InvalidIdentityToken'],
    ] as const) {
      it(`and refuses ${what}`, async () => {
        expect(errorIn(await assume(order)).Code).to.equal(code)
      })
    }
  })

  describe('by SAML', () => {
    async function assume(order: object, changes: object = {}): Promise<Ending> {
      const {document} = Object(await tools.sandbox.steer('POST', '/saml/mint', {user: 'alice', ...order}))
      const PrincipalArn = 'arn:aws:iam::123456789012:saml-provider/sandbox'
      const parameters = {RoleArn: roleArn('developer'), PrincipalArn, SAMLAssertion: document, ...changes}
      return tools.boto3({method: 'assume_role_with_saml', parameters})
    }

    it('and gives keys that work for a valid response', async () => {
      const ending = await assume({})
      expect(ending.exitCode, ending.stdout).to.equal(0)
      const {Credentials, Issuer, ...answer} = JSON.parse(ending.stdout)
      const arn = 'arn:aws:sts::123456789012:assumed-role/developer/alice'
      expect(answer.AssumedRoleUser.Arn).to.equal(arn)
      expect(answer).to.include({Subject: 'alice', Audience: 'https://signin.aws.amazon.com/saml'})
      expect(answer.NameQualifier).to.match(/^[\w+/]{27}=$/)
      expect(Issuer).to.equal(tools.sandbox.issuer.replace(/oidc$/, 'saml'))
      const {stdout} = await tools.boto3({method: 'get_caller_identity'}, variablesFor(Credentials))
      expect(JSON.parse(stdout).Arn).to.equal(arn)
    })

    for (const [what, order, code] of [
      ['a response issued too long ago', {change: {issueInstantSecondsAgo: 302}}, 'ExpiredTokenException'],
      ['a response signed with a foreign key', {change: {signature: 'foreign-key'}}, 'InvalidIdentityToken'],
      ['a response that is not signed', {change: {signature: 'none'}}, 'InvalidIdentityToken'],
      ['a response for another audience', {change: {audience: 'urn:example'}}, 'InvalidIdentityToken'],
      ['a bare assertion', {form: 'assertion'}, 'InvalidIdentityToken'],
      ['a response without the role', {user: 'carol'}, 'AccessDenied'],
    ] as const) {
      it(`and refuses ${what}`, async () => {
        expect(errorIn(await assume(order)).Code).to.equal(code)
      })
    }

    it('and refuses a session longer than the role allows', async () => {
      expect(errorIn(await assume({}, {DurationSeconds: 14_401})).Code).to.equal('ValidationError')
    })
  })
})

function expectIdentity({exitCode, stdout, stderr}: Ending, profile: Profile): void {
  expect(exitCode, stderr || stdout).to.equal(0)
  expect(JSON.parse(stdout)).to.include({Account: '123456789012', Arn: arns[profile]})
}

function errorIn({exitCode, stdout, stderr}: Ending): {readonly Code: string; readonly Message: string} {
  expect(exitCode, stderr || stdout).to.equal(1)
  return JSON.parse(stdout)
}

function variablesFor(keys: {readonly AccessKeyId: string; SecretAccessKey: string; SessionToken: string}) {
  return {
    AWS_ACCESS_KEY_ID: keys.AccessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.SecretAccessKey,
    AWS_SESSION_TOKEN: keys.SessionToken,
  }
}

function roleArn(name: string): string {
  return `arn:aws:iam::123456789012:role/${name}`
}
