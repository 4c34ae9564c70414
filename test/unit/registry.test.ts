import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {type InstalledPackage, registryOf} from '../../src/registry.ts'

describe('the registry of strategies', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aws-oidc-plugin-'))
  })
  afterEach(() => rm(folder, {recursive: true, force: true}))

  /** A plugin that declares the strategy "ping" and whose hook is this code. */
  async function plugin(hook: string): Promise<InstalledPackage> {
    await writeFile(join(folder, 'strategies.mjs'), hook)
    const manifest = {
      'aws-oidc': {apiVersion: 1, strategies: ['ping']},
      oclif: {hooks: {'aws-oidc:strategies': './strategies.mjs'}},
    }
    return {name: 'aws-oidc-ping', root: folder, manifest}
  }

  const entry = "{id: 'ping', summary: 'Ping', load: async () => ({settings: {}, signIn: async () => ({})})}"

  async function failureOf(hook: string): Promise<unknown> {
    return registryOf([await plugin(hook)])
      .strategy('ping')
      .catch((error: unknown) => error)
  }

  it('loads the strategy that a package declares and registers', async () => {
    const registry = registryOf([await plugin(`export default async () => ({apiVersion: 1, entries: [${entry}]})`)])
    expect(registry.ownerOf('ping')).to.equal('aws-oidc-ping')
    expect(await registry.strategy('ping')).to.have.keys('settings', 'signIn')
  })

  it('lists what is there when nobody declares the strategy, and imports nothing', async () => {
    const registry = registryOf([await plugin("throw new Error('imported')")])
    expect(() => registry.ownerOf('pong')).to.throw('There is no strategy "pong". Installed: ping.')
  })

  for (const [what, hook, told] of [
    [
      'was built for another version of the contract',
      `export default async () => ({apiVersion: 2, entries: [${entry}]})`,
      'version 2',
    ],
    [
      'does not register what it declares',
      'export default async () => ({apiVersion: 1, entries: []})',
      'does not register "ping"',
    ],
    ['throws', "export default async () => { throw new Error('broken inside') }", 'broken inside'],
    ['can not be imported', "import 'nowhere-to-be-found'", 'nowhere-to-be-found'],
    ['registers nonsense', 'export default async () => 42', 'version undefined'],
  ] as const) {
    it(`names the package when it ${what}`, async () => {
      const failure = await failureOf(hook)
      expect(failure).to.include({code: 'PLUGIN_FAILED', hint: 'aws-oidc plugins uninstall aws-oidc-ping'})
      expect(String(failure)).to.include('aws-oidc-ping').and.to.include(told)
    })
  }
})
