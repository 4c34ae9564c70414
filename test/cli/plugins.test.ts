import {existsSync} from 'node:fs'
import {readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {isOneDocument} from '../support/document.ts'
import {hookWith, plantPlugin} from '../support/planted-plugin.ts'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '--profile', 'developer']
const broken = 'while (true) {}'

describe('a plugin', () => {
  const scene = useScene()
  const usePing = () => scene.home.configure({provider: {strategy: 'ping'}})

  it('signs in, and its code is not loaded while the cache serves', async () => {
    const mark = join(scene.home.folder, 'loaded')
    await plantPlugin(scene.home, {hook: hookWith({atImport: `fs.writeFileSync(${JSON.stringify(mark)}, '')`})})
    await usePing()
    const first = await scene.home.run(creds)
    expect(first).to.include({exitCode: 0})
    expect(existsSync(mark)).to.equal(true)
    await rm(mark)
    const second = await scene.home.run(creds)
    expect(second.stdout).to.equal(first.stdout)
    expect(await scene.home.run(['status'])).to.include({exitCode: 0})
    expect(existsSync(mark)).to.equal(false)
  })

  it('breaks no call that does not use it, whatever it does at import, in hooks and in its commands', async () => {
    await plantPlugin(scene.home, {
      hook: broken,
      manifest: {
        'aws-oidc': {apiVersion: 1, strategies: ['ping', 'oidc'], caches: ['file']},
        oclif: {
          commands: './commands',
          hooks: {'aws-oidc:strategies': './strategies.js', 'aws-oidc:caches': './strategies.js', init: './init.js'},
        },
      },
      files: {'init.js': broken, 'commands/creds.js': broken, 'commands/other.js': broken},
    })
    const cold = await scene.home.run(creds)
    isOneDocument(cold)
    expect(await scene.home.run(creds)).to.deep.equal({...cold, stderr: ''})
  })

  it('can be uninstalled, whatever it does at import', async () => {
    await plantPlugin(scene.home, {
      hook: broken,
      manifest: {oclif: {commands: './commands', hooks: {init: './init.js'}}},
      files: {'init.js': broken, 'commands/ping.js': broken},
    })
    const ended = await scene.home.run(['plugins', 'uninstall', 'aws-oidc-ping'])
    expect(ended).to.include({exitCode: 0})
    const list = await readFile(join(scene.home.folder, '.local/share/aws-oidc/package.json'), 'utf8')
    expect(list).not.to.include('aws-oidc-ping')
  })

  it('prints nothing into the result, whatever way it tries', async () => {
    const ways = `
      console.log('PRINTED-1')
      process.stdout.write('PRINTED-2')
      fs.writeSync(1, 'PRINTED-3')
      writeSync(1, Buffer.from('PRINTED-4'))
      fs.writeFileSync(1, 'PRINTED-5')
      fs.appendFileSync(1, 'PRINTED-6')
      fs.writevSync(1, [Buffer.from('PRINTED-7')])
      await new Promise(done => fs.write(1, 'PRINTED-8', done))
      await new Promise(done => fs.writeFile(1, 'PRINTED-9', done))
      await new Promise(done => process.stdout.write('PRINTED-A', done))
      await new Promise(done => fs.createWriteStream('', {fd: 1, autoClose: false}).end('PRINTED-B', done))`
    await plantPlugin(scene.home, {hook: hookWith({atImport: ways, atHook: ways, atSignIn: ways})})
    await usePing()
    const ended = await scene.home.run([...creds, '--debug'])
    isOneDocument(ended)
    for (const way of '123456789AB') expect(ended.stderr.split(`PRINTED-${way}`), way).to.have.length(4)
    expect((await scene.home.run([...creds, '--force'])).stderr).not.to.include('PRINTED')
  })

  it('does not keep the call waiting by what it leaves running', async function () {
    this.timeout(20_000)
    await plantPlugin(scene.home, {hook: hookWith({atImport: 'setInterval(() => {}, 1000)'})})
    await usePing()
    isOneDocument(await scene.home.run(creds))
  })

  it('is named where its cache never answers', async () => {
    const never = '({read: () => new Promise(() => {}), write() {}, remove() {}, clear() {}})'
    await plantPlugin(scene.home, {
      hook: entryGiving(never),
      manifest: {
        'aws-oidc': {apiVersion: 1, caches: ['ping']},
        oclif: {hooks: {'aws-oidc:caches': './strategies.js'}},
      },
    })
    await scene.home.configure({top: {cache: 'ping'}})
    expect(await scene.home.run(creds)).to.include({
      exitCode: 1,
      stdout: '',
      stderr:
        'Error: The plugin aws-oidc-ping failed: it waits for something that never comes.\nTry: aws-oidc plugins uninstall aws-oidc-ping\n',
    })
  })

  const misdeeds: readonly (readonly [string, Parameters<typeof plantPlugin>[1], string])[] = [
    ['throws at import', {hook: "throw new Error('broken inside')"}, 'broken inside'],
    ['throws in its hook', {hook: hookWith({atHook: "throw new Error('broken inside')"})}, 'broken inside'],
    ['can not be parsed', {hook: 'export default {'}, 'Unexpected'],
    ['imports what is not there', {hook: "import 'nowhere-to-be-found'"}, 'nowhere-to-be-found'],
    ['registers nonsense', {hook: 'export default async () => 42'}, 'version undefined of the contract'],
    ['registers no strategy', {hook: entryGiving('42')}, 'is not a strategy'],
    ['exports no function', {hook: 'export const strategies = []'}, 'no function as its default export'],
    ['ends the process at import', {hook: 'process.exit(0)'}, 'it ended the whole command'],
    ['ends the process later', {hook: hookWith({atSignIn: 'process.exit(0)'})}, 'it ended the whole command'],
    ['waits for nothing at import', {hook: 'await new Promise(() => {})'}, 'not loaded within 10 seconds'],
    [
      'waits for ever at import',
      {hook: 'setInterval(() => {}, 1000); await new Promise(() => {})'},
      'not loaded within 10 seconds',
    ],
    ['loops at import', {hook: broken}, 'not loaded within 10 seconds'],
    ['loops in its hook', {hook: hookWith({atHook: broken})}, 'not loaded within 10 seconds'],
    [
      'was built for another contract, by its own word',
      {hook: broken, manifest: {'aws-oidc': {apiVersion: 2, strategies: ['ping']}}},
      'version 2 of the contract',
    ],
    ['needs another aws-oidc', {hook: broken, manifest: {engines: {'aws-oidc': '>=77'}}}, 'needs aws-oidc >=77'],
    ['has no such hook', {hook: broken, manifest: {oclif: {}}}, 'no hook "aws-oidc:strategies"'],
  ]

  it('is named in one line by the calls that use it, when it misbehaves', async function () {
    this.timeout(120_000)
    await usePing()
    // Some take ten seconds to be found out, so all go at once, each in a data folder of its own.
    const endings = await Promise.all(
      misdeeds.map(async ([words, planted, told], number) => {
        const name = `aws-oidc-ping-${number}`
        const folder = join(scene.home.folder, `data-${number}`)
        await plantPlugin({...scene.home, folder}, {...planted, name})
        const data = join(folder, '.local/share')
        const ending = await scene.home.run(creds, {XDG_DATA_HOME: data, XDG_CACHE_HOME: join(folder, 'cache')})
        return {words, told, name, ...ending}
      }),
    )
    for (const {words, told, name, exitCode, signal, stdout, stderr} of endings) {
      const blocked = words.startsWith('loops')
      expect({exitCode, signal, stdout}, `${words}: ${stderr}`).to.deep.equal(
        blocked ? {exitCode: null, signal: 'SIGKILL', stdout: ''} : {exitCode: 1, signal: null, stdout: ''},
      )
      const lines = stderr.split('\n').filter(line => line.startsWith('Error:'))
      expect(lines, `${words}: ${stderr}`).to.have.length(1)
      expect(lines[0], words).to.include(`plugin ${name} `).and.to.include(told)
      expect(stderr, words).to.match(
        /\nTry: (aws-oidc plugins uninstall aws-oidc-ping-\d+|git pull && npm ci && npm run build \(in \/.+\)\n)/,
      )
    }
  })
})

describe('a strategy that is not installed', () => {
  const scene = useScene()

  async function complaintOf(top: object, provider: object): Promise<string> {
    await scene.home.configure({top: {...top}, provider: {...provider}})
    const {exitCode, stderr} = await scene.home.run(creds)
    expect(exitCode).to.equal(2)
    return stderr
  }

  it('but comes with a known plugin: the error says how to install that plugin', async () => {
    expect(await complaintOf({}, {strategy: 'keycloak'})).to.equal(
      'Error: The strategy "keycloak" comes from a plugin that is not installed.\nTry: aws-oidc plugins install aws-oidc-keycloak\n',
    )
    expect(await complaintOf({cache: 'pass'}, {})).to.equal(
      'Error: The cache "pass" comes from a plugin that is not installed.\nTry: aws-oidc plugins install aws-oidc-cache-pass\n',
    )
  })

  it('nor known: the error lists the installed ones and the nearest one, and invents no plugin', async () => {
    await plantPlugin(scene.home, {hook: broken})
    expect(await complaintOf({}, {strategy: 'oidcc'})).to.equal(
      'Error: There is no strategy "oidcc". Installed: identity-center, oidc, ping, saml2.\nTry: Did you mean "strategy: oidc"?\n',
    )
    expect(await complaintOf({}, {strategy: 'keycloack'})).to.include('Did you mean "strategy: keycloak"?')
    const stranger = await complaintOf({}, {strategy: 'shibboleth'})
    expect(stranger).to.include('Try: aws-oidc plugins\n').and.not.to.include('aws-oidc-shibboleth')
  })

  it('is not guessed where two plugins bring it', async () => {
    await plantPlugin(scene.home, {hook: broken})
    await plantPlugin(scene.home, {hook: broken, name: 'aws-oidc-pong'})
    expect(await complaintOf({}, {strategy: 'ping'})).to.include(
      'Both aws-oidc-ping and aws-oidc-pong provide the strategy "ping".',
    )
  })

  it('may not be used from a plugin that the configuration does not allow', async () => {
    await plantPlugin(scene.home, {hook: hookWith({})})
    expect(await complaintOf({plugins: {allow: ['aws-oidc-keycloak', '@example/*']}}, {strategy: 'ping'})).to.include(
      '.config/aws-oidc/config.yaml does not list aws-oidc-ping.',
    )
    await scene.home.configure({top: {plugins: {allow: ['aws-oidc-*']}}, provider: {strategy: 'ping'}})
    expect(await scene.home.run(creds)).to.include({exitCode: 0})
  })
})

function entryGiving(value: string): string {
  return `export default async () => ({
    apiVersion: 1, entries: [{id: 'ping', summary: 'Ping', load: async () => ${value}}],
  })`
}
