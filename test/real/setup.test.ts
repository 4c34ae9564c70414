import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {parse} from 'yaml'
import {variablesOf} from '../support/machine.ts'
import {sandboxBin} from '../support/sandbox.ts'
import {useScene} from '../support/scene.ts'
import {startOnTerminal} from '../support/terminal-session.ts'
import {clear, ctrlC, down, enter, last, respondentAt} from '../support/wizard.ts'

const arn = (name: string) => `arn:aws:iam::123456789012:role/${name}`

describe('setup, on a terminal', () => {
  const scene = useScene()
  const text = () => readFile(join(scene.home.folder, '.config/aws-oidc/config.yaml'), 'utf8')
  let before: string

  beforeEach(async () => {
    before = `# mine\ncache: file\nbrowser: ["${process.execPath}", "${sandboxBin}", browse]\n`
    await scene.home.writeConfig(before)
  })

  // A test that fails would leave the wizard waiting for an answer.
  let leave: (() => Promise<unknown>) | undefined
  afterEach(() => leave?.())

  function begin(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
    const session = startOnTerminal(['setup', ...args], {env: {...variablesOf(scene.home, scene.sandbox), ...env}})
    let running = true
    const ended = session.ended.finally(() => {
      running = false
    })
    leave = async () => {
      if (running) session.type(ctrlC)
      await ended
    }
    return {...respondentAt(session), ended}
  }
  type Person = ReturnType<typeof begin>

  /** Answers up to the review, after which the sign-in begins. */
  async function answerAll({answer}: Person, issuer = scene.sandbox.issuer): Promise<void> {
    await answer('Name for this provider', enter)
    await answer('How do you sign in there?', enter)
    await answer('issuer (', `${issuer}${enter}`)
    await answer('clientId (', `aws-oidc${enter}`)
  }

  /** A role, where the ID token lists some. */
  const byHand = down + enter
  /** Down to that line of the review, and Enter. */
  const chooses = (lines: number) => down.repeat(lines) + enter

  it('leads to a profile that works, and changes nothing else in the file', async () => {
    const user = begin()
    await answerAll(user)
    await user.answer('Anything else', chooses(5))
    await user.answer('? rolesClaim (', `aws_roles${enter}`)
    await user.answer('Anything else', enter)
    await user.answer('offers 2 roles', down + enter)
    await user.answer('Name of the profile (readonly)', enter)
    await user.answer('AWS region', `eu-central-1${enter}`)
    await user.answer('Write this?', enter)
    expect(await user.ended).to.deep.equal({exitCode: 0, restored: true})
    expect(user.seen())
      .to.include('Signed in as alice@example.com.')
      .and.include('Try: aws sts get-caller-identity --profile readonly')
    expect(await text()).to.equal(`${before}providers:
  corp:
    strategy: oidc
    issuer: ${scene.sandbox.issuer}
    clientId: aws-oidc
    rolesClaim: aws_roles
profiles:
  readonly:
    provider: corp
    role: ${arn('readonly')}
    region: eu-central-1
`)
    const aws = await readFile(join(scene.home.folder, '.aws/config'), 'utf8')
    expect(aws)
      .to.match(/^\[profile readonly\]$/m)
      .and.match(/^credential_process = .* creds --profile readonly$/m)
    const whoami = await scene.home.run(['whoami', '-p', 'readonly', '--no-interactive'])
    expect(whoami.stdout, whoami.stderr).to.include('assumed-role/readonly/alice')
    expect(await scene.sandbox.signIns(), 'nobody is asked again').to.equal(1)
  })

  it('proposes the claim of the ID token that lists roles, without a second sign-in', async () => {
    const user = begin()
    await answerAll(user)
    await user.answer('Anything else', enter)
    await user.answer('from the claim "aws_roles" (rolesClaim)', enter)
    await user.answer('offers 2 roles', down + enter)
    await user.answer('Name of the profile (readonly)', enter)
    await user.answer('AWS region', enter)
    await user.answer('Write this?', down + enter)
    expect(await user.ended).to.include({exitCode: 0})
    const {providers, profiles} = parse(await text())
    expect({providers, profiles}).to.deep.equal({
      providers: {
        corp: {strategy: 'oidc', issuer: scene.sandbox.issuer, clientId: 'aws-oidc', rolesClaim: 'aws_roles'},
      },
      profiles: {readonly: {provider: 'corp', role: arn('readonly')}},
    })
    const creds = await scene.home.run(['creds', '-p', 'readonly', '--force', '--no-interactive'])
    expect(creds.exitCode, creds.stderr).to.equal(0)
    expect(await scene.sandbox.signIns()).to.equal(1)
  })

  it('offers roles by the configured names of their accounts', async () => {
    before += 'accounts: {123456789012: production} # of ours\n'
    await scene.home.writeConfig(before)
    const user = begin(['--provider', 'corp', '--strategy', 'oidc', '--set', `issuer=${scene.sandbox.issuer}`])
    await user.answer('clientId (', `aws-oidc${enter}`)
    await user.answer('Anything else', chooses(5))
    await user.answer('? rolesClaim (', `aws_roles${enter}`)
    await user.answer('Anything else', enter)
    await user.answer('readonly in production (123456789012)', enter)
    await user.answer('Name of the profile (developer)', enter)
    await user.answer('AWS region', enter)
    await user.answer('Write this?', down + enter)
    expect(await user.ended).to.include({exitCode: 0})
    expect(await text()).to.satisfy((text: string) => text.startsWith(before))
  })

  it('says that an issuer is wrong during the next question, and asks for it again', async () => {
    const user = begin()
    await answerAll(user, `${scene.sandbox.issuer}/wrong`)
    await user.sees('HTTP 404')
    await user.answer('/wrong)', `${clear}${scene.sandbox.issuer}${enter}`)
    await user.answer('clientId (', enter)
    await user.answer('Anything else', ctrlC)
    expect(await user.ended).to.include({exitCode: 130})
  })

  it('reports an invalid answer at once, and waits for another one', async () => {
    const user = begin(['--provider', 'corp', '--strategy', 'oidc'])
    await user.answer('issuer (', `http://sso.example.com${enter}`)
    await user.answer('must start with https://', `${clear}${scene.sandbox.issuer}${enter}`)
    await user.answer('clientId (', ctrlC)
    await user.ended
  })

  it('goes back from each question to the one before', async () => {
    const user = begin()
    await answerAll(user)
    await user.answer('Anything else', last)
    await user.answer('clientId (', `<${enter}`)
    await user.answer('issuer (', `<${enter}`)
    await user.answer('How do you sign in there?', last)
    await user.answer('Name for this provider', `other${enter}`)
    await user.answer('How do you sign in there?', enter)
    await user.answer('issuer (', enter)
    await user.answer('clientId (', enter)
    await user.answer('Anything else', enter)
    await user.answer('The ID token lists AWS roles', last)
    await user.answer('Anything else', enter)
    await user.answer('The ID token lists AWS roles', byHand)
    await user.answer('Role for the profile', `${arn('developer')}${enter}`)
    await user.answer('Name of the profile', `<${enter}`)
    await user.answer('Role for the profile', `${arn('developer')}${enter}`)
    await user.answer('Name of the profile', enter)
    await user.answer('AWS region', enter)
    await user.answer('Write this?', down + enter)
    expect(await user.ended).to.include({exitCode: 0})
    expect(user.seen()).to.include('aws-oidc profiles sync')
    expect(Object.keys(parse(await text()).providers)).to.deep.equal(['other'])
  })

  for (const [words, until] of [
    ['at the first question', 'Name for this provider'],
    ['in the review', 'Anything else'],
    ['after the sign-in', 'The ID token lists AWS roles'],
  ] as const) {
    it(`leaves no trace when Ctrl-C is pressed ${words}`, async () => {
      const user = begin()
      if (until !== 'Name for this provider') await answerAll(user)
      if (until === 'The ID token lists AWS roles') await user.answer('Anything else', enter)
      await user.answer(until, ctrlC)
      expect(await user.ended).to.deep.equal({exitCode: 130, restored: true})
      expect(await text()).to.equal(before)
      expect(await scene.home.entries()).to.deep.equal([])
    })
  }

  describe('at the question whether to write', () => {
    const aws = () => readFile(join(scene.home.folder, '.aws/config'), 'utf8').catch(() => undefined)

    async function untilWrite(): Promise<Person> {
      const user = begin()
      await answerAll(user)
      await user.answer('Anything else', enter)
      await user.answer('The ID token lists AWS roles', byHand)
      await user.answer('Role for the profile', `${arn('developer')}${enter}`)
      await user.answer('Name of the profile', enter)
      await user.answer('AWS region', `eu-central-1${enter}`)
      await user.sees('Write this?')
      return user
    }

    it('has shown the changes in both files, and has written neither', async () => {
      const user = await untilWrite()
      const seen = user.seen()
      expect(seen).to.match(/config\.yaml\s+\+ providers:\s+\+ {3}corp:\s+\+ {5}strategy: oidc/)
      expect(seen).to.match(/\+ profiles:\s+\+ {3}developer:\s+\+ {5}provider: corp/)
      expect(seen).to.match(/\.aws\/config\s+\+ \[profile developer\]/)
      expect([await text(), await aws()]).to.deep.equal([before, undefined])
      await user.answer('Write this?', ctrlC)
      await user.ended
    })

    for (const [words, keys, exitCode] of [
      ['Ctrl-C', ctrlC, 130],
      ['No', down + down + enter, 0],
    ] as const) {
      it(`leaves everything as it was after ${words}`, async () => {
        const user = await untilWrite()
        await user.answer('Write this?', keys)
        expect(await user.ended).to.deep.equal({exitCode, restored: true})
        expect([await text(), await aws(), await scene.home.entries()]).to.deep.equal([before, undefined, []])
        expect(user.seen()).not.to.include('are in')
      })
    }

    it('writes only our own file on request', async () => {
      const user = await untilWrite()
      await user.answer('Write this?', down + enter)
      expect(await user.ended).to.include({exitCode: 0})
      expect(Object.keys(parse(await text()).profiles)).to.deep.equal(['developer'])
      expect(await aws()).to.equal(undefined)
    })

    it('goes back to the question before, and from there further back', async () => {
      const user = await untilWrite()
      await user.answer('Write this?', last)
      await user.answer('AWS region; empty for none (eu-central-1)', `<${enter}`)
      await user.answer('Name of the profile (developer)', `mine${enter}`)
      await user.answer('AWS region; empty for none (eu-central-1)', enter)
      await user.answer('Write this?', enter)
      expect(await user.ended).to.include({exitCode: 0})
      expect(parse(await text()).profiles).to.deep.equal({
        mine: {provider: 'corp', role: arn('developer'), region: 'eu-central-1'},
      })
      expect(await aws())
        .to.include('[profile mine]')
        .and.not.include('[profile developer]')
    })

    it('has said why a profile of the AWS tools stays as it is', async () => {
      const foreign = '[profile developer]\ncredential_process = other-tool\n'
      await mkdir(join(scene.home.folder, '.aws'))
      await writeFile(join(scene.home.folder, '.aws/config'), foreign)
      const user = await untilWrite()
      expect(user.seen()).to.include('Try: aws-oidc profiles sync developer')
      await user.answer('Write this?', enter)
      expect(await user.ended).to.include({exitCode: 0})
      expect(await aws()).to.equal(foreign)
    })

    it('asks nothing, and says so, where everything is there already', async () => {
      const first = await untilWrite()
      await first.answer('Write this?', enter)
      await first.ended
      const second = begin(['--provider', 'corp', '--replace', '--role', arn('developer'), '-p', 'developer'])
      await second.answer('How do you sign in there?', enter)
      await second.answer('issuer (', enter)
      await second.answer('clientId (', enter)
      await second.answer('Anything else', enter)
      await second.answer('AWS region; empty for none (eu-central-1)', enter)
      expect(await second.ended).to.include({exitCode: 0})
      expect(second.seen()).to.include('nothing was changed').and.not.include('Write this?')
    })
  })

  it('shows why a provider refuses the client, and lets the settings be changed', async () => {
    const user = begin(['--provider', 'corp', '--strategy', 'oidc', '--set', `issuer=${scene.sandbox.issuer}`])
    await user.answer('clientId (', `nobody${enter}`)
    await user.answer('Anything else', enter)
    await user.sees('no sign-in page for the client "nobody"')
    await user.answer('What now?', enter)
    await user.answer('clientId = nobody', chooses(2))
    await user.answer('? clientId (', `${clear}aws-oidc${enter}`)
    await user.answer('clientId = aws-oidc', enter)
    await user.answer('The ID token lists AWS roles', byHand)
    await user.answer('Role for the profile', enter)
    await user.answer('Write this?', enter)
    expect(await user.ended).to.include({exitCode: 0})
    expect(parse(await text()).providers.corp.clientId).to.equal('aws-oidc')
  })

  it('shows why AWS refuses a role, and lets another one be chosen', async () => {
    const set = [`issuer=${scene.sandbox.issuer}`, 'clientId=aws-oidc'].flatMap(pair => ['--set', pair])
    const user = begin([
      '--provider',
      'corp',
      '--strategy',
      'oidc',
      ...set,
      '--role',
      arn('locked'),
      '--region',
      'us-east-1',
    ])
    await user.answer('Anything else', enter)
    await user.answer('Name of the profile (locked)', enter)
    await user.sees('AccessDenied')
    await user.answer('What now?', enter)
    await user.answer('Role for the profile', `${arn('developer')}${enter}`)
    await user.answer('Name of the profile (developer)', enter)
    await user.answer('Write this?', enter)
    expect(await user.ended).to.include({exitCode: 0})
    expect(Object.keys(parse(await text()).profiles)).to.deep.equal(['developer'])
  })

  it('saves a provider without a successful sign-in only on request', async () => {
    const user = begin(['--provider', 'corp', '--strategy', 'oidc', '--set', 'clientId=aws-oidc'])
    await user.answer('issuer (', `${scene.sandbox.issuer}${enter}`)
    await user.sees('Anything else')
    await scene.sandbox.fault({on: 'token', status: 500, times: 10})
    await user.answer('Anything else', enter)
    await user.answer('What now?', down + down + enter)
    await user.answer('Write this?', last)
    await user.answer('What now?', down + down + enter)
    await user.answer('Write this?', enter)
    expect(await user.ended).to.include({exitCode: 0})
    expect(parse(await text()))
      .to.have.property('providers')
      .and.not.have.property('profiles')
  })

  it('uses a typed secret for the sign-in, and stores it nowhere without a keyring', async () => {
    const set = [`issuer=${scene.sandbox.issuer}`, 'clientId=aws-oidc-confidential'].flatMap(pair => ['--set', pair])
    const user = begin(['--provider', 'corp', '--strategy', 'oidc', ...set, '--role', arn('developer')])
    await user.answer('Anything else', chooses(3))
    await user.answer('where is it?', enter)
    await user.answer('clientSecret', `sandbox-client-secret${enter}`)
    await user.answer('clientSecret = keyring=corp', enter)
    await user.answer('Name of the profile', enter)
    await user.answer('AWS region', enter)
    await user.answer('Write this?', enter)
    expect((await user.ended).exitCode).to.equal(6)
    expect(user.seen()).to.include('Signed in as alice@example.com.').and.not.include('sandbox-client-secret')
    expect(await text()).to.equal(before)
  })

  describe('where the names are taken', () => {
    beforeEach(async () => {
      before += `providers:
  corp: # the company's
    strategy: oidc
    issuer: ${scene.sandbox.issuer}
    clientId: nobody # soon another one
    rolesClaim: aws_roles
    redirect: {host: 127.0.0.1, ports: [8400]}
profiles:
  developer: {provider: corp, role: '${arn('readonly')}', region: us-east-1} # mine
`
      await scene.home.writeConfig(before)
    })

    it('changes the entries, whose values are the defaults, once they work, and no other byte', async () => {
      const user = begin()
      await user.answer('Name for this provider', enter)
      await user.answer('There is already a provider "corp"', enter)
      await user.answer('How do you sign in there?', enter)
      await user.answer(`issuer (the issuer, or the address of its metadata) (${scene.sandbox.issuer})`, enter)
      await user.answer('(nobody)', `aws-oidc${enter}`)
      await user.answer('rolesClaim = aws_roles', enter)
      await user.answer('offers 2 roles', enter)
      await user.sees('Name of the profile (developer)')
      expect(await text(), 'nothing is saved yet').to.equal(before)
      await user.answer('Name of the profile (developer)', enter)
      await user.answer('There is already a profile "developer"', enter)
      await user.answer('AWS region; empty for none (us-east-1)', enter)
      await user.sees('-     clientId: nobody')
      await user.sees('+     clientId: aws-oidc')
      await user.answer('Write this?', down + enter)
      expect(await user.ended).to.deep.equal({exitCode: 0, restored: true})
      expect(await text()).to.equal(
        before.replace('clientId: nobody', 'clientId: aws-oidc').replace(`'${arn('readonly')}'`, arn('developer')),
      )
    })

    it('leaves the entries as they are where another name is chosen, and after Ctrl-C', async () => {
      const user = begin(['--provider', 'corp', '--strategy', 'oidc', '--set', 'clientId=aws-oidc'])
      await user.answer('There is already a provider "corp"', down + enter)
      await user.answer('Name for this provider', `${clear}second${enter}`)
      await user.answer('issuer (', enter)
      await user.answer('clientId = aws-oidc', enter)
      await user.answer('offers 2 roles', enter)
      await user.answer('Name of the profile (developer)', enter)
      await user.answer('There is already a profile "developer"', down + enter)
      await user.answer('Name of the profile', `mine${enter}`)
      await user.answer('AWS region', enter)
      await user.answer('Write this?', down + enter)
      expect(await user.ended).to.include({exitCode: 0})
      const after = await text()
      expect(after.startsWith(before.slice(0, before.indexOf('profiles:')))).to.equal(true)
      expect(Object.keys(parse(after).profiles)).to.deep.equal(['developer', 'mine'])
      expect(parse(after).providers.second).to.include({clientId: 'aws-oidc'})

      const other = begin(['--provider', 'corp'])
      await other.answer('There is already a provider "corp"', enter)
      await other.answer('How do you sign in there?', enter)
      await other.answer('issuer (', ctrlC)
      expect(await other.ended).to.include({exitCode: 130})
      expect(await text()).to.equal(after)
    })
  })

  it('asks again for the strategy when its plugin can not be installed, and says why', async () => {
    const user = begin(['--provider', 'corp'], {AWS_OIDC_NPM_REGISTRY: 'http://127.0.0.1:9/'})
    await user.answer('How do you sign in there?', down.repeat(3) + enter)
    await user.sees('npm could not get')
    await user.answer('How do you sign in there?', enter)
    await user.answer('issuer (', ctrlC)
    expect(await user.ended).to.include({exitCode: 130})
  })

  describe('--from aws-cli-oidc', () => {
    const theirs = `corp:
  aws_federation_type: oidc
  client_id: aws
  oidc_provider_metadata_url: https://sso.example.com
  insecure_skip_verify: "true"
`
    const line = 'credential_process=aws-cli-oidc get-cred -p corp -j'
    const aws = () => join(scene.home.folder, '.aws/config')

    beforeEach(async () => {
      for (const name of ['.aws', '.aws-cli-oidc']) await mkdir(join(scene.home.folder, name))
      await writeFile(join(scene.home.folder, '.aws-cli-oidc/config.yaml'), theirs)
      await writeFile(aws(), `[profile dev]\n${line}\n`)
    })

    it('shows its changes to both files, and what it can not import, and writes after a yes', async () => {
      const user = begin(['--from', 'aws-cli-oidc'])
      await user.sees('+     issuer: https://sso.example.com')
      await user.sees(line.replace('=', ' = '))
      await user.sees('insecure_skip_verify: certificates are always checked')
      await user.answer('Write this?', enter)
      expect(await user.ended).to.deep.equal({exitCode: 0, restored: true})
      expect(parse(await text()).profiles).to.deep.equal({dev: {provider: 'corp'}})
      expect(await readFile(aws(), 'utf8')).to.match(/^credential_process=.* creds --profile dev$/m)
    })

    it('shows nothing of other profiles where it imports a provider alone', async () => {
      await writeFile(aws(), '')
      const mine = 'providers: {mine: {strategy: oidc, issuer: "https://mine.example.com", clientId: a}}\n'
      await scene.home.writeConfig(`${mine}profiles: {mine: {provider: mine}}\n`)
      const user = begin(['--from', 'aws-cli-oidc'])
      await user.answer('Write this?', enter)
      expect(await user.ended).to.deep.equal({exitCode: 0, restored: true})
      expect(user.seen()).to.include('+   corp:').and.not.include('[profile mine]')
      expect(await readFile(aws(), 'utf8')).to.equal('')
    })

    for (const [words, keys, exitCode] of [
      ['no', down + enter, 0],
      ['Ctrl-C', ctrlC, 130],
    ] as const) {
      it(`shows the changes to both files, and writes neither after ${words}`, async () => {
        const user = begin(['--from', 'aws-cli-oidc'])
        await user.sees('+     provider: corp')
        await user.sees(line.replace('=', ' = '))
        await user.answer('Write this?', keys)
        expect(await user.ended).to.deep.equal({exitCode, restored: true})
        expect(await text()).to.equal(before)
        expect(await readFile(aws(), 'utf8')).to.include(line)
      })
    }
  })
})
