import {mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {systemFiles} from '../../src/outside/files/files.ts'
import type {Npm} from '../../src/outside/processes/npm.ts'
import {type InstallDependencies, installPlugin} from '../../src/registry/install.ts'
import {writePackage} from '../support/written-package.ts'

const own = {
  name: 'aws-oidc',
  root: '/nowhere',
  manifest: {version: '1.2.3', 'aws-oidc': {strategies: ['oidc'], caches: ['keyring']}, dependencies: {yaml: '^2'}},
}
const good = {
  name: 'aws-oidc-ping',
  version: '1.0.0',
  'aws-oidc': {apiVersion: 1, strategies: ['ping']},
  oclif: {hooks: {'aws-oidc:strategies': './strategies.js'}},
}
const builtIn = ['creds', 'cache:clear', 'plugins:install', 'plugins:add']
const commands = (id: string, more: object = {}) => ({
  'oclif.manifest.json': JSON.stringify({version: '1.0.0', commands: {[id]: {id, aliases: [], ...more}}}),
})
const withCommands = {...good, oclif: {commands: './commands'}}

describe('installing a plugin', () => {
  let folder = ''
  let said: string[] = []
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aws-oidc-install-'))
    said = []
  })
  afterEach(() => rm(folder, {recursive: true, force: true}))

  interface Offered {
    readonly manifest?: Readonly<Record<string, unknown>>
    readonly files?: Readonly<Record<string, string>>
    readonly user?: unknown
    /** The integrity of what is installed, where that differs from what was shown. */
    readonly integrity?: string
    readonly allowedPlugins?: readonly string[]
  }

  /** An npm whose registry offers one package. */
  function partsWith({
    manifest = good,
    files,
    user,
    integrity = 'sha512-shown',
    allowedPlugins,
  }: Offered): InstallDependencies {
    const {name, version} = manifest
    const npm: Npm = {
      async run([command, ...args], into) {
        if (command === 'pack') return [{name, version, integrity: 'sha512-shown'}]
        if (command === 'view') return {name, version, _npmUser: user}
        const modules = join(into, 'node_modules')
        if (args.length === 1) return rm(modules, {recursive: true, force: true})
        const lock = {packages: {[`node_modules/${name}`]: {version, integrity}}}
        return writePackage(join(modules, String(name)), manifest, {
          ...files,
          '../.package-lock.json': JSON.stringify(lock),
        })
      },
    }
    return {
      own,
      dataFolder: folder,
      configuration: {allowedPlugins, path: 'config.yaml'},
      files: systemFiles,
      npm,
      npmOptions: {registry: undefined, signal: new AbortController().signal},
      log: {debug: () => undefined, info: text => said.push(text), warn: text => said.push(text)},
    }
  }

  const install = (offered: Offered, plugin = 'aws-oidc-ping') =>
    installPlugin({plugin, builtIn}, partsWith(offered)).catch((error: unknown) => error)
  const packageJson = async () => JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))

  for (const [publisher, user] of [
    ['alice <alice@example.com>', 'alice <alice@example.com>'],
    [
      'GitHub Actions',
      {name: 'GitHub Actions', email: 'npm-oidc-no-reply@github.com', trustedPublisher: {id: 'github'}},
    ],
  ] as const) {
    it(`shows who published it (${publisher}), and lists it for oclif`, async () => {
      expect(await install({user})).to.include({name: 'aws-oidc-ping', version: '1.0.0'})
      expect(said).to.deep.equal([
        'Package:   aws-oidc-ping 1.0.0',
        `Publisher: ${publisher}`,
        'Integrity: sha512-shown',
      ])
      expect((await packageJson()).oclif.plugins).to.deep.equal([{name: 'aws-oidc-ping', type: 'user', tag: 'latest'}])
    })
  }

  it('says so where the registry does not name a publisher', async () => {
    await install({})
    expect(said).to.include('Publisher: unknown: the registry does not say')
  })

  for (const [words, manifest, files, told] of [
    [
      'brings a strategy that is built in',
      {...good, 'aws-oidc': {apiVersion: 1, strategies: ['ping', 'oidc']}},
      {},
      'it provides the strategy "oidc", which is built in',
    ],
    [
      'brings a cache that is built in',
      {...good, 'aws-oidc': {apiVersion: 1, caches: ['keyring']}},
      {},
      'it provides the cache "keyring", which is built in',
    ],
    [
      'brings a command that is built in',
      withCommands,
      commands('cache:clear'),
      'it provides the command "cache clear", which is built in',
    ],
    [
      'brings a command of another name for one that is built in',
      withCommands,
      commands('good', {aliases: ['plugins:install']}),
      'it provides the command "plugins install", which is built in',
    ],
    [
      'has commands that would be loaded at each start',
      withCommands,
      {},
      'it has commands but no oclif.manifest.json, so that all of them would be loaded at each start',
    ],
    ['needs another aws-oidc', {...good, engines: {'aws-oidc': '>=9'}}, {}, 'it needs aws-oidc >=9; this is 1.2.3'],
    [
      'is no plugin',
      {name: good.name, version: good.version},
      {},
      'it is not a plugin (its package.json has no "oclif")',
    ],
    [
      'was built for another contract',
      {...good, 'aws-oidc': {apiVersion: 2}},
      {},
      'it was built for version 2 of the contract; this is version 1',
    ],
  ] as const) {
    it(`uninstalls a package that ${words}`, async () => {
      expect(await install({manifest, files})).to.include({
        code: 'PLUGIN_FAILED',
        message: `aws-oidc-ping was not installed: ${told}.`,
      })
      expect((await packageJson()).oclif.plugins).to.deep.equal([])
      expect(await systemFiles.readText(join(folder, 'node_modules/aws-oidc-ping/package.json'))).to.equal(undefined)
    })
  }

  it('uninstalls a package that differs from what was shown', async () => {
    expect(await install({integrity: 'sha512-other'})).to.include({code: 'BAD_RESPONSE'})
    expect((await packageJson()).oclif.plugins).to.deep.equal([])
  })

  it('fetches nothing that the configuration does not allow, or that would replace a part of aws-oidc', async () => {
    expect(await install({allowedPlugins: ['aws-oidc-pong', '@aws-oidc-ping/*']})).to.include({
      code: 'CONFIG_INVALID',
      message: '"plugins.allow" in config.yaml does not list aws-oidc-ping.',
    })
    for (const name of ['aws-oidc', 'yaml']) {
      expect(await install({manifest: {...good, name}}, name)).to.include({code: 'USAGE'})
    }
    expect(said).to.deep.equal([])
    expect(await systemFiles.readText(join(folder, 'package.json'))).to.equal(undefined)
    expect(await install({allowedPlugins: ['aws-oidc-*']})).to.include({name: 'aws-oidc-ping'})
  })
})
