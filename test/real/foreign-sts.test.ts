import {expect} from 'chai'
import {type AwsTools, installed, useAwsTools, type Variables} from '../support/aws-tools.ts'
import type {Ending} from '../support/home.ts'
import {allow, type Ministack, makeRole, ministackRole, startMinistack, type Trust} from '../support/ministack.ts'

const session = (role: string) => `arn:aws:sts::000000000000:assumed-role/${role}/alice@example.com`

/** ministack with these roles, which trust tokens of the sandbox's OpenID provider. */
function useMinistack(tools: AwsTools, roles: (issuer: string) => Readonly<Record<string, Trust>>): () => Ministack {
  let ministack: Ministack | undefined
  const running = () => {
    if (!ministack) throw new Error('ministack is there from the first test on')
    return ministack
  }
  before(async () => {
    ministack = await startMinistack()
    const {issuer, clientId} = tools.sandbox
    await running().asRoot({
      service: 'iam',
      method: 'create_open_id_connect_provider',
      parameters: {Url: issuer, ClientIDList: [clientId]},
    })
    for (const [name, trust] of Object.entries(roles(issuer))) await makeRole(running(), name, trust)
  })
  after(() => ministack?.stop())
  return running
}

describe('An STS that is not that of the sandbox', () => {
  const tools = useAwsTools()
  const refusing = ['another-audience', 'another-issuer'] as const
  const ministack = useMinistack(tools, issuer => ({
    developer: {issuer, audience: 'aws-oidc'},
    admin: {role: 'developer'},
    'trusting-others': {role: 'admin'},
    'not-allowed': {role: 'developer'},
    'another-audience': {issuer, audience: 'another-client'},
    'another-issuer': {issuer: `${issuer}/of-somebody-else`, audience: 'aws-oidc'},
  }))

  before(() => allow(ministack(), 'developer', 'sts:AssumeRole', ['admin', 'trusting-others'].map(ministackRole)))

  beforeEach(() => {
    const sts = {endpoint: ministack().url}
    const federated = ['developer', ...refusing].map(name => [
      name,
      {provider: 'sandbox', role: ministackRole(name), sts},
    ])
    const switched = ['admin', 'trusting-others', 'not-allowed'].map(name => [
      name,
      {source: 'developer', role: ministackRole(name), sts},
    ])
    const behind = refusing.map(name => [`behind-${name}`, {source: name, role: ministackRole('admin'), sts}])
    return tools.home.configure({profiles: Object.fromEntries([...federated, ...switched, ...behind])})
  })

  /** Runs aws-oidc with no other STS named than the one of the profile. */
  const run = (...args: readonly string[]) => tools.home.run(args, {AWS_ENDPOINT_URL_STS: undefined})

  for (const profile of ['developer', 'admin'] as const) {
    it(`gives ${profile} for the token of a sign-in, and recognizes boto3 by the keys that creds prints`, async () => {
      const {exitCode, stdout, stderr} = await run('creds', '-p', profile)
      expect(exitCode, stderr).to.equal(0)
      const keys = JSON.parse(stdout)
      expect(keys).to.include({AccountId: '000000000000'})
      expect(answerIn(await whoIs(keys))).to.include({Arn: session(profile), Account: '000000000000'})
    })

    it(`tells whoami that it is ${profile}`, async () => {
      const {exitCode, stdout, stderr} = await run('whoami', '-p', profile, '--json')
      expect(exitCode, stderr).to.equal(0)
      expect(JSON.parse(stdout)).to.include({account: '000000000000', arn: session(profile)})
    })
  }

  it('is the one of AWS_ENDPOINT_URL_STS where the profile names none', async () => {
    await tools.home.configure({profiles: {developer: {provider: 'sandbox', role: ministackRole('developer')}}})
    const {exitCode, stdout, stderr} = await tools.home.run(['whoami', '-p', 'developer'], ministack().env)
    expect(exitCode, stderr).to.equal(0)
    expect(stdout).to.include(session('developer'))
  })

  it('does not recognize boto3 by keys with a wrong secret', async () => {
    const keys = JSON.parse((await run('creds', '-p', 'developer')).stdout)
    const ending = await whoIs({...keys, SecretAccessKey: 'x'.repeat(40)})
    expect(ending.exitCode).to.equal(1)
    expect(JSON.parse(ending.stdout).Code).to.equal('SignatureDoesNotMatch')
  })

  const refusals = [
    ...[...refusing, ...refusing.map(name => `behind-${name}`)].map(profile => [profile, 'the ID token'] as const),
    ...['trusting-others', 'not-allowed'].map(profile => [profile, '"source" of the profile'] as const),
  ]
  for (const [profile, compared] of refusals) {
    for (const command of ['creds', 'whoami']) {
      it(`refuses ${profile} to ${command}, which reports it: exit 5 and nothing on stdout`, async () => {
        const {exitCode, stdout, stderr} = await run(command, '-p', profile)
        expect({exitCode, stdout}, stderr).to.deep.equal({exitCode: 5, stdout: ''})
        expect(stderr).to.match(
          /^Error: AWS refused: AccessDenied: .*trust policy.*\nTry: Compare the trust policy.*\n$/m,
        )
        expect(stderr).to.include(compared)
      })
    }
  }

  /** The identity that it gives to boto3 with these keys. */
  function whoIs(keys: {
    readonly AccessKeyId: string
    readonly SecretAccessKey: string
    readonly SessionToken: string
  }) {
    return tools.boto3(
      {method: 'get_caller_identity'},
      {
        ...ministack().env,
        AWS_ACCESS_KEY_ID: keys.AccessKeyId,
        AWS_SECRET_ACCESS_KEY: keys.SecretAccessKey,
        AWS_SESSION_TOKEN: keys.SessionToken,
      },
    )
  }
})

describe('The STS of the sandbox and another one judge alike', () => {
  const tools = useAwsTools()
  const ministack = useMinistack(tools, issuer => ({
    developer: {issuer, audience: 'aws-oidc'},
    'foreign-audience': {issuer, audience: 'another-client'},
  }))

  const judges: Readonly<Record<string, () => {readonly env: Variables; readonly roleArn: (name: string) => string}>> =
    {
      ministack: () => ({env: ministack().env, roleArn: ministackRole}),
      'the sandbox': () => ({env: {}, roleArn: name => `arn:aws:iam::123456789012:role/${name}`}),
    }

  for (const [judge, at] of Object.entries(judges)) {
    for (const [what, order, role, taken] of [
      ['a good token', {}, 'developer', true],
      ['a good token for a role that trusts another audience', {}, 'foreign-audience', false],
      ['a token for another audience', {claims: {aud: 'another-client'}}, 'developer', false],
      ['that token for a role that trusts this audience', {claims: {aud: 'another-client'}}, 'foreign-audience', true],
      ['a token for an audience that no role trusts', {claims: {aud: 'somebody-else'}}, 'developer', false],
      ['a token of another issuer', {claims: {iss: 'https://example.com'}}, 'developer', false],
      ['a token without an audience', {claims: {aud: null}}, 'developer', false],
      ['a token without an issuer', {claims: {iss: null}}, 'developer', false],
    ] as const) {
      it(`${what}: ${judge} ${taken ? 'accepts' : 'refuses'} it`, async () => {
        const {env, roleArn} = at()
        const {token} = Object(await tools.sandbox.steer('POST', '/mint', order))
        const parameters = {RoleArn: roleArn(role), RoleSessionName: 'alice@example.com', WebIdentityToken: token}
        const ending = await tools.boto3({method: 'assume_role_with_web_identity', parameters}, env)
        expectJudgement(ending, taken)
      })
    }

    it(`no token: ${judge} refuses it`, async () => {
      const {env, roleArn} = at()
      const parameters = {RoleArn: roleArn('developer'), RoleSessionName: 'alice@example.com', WebIdentityToken: 'none'}
      expectJudgement(await tools.boto3({method: 'assume_role_with_web_identity', parameters}, env), false)
    })

    for (const [role, taken] of [
      ['developer', true],
      ['foreign-audience', false],
    ] as const) {
      it(`the token of aws-oidc for the role ${role}: ${judge} ${taken ? 'accepts' : 'refuses'} it`, async () => {
        const {env, roleArn} = at()
        await tools.home.configure({profiles: {developer: {provider: 'sandbox', role: roleArn(role)}}})
        const {exitCode, stdout, stderr} = await tools.home.run(['creds', '-p', 'developer'], env)
        expect(exitCode, stderr).to.equal(taken ? 0 : 5)
        if (taken) expect(JSON.parse(stdout)).to.include({Version: 1})
        else expect(stderr).to.include('Error: AWS refused: AccessDenied: Not authorized to perform')
      })
    }
  }
})

describe('The input piped to an AWS tool that makes aws-oidc sign in', () => {
  const tools = useAwsTools()
  const ministack = useMinistack(tools, issuer => ({developer: {issuer, audience: 'aws-oidc'}}))

  for (const [name, program] of [
    ['version 1', 'python/bin/aws'],
    ['version 2', 'aws-cli-2/aws'],
  ] as const) {
    it(`arrives whole: aws s3 cp - of ${name}`, async () => {
      const {url, env, asRoot} = ministack()
      const bucket = `piped-by-${name.replace(' ', '-')}`
      await asRoot({service: 's3', method: 'create_bucket', parameters: {Bucket: bucket}})
      await allow(ministack(), 'developer', 's3:*', ['*'])
      await tools.home.configure({profiles: {developer: {provider: 'sandbox', role: ministackRole('developer')}}})

      const copy = `"$0" s3 cp --endpoint-url ${url}`
      const script = `seq 20000 | ${copy} - s3://${bucket}/data >&2 && ${copy} s3://${bucket}/data - | cmp - "$HOME/expected"`
      await tools.start('/bin/sh', ['-c', 'seq 20000 >"$HOME/expected"']).ended
      const {ended} = tools.start('/bin/sh', ['-c', script, installed(program)], {...env, AWS_PROFILE: 'developer'})
      const {exitCode, stdout, stderr} = await ended
      expect(exitCode, `${stdout}${stderr}`).to.equal(0)
      expect(await tools.sandbox.signIns()).to.equal(1)
      expect(await tools.starts(), 'starts of aws-oidc').to.have.length(2)
    })
  }
})

function answerIn({exitCode, stdout, stderr}: Ending): object {
  expect(exitCode, stderr || stdout).to.equal(0)
  return JSON.parse(stdout)
}

function expectJudgement({exitCode, stdout, stderr}: Ending, taken: boolean): void {
  expect(exitCode, stderr || stdout).to.equal(taken ? 0 : 1)
  const {Credentials, Code} = JSON.parse(stdout)
  if (taken) expect(Credentials.AccessKeyId).to.match(/^ASIA/)
  else expect(Code).to.be.oneOf(['AccessDenied', 'InvalidIdentityToken'])
}
