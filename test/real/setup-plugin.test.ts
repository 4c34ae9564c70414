import {existsSync} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {parse} from 'yaml'
import {variablesOf} from '../support/machine.ts'
import {hookWith, pluginManifest} from '../support/planted-plugin.ts'
import {startRegistry, type TestRegistry} from '../support/registry.ts'
import {root, sandboxBin} from '../support/sandbox.ts'
import {useScene} from '../support/scene.ts'
import {startOnTerminal} from '../support/terminal-session.ts'
import {ctrlC, down, enter, last, respondentAt, up} from '../support/wizard.ts'

describe('setup, with a plugin that is not installed', function () {
  // The first run on a machine installs the registry.
  this.timeout(300_000)
  const scene = useScene()
  let registry: TestRegistry
  before(async () => {
    registry = await startRegistry()
    await registry.publish(join(root, 'plugins/keycloak'))
    await registry.publish(await registry.source(pluginManifest(), {'strategies.js': hookWith({})}))
    await registry.notePublisher('aws-oidc-ping', {name: 'alice', email: 'alice@example.com'})
  })
  after(() => registry?.stop())

  const config = () => readFile(join(scene.home.folder, '.config/aws-oidc/config.yaml'), 'utf8')
  const installed = (name: string) =>
    existsSync(join(scene.home.folder, '.local/share/aws-oidc/node_modules', name, 'package.json'))
  let mine: string
  async function configure(more = ''): Promise<void> {
    mine = `# mine\ncache: file\nbrowser: ["${process.execPath}", "${sandboxBin}", browse]\n${more}`
    await scene.home.writeConfig(mine)
  }
  beforeEach(() => configure())

  // A test that fails would leave the wizard waiting for an answer.
  let leave: (() => Promise<unknown>) | undefined
  afterEach(() => leave?.())
  function begin(...args: readonly string[]) {
    const env = {...variablesOf(scene.home, scene.sandbox), ...registry.env}
    const session = startOnTerminal(['setup', ...args], {env, columns: 200})
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

  it('shows the plugin, installs it after a yes, and goes on with its questions to a profile that works', async () => {
    const user = begin('--provider', 'corp')
    await user.answer('How do you sign in there?', down.repeat(4) + enter)
    await user.answer('The plugin: its name', `aws-oidc-ping${enter}`)
    await user.sees('Package:   aws-oidc-ping 1.0.0')
    await user.sees('Publisher: alice <alice@example.com>')
    await user.sees('Integrity: sha512-')
    expect(installed('aws-oidc-ping'), 'before the yes').to.equal(false)
    await user.answer('Install it?', enter)
    await user.answer('issuer (', `${scene.sandbox.issuer}${enter}`)
    await user.answer('clientId (', `${scene.sandbox.clientId}${enter}`)
    await user.answer('Anything else', enter)
    await user.answer('Role for the profile', `arn:aws:iam::123456789012:role/developer${enter}`)
    await user.answer('Name of the profile', enter)
    await user.answer('AWS region', enter)
    await user.answer('Write this?', enter)
    expect(await user.ended).to.deep.equal({exitCode: 0, restored: true})
    expect(parse(await config()).providers.corp).to.include({strategy: 'ping', issuer: scene.sandbox.issuer})
    const whoami = await scene.home.run(['whoami', '-p', 'developer', '--no-interactive'])
    expect(whoami.exitCode, whoami.stderr).to.equal(0)
  })

  it('offers the known plugins in the choice, and continues with the other arguments of the command line', async () => {
    const user = begin('--provider', 'corp', '--set', 'realm=example')
    await user.sees('keycloak: aws-oidc-keycloak, installed if you agree')
    await user.answer('How do you sign in there?', down.repeat(3) + enter)
    await user.answer('Install it?', enter)
    await user.answer('url (', `${new URL(scene.sandbox.issuer).origin}${enter}`)
    await user.answer('clientId (', `aws-oidc${enter}`)
    await user.answer('realm = example', enter)
    await user.sees('There is no realm "example"')
    await user.answer('What now?', down + down + enter)
    await user.answer('Write this?', enter)
    expect(await user.ended).to.include({exitCode: 0})
    expect(parse(await config()).providers.corp).to.include({strategy: 'keycloak', realm: 'example'})
  })

  it('asks whether to install one of the command line, after a no for another strategy, and loses nothing', async () => {
    const user = begin('--provider', 'corp', '--strategy', 'keycloak', '--set', 'clientId=mine')
    await user.sees('Package:   aws-oidc-keycloak')
    await user.answer('Install it?', down + enter)
    await user.sees('aws-oidc-keycloak was not installed.')
    expect(installed('aws-oidc-keycloak')).to.equal(false)
    await user.answer('How do you sign in there?', enter)
    await user.answer('Install it?', last)
    await user.answer('How do you sign in there?', up.repeat(3) + enter)
    await user.answer('issuer (', `${scene.sandbox.issuer}${enter}`)
    await user.answer('clientId = mine', ctrlC)
    expect(await user.ended).to.deep.equal({exitCode: 130, restored: true})
    expect(await config()).to.equal(mine)
  })

  it('offers no plugin that the configuration does not allow, and refuses one that is typed', async () => {
    await configure('plugins: {allow: [aws-oidc-ping]}\n')
    const user = begin('--provider', 'corp')
    await user.sees('another one')
    expect(user.seen()).not.to.include('installed if you agree')
    await user.answer('How do you sign in there?', down.repeat(3) + enter)
    await user.answer('The plugin: its name', `aws-oidc-keycloak${enter}`)
    await user.sees('does not list aws-oidc-keycloak')
    await user.answer('How do you sign in there?', ctrlC)
    await user.ended
    const said = begin('--provider', 'corp', '--strategy', 'keycloak')
    expect(await said.ended).to.include({exitCode: 2})
    expect(said.seen()).to.include('config.yaml does not list aws-oidc-keycloak.')
    expect(installed('aws-oidc-keycloak')).to.equal(false)
  })

  it('installs nothing unattended, and says what to type', async () => {
    const args = ['setup', '--yes', '--provider', 'corp', '--strategy', 'keycloak']
    const {exitCode, stderr} = await scene.home.run(args, registry.env)
    expect(exitCode).to.equal(2)
    expect(stderr).to.include('Try: aws-oidc plugins install aws-oidc-keycloak')
    expect(installed('aws-oidc-keycloak')).to.equal(false)
    expect(await config()).to.equal(mine)
  })
})
