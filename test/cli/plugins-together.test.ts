import {existsSync, readFileSync} from 'node:fs'
import {readdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {setImmediate as nextTurn} from 'node:timers/promises'
import {expect} from 'chai'
import {isOneDocument} from '../support/document.ts'
import {packPlugin} from '../support/packed-plugin.ts'
import {hookWith} from '../support/planted-plugin.ts'
import {useScene} from '../support/scene.ts'
import {writePackage} from '../support/written-package.ts'

// No test here needs a registry.
const offline = {AWS_OIDC_NPM_REGISTRY: 'http://127.0.0.1:9/'}

describe('plugins, changed by several calls at once,', function () {
  this.timeout(240_000)
  const scene = useScene()
  const data = () => join(scene.home.folder, '.local/share/aws-oidc')
  const plugins = (...args: readonly string[]) => scene.home.run(['plugins', ...args], offline)
  const pack = (name: string, changes?: Readonly<Record<string, unknown>>) =>
    packPlugin(scene.home.folder, name, changes)

  async function areAllFine(calls: readonly (readonly string[])[]): Promise<void> {
    for (const ended of await Promise.all(calls.map(args => plugins(...args)))) {
      expect(ended, ended.stderr).to.include({exitCode: 0})
    }
  }

  async function listed(): Promise<readonly string[]> {
    const {oclif} = JSON.parse(await readFile(join(data(), 'package.json'), 'utf8'))
    return oclif.plugins.map(({name}: {readonly name: string}) => name).toSorted()
  }

  it('are all there afterwards, whether installed, linked or uninstalled', async () => {
    const names = ['aws-oidc-pang', 'aws-oidc-ping', 'aws-oidc-pong']
    const tarballs: string[] = []
    for (const name of names) tarballs.push(await pack(name))
    await areAllFine(tarballs.map(tarball => ['install', tarball]))
    expect(await listed()).to.deep.equal(names)
    for (const name of names) {
      const id = name.replace('aws-oidc-', '')
      await scene.home.configure({provider: {strategy: id}})
      isOneDocument(await scene.home.run(['creds', '--profile', 'developer', '--force']))
    }

    const folder = await writePackage(join(scene.home.folder, 'peng'), {
      name: 'aws-oidc-peng',
      version: '1.0.0',
      'aws-oidc': {apiVersion: 1, strategies: ['peng']},
      oclif: {},
    })
    const again = tarballs[1] ?? ''
    await areAllFine([
      ['uninstall', 'aws-oidc-pang'],
      ['uninstall', 'aws-oidc-pong'],
      ['link', folder],
      ['install', again],
    ])
    expect(await listed()).to.deep.equal(['aws-oidc-peng', 'aws-oidc-ping'])
    expect(existsSync(join(data(), 'node_modules/aws-oidc-ping/strategies.js'))).to.equal(true)
    const left = (await readdir(data(), {recursive: true})).filter(path => /aws-oidc-p[ao]ng/.test(path))
    expect(left, 'also in copies for those who still use them').to.deep.equal([])
    expect(await plugins('reset')).to.include({exitCode: 0})
    expect(await listed()).to.deep.equal([])
    expect(existsSync(join(data(), 'node_modules'))).to.equal(false)
  })

  it('are never seen half-made by a reader', async () => {
    const [older, newer] = [await pack('aws-oidc-ping'), await pack('aws-oidc-ping', {version: '1.1.0'})]
    await areAllFine([['install', older]])
    let isOver = false
    const update = plugins('install', newer).finally(() => {
      isOver = true
    })
    const seen = new Set<string>()
    while (!isOver) {
      seen.add(whatIsThere())
      await nextTurn()
    }
    const ended = await update
    expect(ended, ended.stderr).to.include({exitCode: 0})
    expect(whatIsThere()).to.equal('1.1.0')
    expect([...seen].filter(version => version !== '1.0.0' && version !== '1.1.0')).to.deep.equal([])
  })

  /** The version that a reader finds, or what is wrong. */
  function whatIsThere(): string {
    try {
      const {oclif} = JSON.parse(readFileSync(join(data(), 'package.json'), 'utf8'))
      const [plugin] = oclif.plugins
      const {version} = JSON.parse(readFileSync(join(data(), 'node_modules', plugin.name, 'package.json'), 'utf8'))
      readFileSync(join(data(), 'node_modules', plugin.name, 'strategies.js'))
      return version
    } catch (error) {
      return String(error)
    }
  }
})

describe('plugins link', () => {
  const scene = useScene()
  const link = (...args: readonly string[]) => scene.home.run(['plugins', 'link', ...args], offline)
  const manifest = {
    name: 'aws-oidc-ping',
    version: '1.0.0',
    type: 'module',
    'aws-oidc': {apiVersion: 1, strategies: ['ping']},
    oclif: {hooks: {'aws-oidc:strategies': './strategies.js'}},
  }
  const write = (changes: object = {}) =>
    writePackage(join(scene.home.folder, 'ping'), {...manifest, ...changes}, {'strategies.js': hookWith({})})

  it('links a folder, and its strategy works', async () => {
    await write()
    const ended = await link('ping', '--json')
    expect(ended, ended.stderr).to.include({exitCode: 0})
    expect(JSON.parse(ended.stdout)).to.deep.equal({
      name: 'aws-oidc-ping',
      version: '1.0.0',
      strategies: ['ping'],
      caches: [],
      commands: [],
      root: join(scene.home.folder, 'ping'),
    })
    await scene.home.configure({provider: {strategy: 'ping'}})
    isOneDocument(await scene.home.run(['creds', '--profile', 'developer']))
    expect(await scene.home.run(['plugins', 'unlink', 'aws-oidc-ping'])).to.include({exitCode: 0})
  })

  for (const [words, changes, told] of [
    ['needs another aws-oidc', {engines: {'aws-oidc': '>=9'}}, 'it needs aws-oidc >=9; this is 1.0.0'],
    ['needs another Node', {engines: {node: '>=99'}}, 'it needs Node >=99; this is 24.'],
    [
      'brings what is built in',
      {'aws-oidc': {strategies: ['oidc']}},
      'it provides the strategy "oidc", which is built in',
    ],
    ['has an id that is none', {'aws-oidc': {strategies: ['OIDC']}}, 'it provides the strategy "OIDC", but an id'],
    [
      'declares further plugins',
      {oclif: {plugins: ['aws-oidc-inner']}},
      'it declares further plugins (aws-oidc-inner)',
    ],
    ['is no plugin', {oclif: undefined}, 'it is not a plugin'],
    [
      'has commands without a manifest',
      {oclif: {commands: './commands'}},
      'it has commands but no oclif.manifest.json',
    ],
  ] as const) {
    it(`refuses, as plugins install does, a package that ${words}`, async () => {
      await write(changes)
      const {exitCode, stdout, stderr} = await link('ping')
      expect({exitCode, stdout}, stderr).to.deep.equal({exitCode: 1, stdout: ''})
      expect(stderr).to.include(`Error: aws-oidc-ping was not linked: ${told}`)
      expect(existsSync(join(scene.home.folder, '.local/share/aws-oidc/node_modules'))).to.equal(false)
      expect((await scene.home.run(['plugins'])).stdout).not.to.include('aws-oidc-ping')
    })
  }

  it('links nothing that the configuration does not allow, and no folder without a package', async () => {
    await write()
    await scene.home.configure({top: {plugins: {allow: ['aws-oidc-pong']}}})
    const {exitCode, stderr} = await link('ping')
    expect(exitCode, stderr).to.equal(2)
    expect(stderr).to.include('does not list aws-oidc-ping.\nTry: Add "aws-oidc-ping"')
    const nowhere = await link('nowhere')
    expect(nowhere.exitCode).to.equal(2)
    expect(nowhere.stderr).to.include(`${join(scene.home.folder, 'nowhere')} is no folder of a package`)
  })

  it('links nothing whose dependencies npm can not install, and names the folder', async () => {
    const root = await write({dependencies: {'aws-oidc-inner': '1.0.0'}})
    const inner = {version: '1.0.0', resolved: 'http://127.0.0.1:9/inner.tgz'}
    const packages = {'': {name: manifest.name, version: '1.0.0'}, 'node_modules/aws-oidc-inner': inner}
    const lock = {name: manifest.name, version: '1.0.0', lockfileVersion: 3, packages}
    await writeFile(join(root, 'package-lock.json'), JSON.stringify(lock))
    const {exitCode, stderr} = await link('ping')
    expect(exitCode, stderr).to.equal(6)
    expect(stderr).to.include(`npm could not get ${root}: the registry http://127.0.0.1:9/ can't be reached`)
    expect((await link('ping', '--no-install')).exitCode).to.equal(0)
  })
})
