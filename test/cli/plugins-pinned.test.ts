import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {parse} from 'yaml'
import {plantCommand} from '../support/commanding-plugin.ts'
import {isOneDocument} from '../support/document.ts'
import {hookWith, pluginManifest} from '../support/planted-plugin.ts'
import {startRegistry, type TestRegistry} from '../support/registry.ts'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '--profile', 'developer', '--force']

describe('a pinned plugin', function () {
  // The first run on a machine installs the registry.
  this.timeout(300_000)
  const scene = useScene()
  let registry: TestRegistry

  before(async () => {
    registry = await startRegistry()
    await publish('1.0.0')
  })
  after(() => registry?.stop())

  async function publish(version: string): Promise<void> {
    await registry.publish(await registry.source(pluginManifest({version}), {'strategies.js': hookWith({})}))
  }

  const plugins = (...args: readonly string[]) => scene.home.run(['plugins', ...args], registry.env)
  const configFile = () => join(scene.home.folder, '.config/aws-oidc/config.yaml')
  const pins = async () => parse(await readFile(configFile(), 'utf8')).plugins.allow
  const beginWith = (text: string) => readFile(configFile(), 'utf8').then(now => scene.home.writeConfig(text + now))

  it('is used as it was, however it changes afterwards, until somebody pins it anew', async () => {
    await scene.home.configure({provider: {strategy: 'ping'}})
    await beginWith('# ours\n')
    const installed = await plugins('install', 'aws-oidc-ping', '--pin')
    expect(installed, installed.stderr).to.include({exitCode: 0})
    expect(installed.stdout).to.include('It is pinned in the configuration.')
    expect(await readFile(configFile(), 'utf8')).to.match(/^# ours\n/)
    const [, integrity] = /^Integrity: (\S+)$/m.exec(installed.stderr) ?? []
    expect(await pins()).to.deep.equal({'aws-oidc-ping': {version: '1.0.0', integrity}})
    isOneDocument(await scene.home.run(creds))

    await publish('1.1.0')
    const update = await plugins('update')
    expect(update).to.include({exitCode: 0, stderr: ''})
    expect(update.stdout).to.include('aws-oidc-ping stays at 1.0.0: it is pinned.')
    const newer = await plugins('install', 'aws-oidc-ping')
    expect(newer).to.include({exitCode: 2, stdout: ''})
    expect(newer.stderr).to.include('pins aws-oidc-ping to 1.0.0, but this is 1.1.0.')
    expect(newer.stderr).to.include('Try: aws-oidc plugins install aws-oidc-ping@1.1.0 --pin')
    isOneDocument(await scene.home.run(creds))

    const again = await plugins('install', 'aws-oidc-ping@1.1.0', '--pin')
    expect(again, again.stderr).to.include({exitCode: 0})
    expect((await pins())['aws-oidc-ping'].version).to.equal('1.1.0')
    isOneDocument(await scene.home.run(creds))
  })

  it('is not loaded where npm has noted another content than was pinned', async () => {
    await scene.home.configure({provider: {strategy: 'ping'}})
    expect(await plugins('install', 'aws-oidc-ping@1.0.0', '--pin')).to.include({exitCode: 0})
    const lock = join(scene.home.folder, '.local/share/aws-oidc/package-lock.json')
    await writeFile(lock, (await readFile(lock, 'utf8')).replace(/sha512-[^"]+/, 'sha512-AAAA'))
    const {exitCode, stdout, stderr} = await scene.home.run(creds)
    expect({exitCode, stdout}).to.deep.equal({exitCode: 2, stdout: ''})
    expect(stderr).to.include('pins aws-oidc-ping to 1.0.0, but its integrity is another one.')
    expect(stderr).to.include('Try: aws-oidc plugins install aws-oidc-ping@1.0.0')
    expect((await plugins()).stderr).to.include('The plugin aws-oidc-ping is installed but not used: "plugins.allow"')
    expect((await scene.home.run(['doctor', '--json', '--no-network'])).stdout).to.include('plugin.pinned')
    // Which is the way out.
    expect(await plugins('install', 'aws-oidc-ping@1.0.0')).to.include({exitCode: 0})
    isOneDocument(await scene.home.run(creds))
  })

  it('leaves the other plugins in use, where nothing was listed before', async () => {
    await plantCommand(scene.home, {name: 'pong'})
    expect(await plugins('install', 'aws-oidc-ping@1.0.0', '--pin')).to.include({exitCode: 0})
    expect(Object.keys(await pins())).to.deep.equal(['aws-oidc-pong', 'aws-oidc-ping'])
    expect(await scene.home.run(['pong'])).to.include({exitCode: 0, stdout: 'pong\n'})
  })

  it('is not installed where it can not be pinned', async () => {
    const provider = '{strategy: oidc, issuer: "https://idp.example.com", clientId: c, scopes: *names}'
    await scene.home.writeConfig(`plugins: {allow: &names [aws-oidc-ping]}\nproviders: {corp: ${provider}}\n`)
    const before = await plugins()
    const {exitCode, stdout, stderr} = await plugins('install', 'aws-oidc-ping@1.0.0', '--pin')
    expect({exitCode, stdout}).to.deep.equal({exitCode: 2, stdout: ''})
    expect(stderr).to.include('no command can pin "aws-oidc-ping"').and.include('Write by hand')
    expect(await plugins()).to.deep.equal(before)
  })
})
