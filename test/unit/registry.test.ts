import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {nearest} from '../../src/config/nearest.ts'
import {loadModule} from '../../src/outside/system/load-module.ts'
import {allowsPlugin, refusalOf} from '../../src/registry/allowed.ts'
import {installedPlugins} from '../../src/registry/installed.ts'
import {type InstalledPackage, registryOf} from '../../src/registry/registry.ts'

const own: InstalledPackage = {
  name: 'aws-oidc',
  root: '/nowhere',
  manifest: {name: 'aws-oidc', version: '1.2.3', 'aws-oidc': {strategies: ['oidc'], caches: ['file']}},
}

/** What `plugins.allow` with these names refuses. */
const refusingAllBut =
  (...allowedPlugins: string[]) =>
  (name: string) =>
    refusalOf({name}, {path: 'config.yaml', allowedPlugins, pinnedPlugins: new Map()})

describe('the registry of strategies', () => {
  let folder = ''
  let guarded: string[] = []
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aws-oidc-plugin-'))
    guarded = []
  })
  afterEach(() => rm(folder, {recursive: true, force: true}))

  /** A plugin that declares the strategy "ping" and whose hook is this code. */
  async function plugin(hook: string, manifest: object = {}, name = 'aws-oidc-ping'): Promise<InstalledPackage> {
    await writeFile(join(folder, 'strategies.mjs'), hook)
    const usual = {
      'aws-oidc': {apiVersion: 1, strategies: ['ping']},
      oclif: {hooks: {'aws-oidc:strategies': './strategies.mjs'}},
    }
    return {name, root: folder, manifest: {...usual, ...manifest}}
  }

  const registryWith = (...plugins: readonly InstalledPackage[]) => registryIn(own.root, ...plugins)
  const registryIn = (root: string, ...plugins: readonly InstalledPackage[]) =>
    registryOf({...own, root}, plugins, {
      refusal: () => undefined,
      guard(name, work) {
        guarded.push(name)
        return work()
      },
      load: loadModule,
      nearest,
    })

  it('names our plugins that are not installed, and only those that are allowed', async () => {
    const ids = (registry = registryWith()) => registry.installable().map(({strategy}) => strategy)
    expect(ids()).to.deep.equal(['keycloak'])
    expect(ids(registryWith(await plugin('', {'aws-oidc': {strategies: ['keycloak']}})))).to.deep.equal([])
    const strict = registryOf(own, [], {
      refusal: refusingAllBut('aws-oidc-okta'),
      guard: (_, work) => work(),
      load: loadModule,
      nearest,
    })
    expect(ids(strict)).to.deep.equal([])
    expect(() => strict.ownerOf('keycloak')).to.throw('does not list aws-oidc-keycloak')
  })

  const entry = "{id: 'ping', summary: 'Ping', load: async () => ({settings: {}, signIn: async () => ({})})}"
  const good = `export default async () => ({apiVersion: 1, entries: [${entry}]})`

  it('loads a hook in CommonJS, compiled or written', async () => {
    for (const exported of ['exports.__esModule = true; exports.default', 'module.exports']) {
      const file = `strategies-${exported.length}.cjs`
      await writeFile(join(folder, file), good.replace('export default', `${exported} =`))
      const registry = registryWith(await plugin(good, {oclif: {hooks: {'aws-oidc:strategies': `./${file}`}}}))
      expect(await registry.strategySummary('ping'), exported).to.equal('Ping')
    }
  })

  it('loads the strategy that a package declares and registers, under guard', async () => {
    const registry = registryWith(await plugin(good))
    expect(registry.ownerOf('ping')).to.equal('aws-oidc-ping')
    expect(guarded).to.deep.equal([])
    expect(await registry.strategy('ping')).to.have.keys('settings', 'signIn')
    expect(guarded).to.deep.equal(['aws-oidc-ping'])
  })

  it('accepts a strategy that is an instance of a class', async () => {
    const hook = `class Ping { settings = {}; async signIn() {} }
      export default async () => ({apiVersion: 1, entries: [{id: 'ping', summary: '', load: async () => new Ping()}]})`
    expect(await registryWith(await plugin(hook)).strategy('ping')).to.have.property('signIn')
  })

  it('returns the built-in entry, whatever a plugin declares under the same name or calls itself', async () => {
    const imposter = await plugin("throw new Error('imported')", {'aws-oidc': {strategies: ['oidc', 'ping']}})
    expect(registryWith(imposter).ownerOf('oidc')).to.equal('aws-oidc')
    const namesake = await plugin(good, {'aws-oidc': {strategies: ['ping'], caches: ['file']}}, 'aws-oidc')
    const failure = await registryWith(namesake)
      .cacheSummary('file')
      .catch(error => error)
    expect(String(failure), 'ours was asked').to.include('it declares "file" but no hook')
    expect(guarded).to.deep.equal([])
    await registryWith(namesake).strategy('ping')
    expect(guarded, 'and is guarded like any').to.deep.equal(['aws-oidc'])
  })

  it('lets plugins.allow decide between two plugins of one strategy, before it is a dispute', async () => {
    const two = [await plugin(good), await plugin(good, {}, 'aws-oidc-pong')]
    const allowing = (...names: readonly string[]) =>
      registryOf(own, two, {
        refusal: refusingAllBut(...names),
        guard: (_, work) => work(),
        load: loadModule,
        nearest,
      })
    expect(allowing('aws-oidc-pong').ownerOf('ping')).to.equal('aws-oidc-pong')
    expect(allowing('aws-oidc-ping').ownerOf('ping')).to.equal('aws-oidc-ping')
    expect(() => allowing().ownerOf('ping')).to.throw(/"plugins\.allow" .+ does not list aws-oidc-ping/)
    expect(() => allowing('aws-oidc-ping', 'aws-oidc-pong').ownerOf('ping')).to.throw('Both aws-oidc-ping and')
  })

  it('offers our plugin for a strategy that only a plugin which is not allowed provides', async () => {
    const imposter = await plugin(good, {'aws-oidc': {apiVersion: 1, strategies: ['keycloak']}})
    const registry = registryOf(own, [imposter], {
      refusal: refusingAllBut('aws-oidc-keycloak'),
      guard: (_, work) => work(),
      load: loadModule,
      nearest,
    })
    expect(registry.installable()).to.deep.equal([{strategy: 'keycloak', plugin: 'aws-oidc-keycloak'}])
  })

  it('does not count what is no id by the contract', async () => {
    const ids = ['oidc ', 'OIDC', '__proto__', 'constructor', 'ping', '1x']
    const registry = registryWith(await plugin(good, {'aws-oidc': {apiVersion: 1, strategies: ids}}))
    expect(registry.strategies()).to.have.members(['oidc', 'ping'])
    for (const id of ids) {
      if (id !== 'ping') expect(() => registry.ownerOf(id), id).to.throw('There is no strategy')
    }
  })

  for (const [range, fits] of [
    ['>=1', true],
    ['^1.2.0', true],
    ['^1.3.0', false],
    ['>=2', false],
    ['nonsense', false],
  ] as const) {
    it(`${fits ? 'loads' : 'refuses'} a plugin for aws-oidc ${range}`, async () => {
      const registry = registryWith(await plugin(good, {engines: {'aws-oidc': range}}))
      const outcome = await registry.strategy('ping').catch(error => error)
      if (fits) return expect(outcome).to.have.property('signIn')
      expect(guarded, 'none of its code ran').to.deep.equal([])
      return expect(outcome).to.include({
        code: 'PLUGIN_FAILED',
        message: `The plugin aws-oidc-ping can't be used: it needs aws-oidc ${range}; this is 1.2.3.`,
      })
    })
  }

  it('says how to get the newer aws-oidc that a plugin needs: from the registry, or in the clone that it runs from', async () => {
    for (const [root, hint] of [
      ['/usr/lib/node_modules/aws-oidc', 'npm install --global aws-oidc@latest'],
      ['C:\\npm\\node_modules\\aws-oidc', 'npm install --global aws-oidc@latest'],
      ['/home/me/aws-oidc', 'git pull && npm ci && npm run build (in /home/me/aws-oidc)'],
    ] as const) {
      const failure = await registryIn(root, await plugin(good, {engines: {'aws-oidc': '>=2'}}))
        .strategy('ping')
        .catch(error => error)
      expect(failure).to.include({code: 'PLUGIN_FAILED', hint})
    }
  })

  it("reports a plugin's error of many lines in one line", async () => {
    const failure = await registryWith(await plugin("throw new Error('first\\n  second\\u001b[2J')"))
      .strategy('ping')
      .catch(error => error)
    expect(failure).to.include({
      message: 'The plugin aws-oidc-ping failed: first   second [2J.',
      hint: 'aws-oidc plugins uninstall aws-oidc-ping',
    })
  })
})

describe('the list of installed plugins', () => {
  const read = (files: Readonly<Record<string, unknown>>) =>
    installedPlugins('/data', {
      readText: async path => (path in files ? JSON.stringify(files[path]) : undefined),
    })

  it('has installed and linked plugins, under the names by which they were installed', async () => {
    const plugins = [
      {name: 'a', type: 'user', tag: 'latest'},
      {name: '@s/b', type: 'link', root: '/src/b'},
      'c',
      {name: 'd', type: 'link'},
      7,
      {name: 'gone', type: 'user'},
    ]
    const found = await read({
      '/data/package.json': {oclif: {plugins}},
      '/data/node_modules/a/package.json': {name: 'aws-oidc'},
      '/src/b/package.json': {name: '@s/b'},
      '/data/node_modules/c/package.json': {name: 'c'},
    })
    expect(found.map(({name, root}) => [name, root])).to.deep.equal([
      ['a', '/data/node_modules/a'],
      ['@s/b', '/src/b'],
      ['c', '/data/node_modules/c'],
    ])
  })

  it('is empty where there is none, or where it is not a list', async () => {
    expect(await read({})).to.deep.equal([])
    expect(await read({'/data/package.json': {oclif: {plugins: 'a'}}})).to.deep.equal([])
    expect(await installedPlugins('/data', {readText: () => Promise.reject(new Error('no'))})).to.deep.equal([])
  })
})

describe('plugins.allow', () => {
  it('accepts names and patterns, with a star for any part but never for a scope', () => {
    expect(allowsPlugin(undefined, 'anything')).to.equal(true)
    expect(allowsPlugin([], 'anything')).to.equal(false)
    const allows = (plugin: string) => allowsPlugin(['aws-oidc-*', '@example/*', 'exact.name'], plugin)
    for (const plugin of ['aws-oidc-keycloak', '@example/aws-oidc-x', 'exact.name']) {
      expect(allows(plugin), plugin).to.equal(true)
    }
    for (const plugin of ['xaws-oidc-keycloak', '@other/aws-oidc-x', '@example', 'exactxname', 'aws-oidc-a/b']) {
      expect(allows(plugin), plugin).to.equal(false)
    }
  })
})
