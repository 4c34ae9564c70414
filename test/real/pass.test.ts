import {execFile, execFileSync} from 'node:child_process'
import {chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {expect} from 'chai'
import {passCache} from '../../plugins/cache-pass/src/pass-cache.ts'
import {cacheContract} from '../../src/testing/index.ts'
import {isOneDocument} from '../support/document.ts'
import {inTurn} from '../support/in-turn.ts'
import {root} from '../support/sandbox.ts'
import {useScene} from '../support/scene.ts'

const run = promisify(execFile)
const creds = ['creds', '--profile', 'developer']

/** A home with a GnuPG key, a password store, and a pinentry that is this script. */
async function makeStore(passphrase: string, pinentry: string) {
  // The sockets of GnuPG need a short path.
  const folder = await mkdtemp(join(tmpdir(), 'pass-'))
  const gnupg = join(folder, 'gnupg')
  await mkdir(gnupg, {mode: 0o700})
  await writeFile(join(folder, 'pinentry'), `#!/bin/sh\necho $$ >> ${folder}/asked\n${pinentry}\n`)
  await chmod(join(folder, 'pinentry'), 0o755)
  await writeFile(join(gnupg, 'gpg-agent.conf'), `pinentry-program ${folder}/pinentry\n`)
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    GNUPGHOME: gnupg,
    PASSWORD_STORE_DIR: join(folder, 'store'),
  }
  const generate = ['--batch', '--pinentry-mode=loopback', '--passphrase', passphrase, '--quick-generate-key']
  await run('gpg', [...generate, 'alice@example.com', 'future-default', 'default', 'never'], {env})
  await run('pass', ['init', 'alice@example.com'], {env})
  const pinentries = async () =>
    (await readFile(join(folder, 'asked'), 'utf8').catch(() => '')).split('\n').filter(pid => pid !== '')
  const forgetPassphrase = () => run('gpgconf', ['--kill', 'gpg-agent'], {env})
  await forgetPassphrase()
  return {
    env,
    store: env.PASSWORD_STORE_DIR,
    forgetPassphrase,
    asked: async () => (await pinentries()).length > 0,
    async remove() {
      await forgetPassphrase()
      // The agent leaves behind one that does not answer.
      for (const pid of await pinentries()) await run('kill', [pid]).catch(() => undefined)
      await rm(folder, {recursive: true, force: true})
    },
  }
}

type Store = Awaited<ReturnType<typeof makeStore>>

describe('the real pass', () => {
  let store: Store
  const exclusively = inTurn()
  before(async () => {
    store = await makeStore('', 'exit 1')
  })
  after(() => store?.remove())

  const make = async () =>
    passCache({
      env: store.env,
      interactive: false,
      signal: new AbortController().signal,
      log: {debug: () => undefined, info: () => undefined, warn: () => undefined},
      exclusively,
    })
  const checks = cacheContract(
    async () => {
      await rm(join(store.store, 'aws-oidc'), {recursive: true, force: true})
      return make()
    },
    {
      again: make,
      spoil: () => changeEntries(() => Buffer.from('garbage')),
      strangers: {
        plant: () => {
          execFileSync('pass', ['insert', '--multiline', '--force', 'bank'], {env: store.env, input: 'mine\n'})
          return Promise.resolve()
        },
        remain: async () => (await run('pass', ['show', 'bank'], {env: store.env})).stdout === 'mine\n',
      },
    },
  )
  for (const {name, run: check} of checks) it(name, check)

  for (const [words, change] of [
    ['cut short', bytes => bytes.subarray(0, bytes.length / 2)],
    ['emptied', () => Buffer.alloc(0)],
    ['changed in one bit', bytes => bytes.map((byte, at) => (at === bytes.length - 30 ? byte ^ 1 : byte))],
  ] satisfies [string, (bytes: Buffer) => Uint8Array][]) {
    it(`treats an entry that was ${words} as absent`, async () => {
      const cache = await make()
      await cache.write('provider/a', {value: 'x'.repeat(3000), expiresAt: new Date('2099-01-01')})
      await changeEntries(change)
      expect(await cache.read('provider/a')).to.equal(undefined)
    })
  }

  async function changeEntries(change: (bytes: Buffer) => Uint8Array): Promise<void> {
    const own = join(store.store, 'aws-oidc')
    for (const name of await readdir(own, {recursive: true})) {
      if (name.endsWith('.gpg')) await writeFile(join(own, name), change(await readFile(join(own, name))))
    }
  }

  const scene = useScene()

  it('stores the credentials of creds, through the plugin', async () => {
    await link(scene.home)
    await scene.home.configure({top: {cache: 'pass'}})
    const first = await scene.home.run(creds, store.env)
    isOneDocument(first)
    expect(await scene.home.run(creds, store.env)).to.deep.equal({...first, stderr: ''})
    expect(await scene.sandbox.signIns()).to.equal(1)
    expect(await scene.home.entries(), 'nothing lies elsewhere').to.deep.equal([])
    expect((await scene.home.run(['cache', 'info'], store.env)).stdout).to.include('encrypted with your GnuPG key')
    expect(await scene.home.run(['logout', '--all'], store.env)).to.include({exitCode: 0})
    const left = await readdir(store.store, {recursive: true})
    expect(left.filter(name => name.startsWith('aws-oidc/'))).to.deep.equal([])
  })
})

describe('a pinentry that never answers', function () {
  this.timeout(120_000)
  const scene = useScene()
  let store: Store
  before(async () => {
    store = await makeStore('correct horse', 'exec sleep 1000')
  })
  after(() => store?.remove())

  it('does not hang creds: it ends at once where the user may not be asked, else after half a minute', async () => {
    await link(scene.home)
    await scene.home.configure({top: {cache: 'pass'}})
    // Encrypting needs no passphrase, so the first call works; the second one has to read.
    isOneDocument(await scene.home.run(creds, store.env))

    const alone = await scene.home.run([...creds, '--no-interactive'], store.env)
    expect(alone).to.include({exitCode: 6, stdout: ''})
    expect(alone.stderr).to.include('The cache "pass" of aws-oidc-cache-pass can\'t be used')
    expect(await store.asked(), 'a window opened').to.equal(false)

    const attended = await scene.home.run(creds, store.env)
    expect(attended).to.include({exitCode: 6, stdout: ''})
    expect(attended.stderr).to.include('did not answer within 30 seconds; it may wait for a passphrase')
    expect(await store.asked()).to.equal(true)
  })
})

async function link(home: ReturnType<typeof useScene>['home']): Promise<void> {
  const ended = await home.run(['plugins', 'link', join(root, 'plugins/cache-pass'), '--no-install'])
  expect(ended, ended.stderr).to.include({exitCode: 0})
}
