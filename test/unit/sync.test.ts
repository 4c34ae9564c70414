import {expect} from 'chai'
import {AwsOidcError} from '../../src/errors.ts'
import type {Ask, FederationStrategy, Role} from '../../src/plugin.ts'
import {type SyncRequest, sync} from '../../src/sync/sync.ts'
import {randomFile} from '../support/aws-config-dice.ts'
import {javascriptReader} from '../support/aws-config-rounds.ts'
import {type AwsFolder, makeAwsFolder, ownLine} from '../support/aws-files.ts'
import {makeStage} from '../support/dependencies.ts'
import {diceFrom} from '../support/dice.ts'
import {seedsOf, usually} from '../support/rounds.ts'

const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`

const usual = `
providers:
  corp: {strategy: fake}
profiles:
  admin: {source: developer, role: 123456789012/admin}
  developer: {provider: corp, role: '${role('developer')}', region: eu-central-1}
`
const bothWritten = `[profile developer]
region = eu-central-1
${ownLine('creds --profile developer')}

[profile admin]
region = eu-central-1
role_arn = ${role('admin')}
source_profile = developer
aws_oidc_profile = admin
`

interface Call extends Partial<SyncRequest> {
  readonly configuration?: string
  readonly roles?: readonly string[]
  /** Instead of those, with everything that a strategy may say of them. */
  readonly offered?: readonly Role[]
  /** The user's answer to each question. */
  readonly answers?: boolean[]
}

/** A call on these files, and what the user was told. */
async function call(aws: AwsFolder, {configuration = usual, roles, offered, answers, ...request}: Call = {}) {
  const stage = makeStage(configuration)
  stage.provider.roles = roles
  const ask: Ask = {
    select: async (_question, choices) => {
      const said = answers?.shift()
      const choice = choices.find(({value}) => said !== undefined && String(value) === String(said))
      if (!choice) throw new Error('nobody answers')
      return choice.value
    },
    text: () => Promise.reject(new Error('not asked')),
    secret: () => Promise.reject(new Error('not asked')),
  }
  const usual = stage.call({mayRead: answers !== undefined})
  const strategy = offered ? async () => strategyOffering(offered) : usual.registry.strategy
  const registry = {...usual.registry, strategy}
  const deps = {...usual, registry, ask, awsConfiguration: async () => aws}
  const all: SyncRequest = {profiles: [], chain: 'aws', prune: false, fromRoles: undefined, write: 'yes', ...request}
  const result = await sync(all, deps)
  return {...result, told: stage.told.join('\n'), said: stage.said, calls: stage.provider.calls}
}

function strategyOffering(roles: readonly Role[]): FederationStrategy<Record<string, unknown>> {
  const proofFor = () => Promise.reject(new Error('no proof is needed'))
  return {settings: {}, signIn: async () => ({subject: 'alice', roles: async () => roles, proofFor})}
}

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    ({code, message, hint}) => ({code, message, hint}),
  )

const leftOf = ({left}: Awaited<ReturnType<typeof call>>) =>
  left.map(({profile, kind, why}) => `${profile} ${kind}: ${why}`)

describe('profiles sync', () => {
  it('writes each profile: as a call of aws-oidc or a role that AWS tools switch to, the source first', async () => {
    const aws = makeAwsFolder()
    const {written, backups, upToDate} = await call(aws)
    expect(aws.config).to.equal(bothWritten)
    expect({written, backups, upToDate}).to.deep.equal({written: true, backups: [], upToDate: true})
    expect(aws.credentials).to.equal(undefined)
  })

  it('changes nothing the second time, and says that all is up to date', async () => {
    const aws = makeAwsFolder(bothWritten)
    const {changes, written, upToDate} = await call(aws)
    expect({changes, written, upToDate}).to.deep.equal({changes: [], written: false, upToDate: true})
    expect([aws.config, aws.backups.size]).to.deep.equal([bothWritten, 0])
  })

  it('without writing says what it would do, and that it is not done', async () => {
    const aws = makeAwsFolder('# mine\n')
    const {changes, written, upToDate} = await call(aws, {write: 'no'})
    expect(changes.map(({profile, action}) => `${action} ${profile}`)).to.deep.equal(['add developer', 'add admin'])
    expect({written, upToDate}).to.deep.equal({written: false, upToDate: false})
    expect(aws.config).to.equal('# mine\n')
  })

  it('updates our settings of a profile, keeps those of the user, and makes a backup', async () => {
    const before = `[profile developer] # of the team\nregion = us-east-1 ; near\n${ownLine('creds --profile developer')}\ncli_pager =\n`
    const aws = makeAwsFolder(before.replace('/opt/node', '/old/node'))
    const {backups} = await call(aws, {profiles: ['developer']})
    expect(aws.config).to.equal(
      `[profile developer] # of the team\n; near\nregion = eu-central-1\n${ownLine('creds --profile developer')}\ncli_pager =\n`,
    )
    expect(backups).to.deep.equal(['/aws/config.2026-11-23.aws-oidc-backup'])
    expect([...aws.backups.values()]).to.deep.equal([before.replace('/opt/node', '/old/node')])
  })

  it('makes aws-oidc switch roles with settings that AWS tools lack, and all roles without --chain aws', async () => {
    const chained = (settings: string) =>
      usual.replace('role: 123456789012/admin', `role: 123456789012/admin, ${settings}`)
    for (const settings of ['tags: {a: b}', "sessionName: '{email}'", 'policyArns: [x]', 'sts: {region: eu-west-1}']) {
      const aws = makeAwsFolder()
      await call(aws, {configuration: chained(settings)})
      expect(aws.config, settings).to.include(ownLine('creds --profile admin')).and.not.include('role_arn')
    }
    const aws = makeAwsFolder()
    await call(aws, {configuration: chained('externalId: x, duration: 2h, sessionName: me')})
    expect(aws.config).to.include('external_id = x\nduration_seconds = 3600\nrole_session_name = me\n')
    const ofProvider = (text: string) => usual.replace('{strategy: fake}', `{strategy: fake, sessionName: '${text}'}`)
    await call(aws, {configuration: ofProvider('ci')})
    expect(aws.config, 'as we would call it').to.include('role_session_name = ci\n')
    await call(aws, {configuration: ofProvider('{email}')})
    expect(aws.config, 'it depends on the user').to.not.include('role_arn')
    const ofEither = ofProvider('ci')
      .replace('providers:', "providers:\n  other: {strategy: fake, sessionName: 'team'}")
      .replace('{provider: corp,', '{provider: [corp, other],')
    await call(aws, {configuration: ofEither})
    expect(aws.config, 'it depends on the provider').to.not.include('role_arn')
    await call(aws, {configuration: chained('region: eu-west-1'), chain: 'process'})
    expect(aws.config).to.match(/\[profile admin\]\nregion = eu-west-1\ncredential_process = [^\n]*--profile admin\n$/)
  })

  it('leaves alone a profile that is not ours, unless it is named', async () => {
    const theirs = '[profile developer]\nregion = x\ncredential_process = saml2aws login\nmfa_serial = y\n'
    const aws = makeAwsFolder(theirs)
    const unnamed = await call(aws)
    expect(leftOf(unnamed)).to.deep.equal([
      'developer foreign: /aws/config:1: the profile "developer" already exists and is not ours.',
    ])
    expect(unnamed.left[0]?.hint).to.equal('aws-oidc profiles sync developer')
    expect(aws.config, 'the role is switched by us, as its source is not ours').to.equal(
      `${theirs}\n[profile admin]\nregion = eu-central-1\n${ownLine('creds --profile admin')}\n`,
    )
    await call(aws, {profiles: ['developer']})
    expect(aws.config).to.match(
      RegExp(`^\\[profile developer\\]\nregion = eu-central-1\n${ownLine('creds --profile developer')}\n\n`),
    )
  })

  for (const [where, config, credentials, place] of [
    [
      'static keys',
      `[profile developer]\n${ownLine('creds --profile developer')}\naws_access_key_id = AKIA\n`,
      undefined,
      'config:3: "aws_access_key_id"',
    ],
    [
      'static keys in the other file',
      undefined,
      '[developer]\naws_secret_access_key = s3cret\n',
      'credentials:2: "aws_secret_access_key"',
    ],
    [
      'a sign-in of AWS',
      `[profile developer]\n${ownLine('creds --profile developer')}\nsso_session = x\n`,
      undefined,
      'config:3: "sso_session"',
    ],
    [
      'a role beside it',
      `[profile developer]\n${ownLine('creds --profile developer')}\nrole_arn = x\n`,
      undefined,
      'config:3: "role_arn"',
    ],
    ['a second process', undefined, '[developer]\ncredential_process = x\n', 'credentials:2: "credential_process"'],
  ] as const) {
    it(`does not write a profile that ${where} would shadow, unless it is named: then removes the shadow`, async () => {
      const aws = makeAwsFolder(config, credentials)
      const unnamed = await call(aws)
      expect(leftOf(unnamed)[0]).to.equal(
        `developer shadowed: /aws/${place} of the profile "developer" would win over aws-oidc.`,
      )
      expect(unnamed.upToDate).to.equal(false)
      expect(aws.credentials).to.equal(credentials)
      const named = await call(aws, {profiles: ['developer']})
      expect(JSON.stringify(named), 'secrets').to.not.match(/AKIA|s3cret/)
      expect(await call(aws)).to.include({upToDate: true})
      expect(aws.credentials ?? '').to.equal('')
    })
  }

  for (const [config, credentials, place] of [
    ['[DEFAULT]\noutput = json\nsso_start_url = x\n', '', 'config:3: "sso_start_url"'],
    ['[DEFAULT]\nsource_profile = x\nrole_arn = y\n', '', 'config:2: "source_profile"'],
    ['', '[developer]\nregion = x\n[DEFAULT]\naws_access_key_id = AKIA\n', 'credentials:4: "aws_access_key_id"'],
  ] as const) {
    it(`writes no profile that would get ${place} of [DEFAULT] in botocore, even where it is named`, async () => {
      for (const profiles of [[], ['developer']]) {
        const aws = makeAwsFolder(config, credentials)
        const {upToDate, left} = await call(aws, {profiles})
        expect(left[0]).to.deep.equal({
          profile: 'developer',
          kind: 'shadowed',
          why: `/aws/${place} of [DEFAULT], which the AWS CLI and boto3 give to every profile, would win over aws-oidc in "developer".`,
          hint: 'Move it from [DEFAULT] into the profiles that need it.',
        })
        expect(upToDate).to.equal(false)
        expect(aws.config).to.not.include('[profile developer]')
        expect(aws.credentials).to.equal(credentials)
      }
    })
  }

  it('writes no role that AWS tools switch to where a key of [DEFAULT] would take part in the switch', async () => {
    const {left} = await call(makeAwsFolder('[DEFAULT]\nmfa_serial = x\n'))
    expect(left.map(({profile, why}) => `${profile} ${why}`).join()).to.match(/^admin \/aws\/config:2: "mfa_serial" of/)
    const none = await call(makeAwsFolder('[DEFAULT]\nmfa_serial = x\n'), {chain: 'process'})
    expect(none).to.include({upToDate: true})
  })

  it('accepts keys in [DEFAULT] that no profile of ours gets, or that do not win', async () => {
    const config = '[DEFAULT]\nregion = x\naws_access_key_id = AKIA\n[default]\nsso_session = y\n'
    const aws = makeAwsFolder(config, '[DEFAULT]\naws_access_key_id = AKIA\n[other]\nregion = x\n')
    expect(await call(aws)).to.include({upToDate: true})
    expect(await call(aws)).to.deep.include({left: [], changes: []})
  })

  it('with --prune removes our profiles that are no longer configured, and nothing else', async () => {
    const theirs = `[profile theirs]\nrole_arn = x\n\n[profile copied]\n${ownLine('creds --profile developer')}`
    const gone = `[profile gone]\nregion = x\n${ownLine('creds --profile gone')}\n`
    const used = `[profile used]\nregion = y\n${ownLine('creds --profile used')}\ns3 =\n  max = 1\n`
    const aws = makeAwsFolder(`${bothWritten}\n${gone}\n${used}\n${theirs}\n`)
    const kept = await call(aws)
    expect(leftOf(kept)).to.deep.equal([
      'gone stale: /aws/config:11: our profile "gone" is no longer configured.',
      'used stale: /aws/config:15: our profile "used" is no longer configured.',
    ])
    await call(aws, {prune: true})
    expect(aws.config).to.equal(`${bothWritten}\n[profile used]\nregion = y\ns3 =\n  max = 1\n\n${theirs}\n`)
  })

  for (const theirs of ['[profile theirs]\nregion = x\n', '[profile theirs]\nregion = x\n\n', '# theirs\n\n\n', '\n']) {
    it(`leaves ${JSON.stringify(theirs)} as it was once all our profiles are pruned`, async () => {
      const aws = makeAwsFolder(theirs)
      await call(aws)
      await call(aws, {configuration: 'providers:\n  corp: {strategy: fake}\n', prune: true})
      expect(aws.config).to.equal(theirs)
    })
  }

  it('changes the named profiles only, even with --prune', async () => {
    const others = [`[profile gone]\n${ownLine('creds --profile gone')}`, bothWritten.replace('/opt/node', '/old/node')]
    const aws = makeAwsFolder(others.join('\n\n'))
    expect(
      (await call(aws, {profiles: ['admin'], write: 'no', prune: true})).changes.map(({profile}) => profile),
    ).to.deep.equal(['developer'])
    await call(aws, {profiles: ['gone'], prune: true})
    expect(aws.config).to.equal(others[1])
  })

  it('rewrites a profile that AWS tools read differently, although our reader does not', async () => {
    const aws = makeAwsFolder(bothWritten.replace('region = eu-central-1', 'Region = eu-central-1 # near'))
    await call(aws)
    expect(aws.config).to.equal(bothWritten.replace('region', '# near\nregion'))
  })

  it('removes nothing where there is no configuration', async () => {
    const aws = makeAwsFolder(bothWritten)
    const deps = {...makeStage().call(), awsConfiguration: async () => aws}
    const configuration = {...deps.configuration, found: false, profiles: {}}
    const request = {profiles: [], chain: 'aws', prune: true, fromRoles: undefined, write: 'yes'} as const
    expect(await refusal(sync(request, {...deps, configuration}))).to.include({code: 'CONFIG_INVALID'})
    expect(aws.config).to.equal(bothWritten)
  })

  it('accepts only configured names, and suggests the nearest', async () => {
    expect(await refusal(call(makeAwsFolder(), {profiles: ['develper']}))).to.include({
      code: 'CONFIG_INVALID',
      hint: 'aws-oidc profiles sync developer',
    })
  })

  it('reports a profile whose name or value AWS tools would read differently, and writes the others', async () => {
    const aws = makeAwsFolder('[profile dup]\n[profile dup]\n')
    const configuration = `${usual}  my own: {provider: corp}\n  dup: {provider: corp}\n  odd: {provider: corp, output: 'a #b'}\n`
    const result = await call(aws, {configuration, profiles: ['my own', 'dup', 'odd', 'developer']})
    expect(leftOf(result)).to.deep.equal([
      `my own unwritable: The profile "my own" can't be written: its name holds characters that not all AWS tools accept; all accept A-Z a-z 0-9 and _-/.%@:+.`,
      `dup unwritable: /aws/config:2: the profile "dup" can't be written: the profile appears twice.`,
      `odd unwritable: /aws/config: the profile "odd" can't be written: a value holds what AWS tools take for the beginning of a comment.`,
    ])
    expect(result.said).to.deep.equal([
      'The AWS CLI refuses /aws/config: line 2 repeats [profile dup]. It is kept as it is.',
    ])
    expect(aws.config).to.include('[profile developer]')
  })

  it('warns of a program in a temporary place', async () => {
    const aws = makeAwsFolder()
    const script = '/home/me/.npm/_npx/0123/node_modules/aws-oidc/bin/run.js'
    const {said} = await call({...aws, ownProgram: ['/opt/node', script]}, {write: 'no'})
    expect(said.join()).to.include('from the cache of npx')
  })

  it('leaves a damaged file alone, naming the line', async () => {
    const aws = makeAwsFolder('[default]\nregion')
    expect(await refusal(call(aws))).to.include({
      code: 'CONFIG_INVALID',
      message: "/aws/config:2: Expected an '=' sign defining a property.",
    })
    expect(aws.config).to.equal('[default]\nregion')
  })
})

describe('profiles sync on random files', () => {
  it('changes nothing the second time, and AWS tools read the intended values', async () => {
    const rounds = usually(200)
    const configuration = usual.replace('  admin:', '  dev: {provider: corp, output: text}\n  admin:')
    let written = 0
    for (const seed of seedsOf(rounds)) {
      const aws = makeAwsFolder(randomFile(diceFrom(seed)))
      const before = aws.config
      const result = await call(aws, {configuration, profiles: seed % 2 ? [] : ['dev', 'admin', 'developer']}).catch(
        (error: unknown) => {
          if (error instanceof AwsOidcError) return undefined
          throw new Error(`seed ${seed}: ${before}`, {cause: error})
        },
      )
      if (!result) continue
      const about = `seed ${seed}\n${before}\n---\n${aws.config}`
      expect((await call(aws, {configuration})).changes, about).to.deep.equal([])
      const left = result.left.map(({profile}) => profile)
      const content = (await javascriptReader(aws.config ?? '')) ?? {}
      for (const profile of ['dev', 'developer', 'admin'].filter(name => !left.includes(name))) {
        const {credential_process: line, role_arn: arn} = content[profile] ?? {}
        const wanted = ownLine(`creds --profile ${profile}`)
        expect([`credential_process = ${line}`, arn], about).to.include.oneOf([wanted, role('admin')])
        written++
      }
    }
    expect(written, `profiles from seed ${rounds.seed} on`).to.be.greaterThan(rounds.count * 1.5)
  })
})

describe('a profile that calls aws-oidc, written by another program,', () => {
  const profile = (line: string) =>
    `[profile developer]\ncredential_process = ${line} creds --profile developer\nregion = eu-central-1\n`
  const only =
    'providers:\n  corp: {strategy: fake}\nprofiles:\n  developer: {provider: corp, role: 123456789012/developer, region: eu-central-1}\n'
  const short = String.raw`C:\PROGRA~1\nodejs\node.exe C:\npm\node_modules\aws-oidc\bin\run.js`
  const onWindows = {
    platform: 'win32',
    ownProgram: [String.raw`C:\nodejs\node.exe`, String.raw`C:\npm\node_modules\aws-oidc\bin\run.js`],
    resolve: async (path: string) =>
      path.startsWith('C:') ? path.replace(/^C:\\(?:PROGRA~1|Program Files)/, 'C:') : undefined,
  } as const
  const check = async (line: string, on: Partial<AwsFolder> = {}) =>
    (await call({...makeAwsFolder(profile(line)), ...on}, {configuration: only, write: 'no'})).upToDate

  it('is up to date where it works, whatever paths it has to the same files', async () => {
    for (const line of ['"/opt/node" "/opt/aws-oidc/bin/run.js"', '/opt/other/bin/aws-oidc']) {
      expect(await check(line), line).to.equal(true)
    }
    expect(await check(short, onWindows)).to.equal(true)
  })

  it('is outdated where some AWS tool can not start it', async () => {
    for (const line of ['aws-oidc', '/gone/bin/aws-oidc', '/gone/node /opt/aws-oidc/bin/run.js']) {
      expect(await check(line), line).to.equal(false)
    }
    const quoted = String.raw`"C:\Program Files\nodejs\node.exe" C:\npm\node_modules\aws-oidc\bin\run.js`
    for (const line of [quoted, String.raw`C:\npm\aws-oidc.cmd`, 'aws-oidc']) {
      expect(await check(line, onWindows), line).to.equal(false)
    }
    const goTakesTheQuotes = profile('"/opt/node" "/opt/aws-oidc/bin/run.js"').replace(
      '--profile developer',
      '--profile "developer"',
    )
    const {upToDate} = await call(makeAwsFolder(goTakesTheQuotes), {configuration: only, write: 'no'})
    expect(upToDate).to.equal(false)
  })
})

describe('the question of profiles sync', () => {
  it('comes after the diff, and the answer no changes nothing', async () => {
    const aws = makeAwsFolder('[profile other]\n')
    const {told, written} = await call(aws, {write: 'ask', answers: [false]})
    expect(told.split('\n').slice(0, 4)).to.deep.equal([
      '/aws/config',
      '+ [profile developer]',
      '+ region = eu-central-1',
      `+ ${ownLine('creds --profile developer')}`,
    ])
    expect([written, aws.config]).to.deep.equal([false, '[profile other]\n'])
    await call(aws, {write: 'ask', answers: [true]})
    expect(aws.config).to.equal(`[profile other]\n\n${bothWritten}`)
  })

  it('shows the beginning of a very long diff, and how to see all', async () => {
    const many = Array.from({length: 300}, (_, index) => `  p${index}: {provider: corp, region: eu-central-1}\n`)
    const {told} = await call(makeAwsFolder(), {configuration: usual + many.join(''), write: 'ask', answers: [false]})
    expect(told.length).to.be.lessThan(21_000)
    expect(told).to.match(/\n\.\.\. and \d+ more lines; "aws-oidc profiles sync --dry-run" shows all\.$/)
  })

  it('is not asked where there is nothing to write, and is an error where the user can not be asked', async () => {
    expect(await call(makeAwsFolder(bothWritten), {write: 'ask', answers: []})).to.include({upToDate: true})
    const aws = makeAwsFolder()
    expect(await refusal(call(aws, {write: 'ask'}))).to.include({code: 'USAGE', hint: 'aws-oidc profiles sync --yes'})
    expect(aws.config).to.equal(undefined)
  })

  it('is asked again where another program has changed the same profile, whose change is kept', async () => {
    const aws = makeAwsFolder('[profile other]\n')
    const answers = [true, true]
    aws.meanwhile = () => {
      aws.config = '[profile other]\nregion = x\n[profile developer]\nregion = y\n'
    }
    const {left} = await call(aws, {write: 'ask', answers})
    expect(answers).to.deep.equal([])
    expect(left.map(({profile, kind}) => `${profile} ${kind}`)).to.deep.equal(['developer foreign'])
    expect(aws.config).to.match(
      /^\[profile other\]\nregion = x\n\[profile developer\]\nregion = y\n\n\[profile admin\]\n/,
    )
  })

  it('is replaced by an error where another program changes the file again and again', async () => {
    const aws = makeAwsFolder('')
    const change = () => {
      aws.config += '# theirs\n'
      queueMicrotask(() => {
        aws.meanwhile = change
      })
    }
    aws.meanwhile = change
    expect(await refusal(call(aws))).to.include({
      code: 'OUTPUT_FAILED',
      message: 'Another program keeps changing /aws/config or /aws/credentials: not everything was written.',
    })
    expect(aws.config).to.match(/^(?:# theirs\n)+$/)
  })

  it('is not asked again after an unrelated change', async () => {
    const aws = makeAwsFolder('[profile other]\n')
    aws.meanwhile = () => {
      aws.config = '[profile other]\nregion = x\n'
    }
    await call(aws, {write: 'yes'})
    expect(aws.config).to.equal(`[profile other]\nregion = x\n\n${bothWritten}`)
  })
})

describe('profiles sync --from-roles', () => {
  const offer = {provider: undefined, nameTemplate: '{account}-{role}'}
  const none = 'providers:\n  corp: {strategy: fake}\n'
  const roles = [role('developer'), role('path/re=ad,er')]
  const forRole = (name: string, arn: string) =>
    `[profile ${name}]\naws_oidc_profile = ${name}\n${ownLine(`creds --provider corp --role ${arn}`)}\n`

  it('writes a profile for each role, with a name that AWS tools accept, and later only changes', async () => {
    const aws = makeAwsFolder()
    await call(aws, {configuration: none, roles, fromRoles: offer})
    const [developer, reader] = roles
    expect(aws.config).to.equal(
      `${forRole('123456789012-developer', developer ?? '')}\n${forRole('123456789012-re-ad-er', reader ?? '')}`,
    )
    expect(await call(aws, {configuration: none, roles, fromRoles: offer})).to.include({written: false, upToDate: true})
  })

  it('prunes only roles that are no longer offered; a call without it updates a program that moved', async () => {
    const aws = makeAwsFolder()
    await call(aws, {configuration: none, roles, fromRoles: offer})
    aws.config = aws.config?.replaceAll('/opt/node', '/old/node')
    const plain = await call(aws, {configuration: none, prune: true})
    expect(plain.calls).to.equal(0)
    expect(plain.changes.map(({profile, action}) => `${action} ${profile}`)).to.deep.equal([
      'change 123456789012-developer',
      'change 123456789012-re-ad-er',
    ])
    await call(aws, {configuration: none, roles: roles.slice(0, 1), fromRoles: offer, prune: true})
    expect(aws.config).to.equal(forRole('123456789012-developer', roles[0] ?? ''))
    await call(aws, {configuration: 'providers:\n  other: {strategy: fake}\n', prune: true})
    expect(aws.config).to.equal('')
  })

  for (const [what, nameTemplate, why] of [
    ['gives two roles one name', '{account}', 'Two roles would both become the profile "123456789012"'],
    ['holds what is not known', '{acount}', 'There is no "{acount}"'],
    ['makes names that AWS tools do not know', 'a b {role}', 'makes no valid names for AWS profiles'],
  ] as const) {
    it(`refuses a template that ${what}`, async () => {
      const aws = makeAwsFolder()
      const failure = await refusal(call(aws, {configuration: none, roles, fromRoles: {...offer, nameTemplate}}))
      expect(failure).to.include({code: 'USAGE', hint: "--name-template '{account}-{role}'"})
      expect(failure?.message).to.include(why)
      expect(aws.config).to.equal(undefined)
    })
  }

  it('keeps a role of two SAML providers apart, and uses the name of the account', async () => {
    const [one, two] = ['one', 'two'].map(name => `arn:aws:iam::123456789012:saml-provider/${name}`)
    const developer = {accountId: '123456789012', accountName: 'Prod (EU)', name: 'developer', arn: role('developer')}
    const offered = [one, two].flatMap(principalArn => (principalArn ? [{...developer, principalArn}] : []))
    const aws = makeAwsFolder()
    const request = {
      configuration: none,
      offered,
      fromRoles: {...offer, nameTemplate: '{accountName}/{role}@{samlProvider}'},
    }
    await call(aws, request)
    expect(aws.config).to.equal(
      `${forRole('Prod-EU-/developer@one', `${developer.arn},${one}`)}\n${forRole('Prod-EU-/developer@two', `${developer.arn},${two}`)}`,
    )
    expect(await call(aws, request)).to.include({written: false, upToDate: true})
    const same = await refusal(call(makeAwsFolder(), {...request, fromRoles: offer}))
    expect(same?.message).to.include(`${developer.arn} (${one}) and ${developer.arn} (${two})`)
    const single = makeAwsFolder()
    await call(single, {...request, offered: offered.slice(0, 1), fromRoles: offer})
    expect(single.config).to.equal(forRole('123456789012-developer', developer.arn))
  })

  it('refuses the name of a configured profile, and a provider that names no roles', async () => {
    const fromRoles = {...offer, nameTemplate: '{role}'}
    expect(await refusal(call(makeAwsFolder(), {roles, fromRoles}))).to.include({code: 'USAGE'})
    expect(await refusal(call(makeAwsFolder(), {configuration: none, fromRoles}))).to.include({code: 'CONFIG_INVALID'})
  })
})
