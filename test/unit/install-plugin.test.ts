import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import type {ProviderConfiguration} from '../../src/config/schema.ts'
import {AwsOidcError} from '../../src/errors.ts'
import {systemFiles} from '../../src/outside/files/files.ts'
import {systemTrees} from '../../src/outside/files/trees.ts'
import type {Npm} from '../../src/outside/processes/npm.ts'
import {type InstallDependencies, installOnConsent, installPlugin} from '../../src/registry/install.ts'
import {linkPlugin} from '../../src/registry/link.ts'
import {resetPlugins} from '../../src/registry/reset.ts'
import {uninstallPlugin} from '../../src/registry/uninstall.ts'
import {updatePlugins} from '../../src/registry/update.ts'
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

const rule = (id: string) =>
  id === 'constructor' || id === '__proto__'
    ? 'that is a word of JavaScript'
    : 'an id is made of lower-case letters, digits and hyphens, and begins with a letter'

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
    /** What else the registry says of the version. */
    readonly facts?: Readonly<Record<string, unknown>>
    /** The integrity of what is installed, where that differs from what was shown. */
    readonly integrity?: string
    readonly allowedPlugins?: readonly string[]
    readonly providers?: InstallDependencies['configuration']['providers']
    readonly cache?: string
  }

  /** An npm whose registry offers one package. */
  function partsWith({
    manifest = good,
    files,
    user,
    facts,
    integrity = 'sha512-shown',
    allowedPlugins,
    providers = {},
    cache = 'auto',
  }: Offered): InstallDependencies {
    const {name, version} = manifest
    const npm: Npm = {
      async run([command, ...args], into) {
        if (command === 'pack') return [{name, version, integrity: 'sha512-shown'}]
        if (command === 'view') return {name, version, _npmUser: user, ...facts}
        const modules = join(into, 'node_modules')
        if (args.length === 1) return rm(modules, {recursive: true, force: true})
        if (command === 'uninstall') return rm(join(modules, String(args.at(-1))), {recursive: true, force: true})
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
      configuration: {allowedPlugins, pinnedPlugins: new Map(), path: 'config.yaml', providers, cache},
      files: systemFiles,
      trees: systemTrees,
      exclusively: work => work(),
      nodeVersion: '24.15.0',
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
        'Released:  unknown',
        'Build:     no statement of how it was built',
        'Brings:    nothing',
      ])
      expect((await packageJson()).oclif.plugins).to.deep.equal([{name: 'aws-oidc-ping', type: 'user', tag: 'latest'}])
    })
  }

  it('shows when it was published, whether there is a statement of its build, and what it brings', async () => {
    const provenance = {predicateType: 'https://slsa.dev/provenance/v1'}
    await install({
      facts: {
        time: {'0.9.0': '2020-01-01T00:00:00.000Z', '1.0.0': '2026-03-01T12:00:00.000Z'},
        dist: {attestations: {url: 'https://registry.example/attestations', provenance}},
        'aws-oidc': {apiVersion: 1, strategies: ['ping', 'constructor'], caches: ['vault']},
        oclif: {commands: './commands', hooks: {'in\u001bit': './init.js', 'aws-oidc:caches': './caches.js'}},
      },
    })
    expect(said.slice(3)).to.deep.equal([
      'Released:  2026-03-01',
      'Build:     the registry has a statement of how it was built (not verified here)',
      'Brings:    strategy ping, cache vault, commands, hooks around its commands (in it)',
    ])
  })

  it('shows which installed plugins depend on it, and no line where none does', async () => {
    await install({})
    expect(said.filter(line => line.startsWith('Needed by'))).to.deep.equal([])
    const user = {...good, name: 'aws-oidc-user', 'aws-oidc': {}, peerDependencies: {'aws-oidc-ping': '^1.0.0'}}
    await install({manifest: user}, 'aws-oidc-user')
    said = []
    await install({})
    expect(said).to.include('Needed by: aws-oidc-user')
  })

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
    ...(['oidc ', 'OIDC', '__proto__', 'constructor', '1ping', 'ping_pong', '-ping', ''] as const).map(
      id =>
        [
          `names a strategy ${JSON.stringify(id)}`,
          {...good, 'aws-oidc': {apiVersion: 1, strategies: ['ping', id]}},
          {},
          `it provides the strategy "${id}", but ${rule(id)}`,
        ] as const,
    ),
    [
      'names a cache that is no id',
      {...good, 'aws-oidc': {apiVersion: 1, caches: ['My Cache']}},
      {},
      'it provides the cache "My Cache", but an id is made of lower-case letters, digits and hyphens, and begins with a letter',
    ],
    [
      'declares further plugins',
      {...good, dependencies: {'aws-oidc-inner': '1.0.0'}, oclif: {...good.oclif, plugins: ['aws-oidc-inner']}},
      {},
      'it declares further plugins (aws-oidc-inner), whose commands and hooks nobody has agreed to',
    ],
    ['needs another Node', {...good, engines: {node: '>=99'}}, {}, 'it needs Node >=99; this is 24.15.0'],
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
    it(`does not install a package that ${words}`, async () => {
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

  it('says which other plugin provides the same before anybody agrees, unless that one is not allowed', async () => {
    const pong = {...good, name: 'aws-oidc-pong'}
    await install({manifest: pong}, 'aws-oidc-pong')
    const warning =
      'Both aws-oidc-pong and aws-oidc-ping would provide the strategy "ping": neither can be used while both are installed, unless "plugins.allow" lists only one of them.'
    said = []
    const agreed = await installOnConsent(
      {plugin: 'aws-oidc-ping', builtIn},
      async () => {
        said.push('asked')
        return false
      },
      partsWith({}),
    )
    expect(agreed).to.equal(undefined)
    expect(said.slice(-2)).to.deep.equal([warning, 'asked'])
    expect((await packageJson()).oclif.plugins).to.have.length(1)

    said = []
    await install({allowedPlugins: ['aws-oidc-ping']})
    expect(said.join()).not.to.include('Both')
  })

  it('asks nobody about a package that can not be used', async () => {
    const manifest = {...good, engines: {'aws-oidc': '>=9'}}
    const asked = installOnConsent(
      {plugin: 'aws-oidc-ping', builtIn},
      () => Promise.reject(new Error('asked')),
      partsWith({manifest}),
    )
    expect(await asked.catch(error => error)).to.include({code: 'PLUGIN_FAILED'})
  })

  it('installs for a user who agrees what was shown', async () => {
    const installed = await installOnConsent({plugin: 'aws-oidc-ping', builtIn}, async () => true, partsWith({}))
    expect(installed).to.include({name: 'aws-oidc-ping'})
    expect(await systemFiles.readText(join(folder, 'node_modules/aws-oidc-ping/package.json'))).to.include('ping')
  })

  it('tells a version that does not exist from a package that does not, and names the latest', async () => {
    const refusing = (isThere: boolean): InstallDependencies => ({
      ...partsWith({}),
      npm: {
        async run([command]) {
          if (command === 'view' && isThere) return {name: 'aws-oidc-ping', version: '1.4.2'}
          throw new AwsOidcError('USAGE', 'There is no package aws-oidc-ping@^9.')
        },
      },
    })
    const complaint = (isThere: boolean) =>
      installPlugin({plugin: 'aws-oidc-ping@^9', builtIn}, refusing(isThere)).catch((error: unknown) => error)
    expect(await complaint(true)).to.include({
      code: 'USAGE',
      message: 'No version of aws-oidc-ping matches "^9". The latest is 1.4.2.',
      hint: 'aws-oidc plugins install aws-oidc-ping@1.4.2',
    })
    expect(await complaint(false)).to.include({message: 'There is no package aws-oidc-ping@^9.'})
  })

  const provider = {name: 'Okta', strategy: 'ping'} as ProviderConfiguration
  const lost = {...good, version: '2.0.0', 'aws-oidc': {apiVersion: 1, strategies: ['pong'], caches: ['pang']}}

  it('keeps a version whose strategy or cache is in use, where the next one no longer provides it', async () => {
    const first = {...good, 'aws-oidc': {apiVersion: 1, strategies: ['ping'], caches: ['store']}}
    for (const [use, told] of [
      [
        {providers: {okta: provider}},
        'version 2.0.0 no longer provides the strategy "ping", which the provider okta uses',
      ],
      [{cache: 'store'}, 'version 2.0.0 no longer provides the cache "store", which the configuration uses'],
    ] as const) {
      await install({manifest: first})
      const [update] = await updatePlugins(builtIn, partsWith({manifest: lost, ...use}))
      expect(update?.error).to.include({code: 'PLUGIN_FAILED', message: `aws-oidc-ping was not installed: ${told}.`})
      expect(update?.now).to.equal(undefined)
      expect(await install({manifest: lost, ...use}), 'also by its name').to.include({code: 'PLUGIN_FAILED'})
      const kept = await systemFiles.readText(join(folder, 'node_modules/aws-oidc-ping/package.json'))
      expect(kept).to.include('"version":"1.0.0"')
    }
    const [update] = await updatePlugins(builtIn, partsWith({manifest: lost}))
    expect(update?.now, 'nobody uses it').to.include({version: '2.0.0'})
  })

  it('lets go of a strategy in use that another plugin provides', async () => {
    await install({})
    await install({manifest: {...good, name: 'aws-oidc-pong'}}, 'aws-oidc-pong')
    const [update] = await updatePlugins(builtIn, partsWith({manifest: lost, providers: {okta: provider}}))
    expect(update?.now).to.include({version: '2.0.0'})
  })

  it('does not update what is not allowed, nor ask a registry about it', async () => {
    await install({})
    const asked: unknown[] = []
    const parts = partsWith({manifest: lost, allowedPlugins: ['aws-oidc-pong']})
    const npm: Npm = {run: async args => asked.push(args)}
    const [update] = await updatePlugins(builtIn, {...parts, npm})
    expect(update?.error).to.include({
      code: 'CONFIG_INVALID',
      message: '"plugins.allow" in config.yaml does not list aws-oidc-ping.',
    })
    expect(asked).to.deep.equal([])
  })

  it('changes nothing before its turn, whichever way plugins are changed', async () => {
    await install({})
    const linked = await writePackage(join(folder, 'linked'), {...good, name: 'aws-oidc-pong'})
    const newer = {...good, version: '2.0.0'}
    const waiting = new Error('it is the turn of another one')
    const parts = {...partsWith({manifest: newer}), exclusively: () => Promise.reject(waiting)}
    const inventory = async () => (await readdir(folder, {recursive: true})).toSorted()
    const before = [await inventory(), await packageJson()]
    for (const [words, change] of Object.entries({
      install: () => installPlugin({plugin: 'aws-oidc-ping', builtIn}, parts),
      setup: () => installOnConsent({plugin: 'aws-oidc-ping', builtIn}, async () => true, parts),
      update: () => updatePlugins(builtIn, parts),
      uninstall: () => uninstallPlugin('aws-oidc-ping', parts),
      link: () => linkPlugin({folder: linked, builtIn, withDependencies: false}, parts),
      reset: () => resetPlugins(parts),
    })) {
      expect(await change().catch((error: unknown) => error), words).to.equal(waiting)
      expect([await inventory(), await packageJson()], words).to.deep.equal(before)
    }
  })

  it('does not bring back a plugin that was uninstalled while its update was waiting', async () => {
    await install({})
    const parts = partsWith({manifest: {...good, version: '2.0.0'}})
    let isFirst = true
    const updates = await updatePlugins(builtIn, {
      ...parts,
      async exclusively(work) {
        if (isFirst) {
          isFirst = false
          await uninstallPlugin('aws-oidc-ping', parts)
        }
        return work()
      },
    })
    expect(updates).to.deep.equal([])
    expect((await packageJson()).oclif.plugins).to.deep.equal([])
  })

  it('replaces an installed plugin by a linked one, and warns of what another plugin provides', async () => {
    await install({})
    const parts = partsWith({})
    const pong = await writePackage(join(folder, 'pong'), {...good, name: 'aws-oidc-pong'})
    said = []
    await linkPlugin({folder: pong, builtIn, withDependencies: false}, parts)
    expect(said).to.have.length(1)
    expect(said[0]).to.include('Both aws-oidc-ping and aws-oidc-pong would provide the strategy "ping"')
    const ping = await writePackage(join(folder, 'ping'), good)
    await linkPlugin({folder: ping, builtIn, withDependencies: false}, parts)
    expect((await packageJson()).oclif.plugins).to.deep.equal([
      {name: 'aws-oidc-pong', type: 'link', root: pong},
      {name: 'aws-oidc-ping', type: 'link', root: ping},
    ])
    expect(await systemFiles.readText(join(folder, 'node_modules/aws-oidc-ping/package.json'))).to.equal(undefined)
  })

  const drives = (version: string) =>
    `aws-oidc ${version} can't drive a browser yet: the strategies of aws-oidc-ping that call samlFromBrowser will fail.`
  const call = 'export const signIn = (settings, host) => host.samlFromBrowser(settings.start)'

  it('warns of strategies that would have a browser driven, and installs them all the same', async () => {
    expect(await install({files: {'dist/portal.js': call}})).to.include({name: 'aws-oidc-ping'})
    expect(said.filter(text => text.includes('browser'))).to.deep.equal([drives('1.2.3')])
  })

  it('warns of them once where a folder is linked', async () => {
    const ping = await writePackage(join(folder, 'ping'), good, {'lib/deep/portal.mjs': call})
    await linkPlugin({folder: ping, builtIn, withDependencies: false}, partsWith({}))
    expect(said).to.deep.equal([drives('1.2.3')])
  })

  for (const [what, manifest, files] of [
    ['its dependencies', good, {'node_modules/other/index.js': call}],
    ['what is no code', good, {'README.md': call, 'src/portal.ts': call}],
    ['a package without strategies', {...good, 'aws-oidc': {apiVersion: 1, caches: ['ping']}}, {'index.js': call}],
  ] as const) {
    it(`does not warn of a browser because of ${what}`, async () => {
      expect(await install({manifest, files})).to.include({name: 'aws-oidc-ping'})
      expect(said.filter(text => text.includes('browser'))).to.deep.equal([])
    })
  }
})
