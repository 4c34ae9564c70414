import {join} from 'node:path'
import {expect} from 'chai'
import {type AwsTools, awsOidcCommand, useAwsTools} from '../support/aws-tools.ts'
import type {Ending} from '../support/home.ts'
import {sandboxBin, startSandbox} from '../support/sandbox.ts'

type Profile = 'developer' | 'admin'

const arns: Readonly<Record<Profile, string>> = {
  developer: 'arn:aws:sts::123456789012:assumed-role/developer/alice@example.com',
  admin: 'arn:aws:sts::123456789012:assumed-role/admin/alice@example.com',
}

const whoAmI = ['sts', 'get-caller-identity']

/** How each client asks who it is. */
const clients: Readonly<Record<string, (tools: AwsTools, profile: Profile) => Promise<Ending>>> = {
  'the AWS CLI': (tools, profile) => tools.aws([...whoAmI, '--profile', profile]),
  boto3: (tools, profile) => tools.boto3({method: 'get_caller_identity', profile}),
}

describe('The AWS tools with aws-oidc as credential_process', () => {
  const tools = useAwsTools()

  async function browsersOpened(): Promise<number> {
    return (await tools.sandbox.journal()).filter(({kind}) => kind === 'authorization').length
  }

  for (const [client, ask] of Object.entries(clients)) {
    for (const profile of ['developer', 'admin'] as const) {
      it(`${client} is the role of the profile ${profile}`, async () => {
        expectIdentity(await ask(tools, profile), profile)
        expect(await tools.sandbox.signIns()).to.equal(1)
      })
    }

    it(`${client} opens nothing on the second call`, async () => {
      expectIdentity(await ask(tools, 'admin'), 'admin')
      await tools.sandbox.reset()
      expectIdentity(await ask(tools, 'admin'), 'admin')
      const seen = (await tools.sandbox.journal()).map(({kind, action}) => [kind, action])
      expect(seen).to.deep.equal([['sts', 'GetCallerIdentity']])
    })
  }

  it('the AWS CLI works with the folder that the sandbox writes', async () => {
    const folder = join(tools.home.folder, 'written')
    const sandbox = await startSandbox(['--write-config', folder, '--aws-oidc', awsOidcCommand])
    try {
      const ending = await tools.aws([...whoAmI, '--profile', 'admin'], {
        AWS_CONFIG_FILE: join(folder, 'aws-config'),
        AWS_OIDC_CONFIG_FILE: join(folder, 'config.yaml'),
        AWS_ENDPOINT_URL_STS: sandbox.sts,
        BROWSER: sandboxBin,
      })
      expectIdentity(ending, 'admin')
    } finally {
      await sandbox.stop()
    }
  })

  it('make one sign-in when twenty of them start at once', async () => {
    const runs = Array.from({length: 5}, () =>
      Object.values(clients).flatMap(ask => [
        ask(tools, 'developer').then(ending => expectIdentity(ending, 'developer')),
        ask(tools, 'admin').then(ending => expectIdentity(ending, 'admin')),
      ]),
    ).flat()
    expect(runs).to.have.length(20)
    await Promise.all(runs)
    expect(await browsersOpened()).to.equal(1)
    expect(await tools.sandbox.signIns()).to.equal(1)
  })

  it('the AWS CLI shows why a sign-in failed and what to type, and opens no second browser', async () => {
    const deny = () => tools.aws([...whoAmI, '--profile', 'developer'], {SANDBOX_USER: 'deny'})
    const first = await deny()
    expect(first).to.include({exitCode: 255, stdout: ''})
    expect(first.stderr).to.match(/from custom-process: .*refused the sign-in: access_denied.*\n.*Try: aws-oidc login/s)
    const second = await deny()
    expect(second).to.include({exitCode: 255, stdout: ''})
    expect(second.stderr).to.contain('Try: aws-oidc login')
    expect(await browsersOpened()).to.equal(1)
  })

  it('boto3 shows why a sign-in failed and what to type, and opens no second browser', async () => {
    const deny = () =>
      tools.boto3({method: 'get_caller_identity', profile: 'developer'}, {SANDBOX_USER: 'deny'}).then(errorIn)
    const first = await deny()
    expect(first.Code).to.equal('CredentialRetrievalError')
    expect(first.Message).to.match(/refused the sign-in: access_denied.*\n.*Try: aws-oidc login/s)
    const second = await deny()
    expect(second.Message).to.contain('Try: aws-oidc login')
    expect(await browsersOpened()).to.equal(1)
  })
})

describe('The sandbox judges what boto3 sends', () => {
  const tools = useAwsTools()

  /** The keys of the profile in the variables of the AWS tools. */
  async function keysOf(profile: Profile) {
    const {stdout} = await tools.home.run(['creds', '--profile', profile])
    return variablesFor(JSON.parse(stdout))
  }

  it('and knows the caller by a right signature', async () => {
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

    it('and takes a good token', async () => {
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
