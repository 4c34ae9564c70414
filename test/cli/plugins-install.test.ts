import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync} from 'node:fs'
import {copyFile, lstat, readdir, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {isOneDocument} from '../support/document.ts'
import {bin, type Ending} from '../support/home.ts'
import {hookWith, pluginManifest} from '../support/planted-plugin.ts'
import {startRegistry, type TestRegistry} from '../support/registry.ts'
import {root} from '../support/sandbox.ts'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '--profile', 'developer']
const mark = join(tmpdir(), `aws-oidc-mark-${process.pid}`)
const leavesMark = `${JSON.stringify(process.execPath)} -e "require('fs').writeFileSync('${mark}', '')"`

/** The package.json of a plugin whose strategy has this id. */
function manifestOf(name: string, id: string, version = '1.0.0') {
  return {
    ...pluginManifest({name, id, version}),
    scripts: {preinstall: leavesMark, install: leavesMark, postinstall: leavesMark, prepare: leavesMark},
  }
}

const hookOf = (id: string) => hookWith({}).replace("id: 'ping'", `id: '${id}'`)

describe('plugins', function () {
  // The first run on a machine installs the registry.
  this.timeout(300_000)
  const scene = useScene()
  let registry: TestRegistry

  before(async () => {
    registry = await startRegistry()
    const ours = (await readdir(join(root, 'plugins'))).map(name => join(root, 'plugins', name))
    for (const folder of ours) await registry.publish(folder)
    for (const [name, id] of [
      ['aws-oidc-ping', 'ping'],
      ['aws-oidc-pong', 'pong'],
    ] as const) {
      await registry.publish(await source(manifestOf(name, id), {'strategies.js': hookOf(id)}))
    }
    await registry.notePublisher('aws-oidc-ping', {name: 'alice', email: 'alice@example.com'})
    await rm(mark, {force: true})
  })
  after(async () => {
    await registry?.stop()
    await rm(mark, {force: true})
  })

  const dataFolder = () => join(scene.home.folder, '.local/share/aws-oidc')
  const plugins = (...args: readonly string[]) => scene.home.run(['plugins', ...args], registry.env)
  const source: TestRegistry['source'] = (...written) => registry.source(...written)

  async function works(strategy: string): Promise<void> {
    await scene.home.configure({provider: {strategy}})
    isOneDocument(await scene.home.run([...creds, '--force']))
  }

  async function isGone(name: string): Promise<void> {
    expect(existsSync(join(dataFolder(), 'node_modules', name)), name).to.equal(false)
    expect(await readFile(join(dataFolder(), 'package.json'), 'utf8')).not.to.include(name)
  }

  function refused({exitCode, stdout, stderr}: Ending, code: number, ...told: readonly string[]): void {
    expect({exitCode, stdout}, stderr).to.deep.equal({exitCode: code, stdout: ''})
    for (const text of told) expect(stderr).to.include(text)
  }

  it('are shown, installed by name, used, updated and uninstalled, and their install scripts never run', async () => {
    const {exitCode, stdout, stderr} = await plugins('install', 'aws-oidc-ping')
    expect({exitCode, stdout}, stderr).to.deep.equal({
      exitCode: 0,
      stdout: 'Installed aws-oidc-ping 1.0.0, which provides "strategy: ping".\n',
    })
    expect(stderr).to.match(
      /^Package: {3}aws-oidc-ping 1\.0\.0\nPublisher: alice <alice@example\.com>\nIntegrity: sha512-\S+==\nReleased: {2}20\d\d-\d\d-\d\d\nBuild: {5}no statement of how it was built\nBrings: {4}strategy ping\n$/,
    )
    await works('ping')
    if (process.platform !== 'win32') expect(((await lstat(dataFolder())).mode & 0o777).toString(8)).to.equal('700')

    const newer = manifestOf('aws-oidc-ping', 'ping', '1.1.0')
    await registry.publish(await source(newer, {'strategies.js': hookOf('ping')}))
    await rm(mark, {force: true})
    const update = await plugins('update')
    expect(update, update.stderr).to.include({
      exitCode: 0,
      stdout: 'Updated aws-oidc-ping from 1.0.0 to 1.1.0.\n',
    })
    expect(update.stderr).to.match(
      /^Package: {3}aws-oidc-ping 1\.1\.0\nPublisher: .+\nIntegrity: sha512-\S+==\nReleased: /,
    )
    expect(await plugins('update')).to.include({
      exitCode: 0,
      stdout: 'aws-oidc-ping 1.1.0 is up to date.\n',
      stderr: '',
    })
    expect((await plugins()).stdout).to.include('aws-oidc-ping 1.1.0')
    await works('ping')
    expect(existsSync(mark), 'a script ran').to.equal(false)

    expect(await plugins('uninstall', 'aws-oidc-ping')).to.include({exitCode: 0})
    await isGone('aws-oidc-ping')
    expect((await scene.home.run(creds)).stderr).to.include(
      'There is no strategy "ping". Installed: identity-center, oidc, saml2.',
    )
  })

  it('do not disturb one another, whether installed by name or from a URL', async () => {
    expect(await plugins('install', 'aws-oidc-ping@1.0.0')).to.include({exitCode: 0})
    expect(await plugins('add', 'aws-oidc-pong')).to.include({exitCode: 0})
    await works('ping')
    await works('pong')
    for (const name of ['aws-oidc-ping', 'aws-oidc-pong']) {
      expect(await plugins('uninstall', name)).to.include({exitCode: 0})
    }
    for (const name of ['aws-oidc-ping', 'aws-oidc-pong']) {
      const ended = await plugins('install', `${registry.url}${name}/-/${name}-1.0.0.tgz`)
      expect(ended, ended.stderr).to.include({exitCode: 0})
    }
    await works('ping')
    await works('pong')
  })

  it('are installed from the path of a tarball, even a relative one, and with an unreachable registry', async () => {
    const tarball = await registry.pack(
      await source(manifestOf('aws-oidc-pang', 'pang'), {'strategies.js': hookOf('pang')}),
    )
    await rm(mark, {force: true})
    const env = {...registry.env, AWS_OIDC_NPM_REGISTRY: 'http://127.0.0.1:9/'}
    const ended = await scene.home.run(['plugins', 'install', tarball], env)
    expect(ended, ended.stderr).to.include({exitCode: 0})
    expect(ended.stderr).to.include('Publisher: unknown: it does not come from a registry')
    await works('pang')
    expect(existsSync(mark), 'a script ran').to.equal(false)

    await copyFile(tarball, join(scene.home.folder, 'plugin.tgz'))
    const again = await scene.home.run(['plugins', 'install', 'plugin.tgz', '--json'], env)
    const {integrity, ...installed} = JSON.parse(again.stdout)
    expect(integrity).to.match(/^sha512-/)
    expect(installed).to.deep.equal({
      name: 'aws-oidc-pang',
      version: '1.0.0',
      strategies: ['pang'],
      caches: [],
      commands: [],
    })
    await works('pang')

    await rm(tarball)
    await rm(join(scene.home.folder, 'plugin.tgz'))
    expect(await plugins('install', 'aws-oidc-pong'), 'it is not fetched again').to.include({exitCode: 0})
    expect((await plugins('update')).stdout).to.include('aws-oidc-pang 1.0.0 is up to date.\n')
    await works('pang')
  })

  it('run no scripts when they are linked, either', async () => {
    const manifest = manifestOf('aws-oidc-peng', 'peng')
    const lock = {name: manifest.name, lockfileVersion: 3, packages: {'': {name: manifest.name, version: '1.0.0'}}}
    const files = {'strategies.js': hookOf('peng'), 'package-lock.json': JSON.stringify(lock)}
    const linked = await plugins('link', await source(manifest, files))
    expect(linked, linked.stderr).to.include({exitCode: 0})
    await works('peng')
    expect(existsSync(mark), 'a script ran').to.equal(false)
  })

  it('may bring commands: our own sandbox, linked, and from the registry as packed', async () => {
    const sandbox = join(root, 'plugins/sandbox')
    expect(await plugins('link', sandbox, '--no-install')).to.include({exitCode: 0})
    expect((await scene.home.run(['sandbox', '--help'])).stdout).to.include('for trying aws-oidc without an account')
    expect(await plugins('uninstall', 'aws-oidc-sandbox')).to.include({exitCode: 0})

    // Its dependencies are packages of others.
    const proxied = await startRegistry({proxied: true})
    try {
      await proxied.publish(sandbox)
      const ended = await scene.home.run(['plugins', 'install', 'aws-oidc-sandbox'], proxied.env)
      expect(ended, ended.stderr).to.include({exitCode: 0})
      expect(ended.stdout).to.include('which provides "aws-oidc sandbox"')
    } finally {
      await proxied.stop()
    }
    // Not through the home, which would report the passwords that the sandbox prints as leaked.
    const env = {
      HOME: scene.home.folder,
      XDG_DATA_HOME: join(scene.home.folder, '.local/share'),
      PATH: process.env.PATH,
    }
    const child = spawn(process.execPath, [bin, 'sandbox', 'start', '--json'], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const line = await new Promise(resolve => child.stdout.once('data', resolve))
    child.kill('SIGTERM')
    await once(child, 'exit')
    expect(JSON.parse(String(line))).to.have.property('issuer')
    expect(await plugins('uninstall', 'aws-oidc-sandbox')).to.include({exitCode: 0})
  })

  it('may bring caches: ours for pass, from the registry as packed', async () => {
    const ended = await plugins('install', 'aws-oidc-cache-pass')
    expect(ended, ended.stderr).to.include({
      exitCode: 0,
      stdout: 'Installed aws-oidc-cache-pass 1.0.0, which provides "cache: pass".\n',
    })
    expect(ended.stderr).to.include('Publisher: unknown: the registry does not say')
    await scene.home.configure({top: {cache: 'pass'}})
    const ran = await scene.home.run(creds, {PASSWORD_STORE_DIR: join(scene.home.folder, 'nowhere')})
    expect(ran.stderr).to.include('There is no password store in')
  })

  it('may support one provider: ours for Keycloak, from the registry as packed', async () => {
    const ended = await plugins('install', 'aws-oidc-keycloak')
    expect(ended, ended.stderr).to.include({
      exitCode: 0,
      stdout: 'Installed aws-oidc-keycloak 1.0.0, which provides "strategy: keycloak".\n',
    })
    const {origin} = new URL(scene.sandbox.issuer)
    await scene.home.configure({
      provider: {strategy: 'keycloak', url: origin, realm: 'example', issuer: undefined, rolesClaim: undefined},
    })
    refused(await scene.home.run(creds), 2, `There is no realm "example" at ${origin}/.`)
  })

  it('must be allowed where the configuration has a list of allowed plugins', async () => {
    await scene.home.configure({top: {plugins: {allow: ['aws-oidc-pong', '@example/*']}}})
    refused(
      await plugins('install', 'aws-oidc-ping'),
      2,
      '"plugins.allow" in',
      'does not list aws-oidc-ping',
      'Try: Add',
    )
    expect(existsSync(join(dataFolder(), 'node_modules'))).to.equal(false)
    expect(await plugins('install', 'aws-oidc-pong')).to.include({exitCode: 0})
  })

  it('can be installed while the configuration uses what they bring', async () => {
    await scene.home.configure({top: {cache: 'not-there-yet'}})
    expect(await plugins('install', 'aws-oidc-ping')).to.include({exitCode: 0})
  })

  it('that can not be used are removed, an earlier version is restored, and none of their code has run', async () => {
    const older = manifestOf('aws-oidc-bad', 'bad')
    await registry.publish(await source(older, {'strategies.js': hookOf('bad')}))
    for (const name of ['aws-oidc-bad', 'aws-oidc-pong']) {
      expect(await plugins('install', name)).to.include({exitCode: 0})
    }
    const newer = {...older, version: '1.1.0', engines: {'aws-oidc': '>=9'}}
    await registry.publish(
      await source(
        {...newer, oclif: {...newer.oclif, commands: './commands'}},
        {
          'strategies.js': "import 'node:fs'; throw 1",
          'commands/good.cjs': `require('fs').writeFileSync('${mark}', '')`,
        },
      ),
    )
    const pong = manifestOf('aws-oidc-pong', 'pong', '1.1.0')
    await registry.publish(await source(pong, {'strategies.js': hookOf('pong')}))
    await rm(mark, {force: true})
    const told = 'aws-oidc-bad was not installed: it needs aws-oidc >=9; this is 1.0.0.'
    const update = await plugins('update')
    expect(update, update.stderr).to.include({
      exitCode: 1,
      stdout: `aws-oidc-bad stays at 1.0.0: ${told}
Try: git pull && npm ci && npm run build (in ${root})
Updated aws-oidc-pong from 1.0.0 to 1.1.0.\n`,
    })
    await works('bad')
    await works('pong')

    expect(await plugins('uninstall', 'aws-oidc-bad')).to.include({exitCode: 0})
    refused(await plugins('install', 'aws-oidc-bad'), 1, told)
    await isGone('aws-oidc-bad')
    expect(existsSync(mark), 'code ran').to.equal(false)
  })

  it('that do not exist are told apart from a registry that can not be reached', async () => {
    refused(await plugins('install', 'aws-oidc-nowhere'), 2, 'There is no package aws-oidc-nowhere@latest.')
    for (const range of ['77', '^77', 'nightly']) {
      const told = `No version of aws-oidc-ping matches "${range}". The latest is 1.`
      refused(
        await plugins('install', `aws-oidc-ping@${range}`),
        2,
        told,
        'Try: aws-oidc plugins install aws-oidc-ping@1.',
      )
    }
    refused(await plugins('install', './nowhere.tgz'), 2, 'There is no package')
    refused(await plugins('install', root), 2, `Try: aws-oidc plugins link ${root}`)
    const env = {...registry.env, AWS_OIDC_NPM_REGISTRY: 'http://127.0.0.1:9/'}
    const offline = await scene.home.run(['plugins', 'install', 'aws-oidc-ping'], env)
    refused(offline, 6, 'npm could not get aws-oidc-ping@latest', 'ECONNREFUSED', 'AWS_OIDC_NPM_REGISTRY')
  })
})
