import {execFileSync} from 'node:child_process'
import {chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {cacheContract} from 'aws-oidc/testing'
import {expect} from 'chai'
import {passCache} from '../src/pass-cache.ts'

// In the place of pass, which test/real has: it keeps files as they come, and fails as GnuPG does.
const program = `#!/bin/sh
echo "$PASSWORD_STORE_GPG_OPTS: $*" >> "$PASSWORD_STORE_DIR/../calls"
case "$(cat "$PASSWORD_STORE_DIR/../mood" 2>/dev/null)" in
  waits) exec 3> "$PASSWORD_STORE_DIR/../alive"; sleep 1000; exit 0 ;;
  locked) echo '[GNUPG:] DECRYPTION_FAILED' >&2; echo 'gpg: decryption failed: No secret key' >&2; exit 2 ;;
  changed) printf '[GNUPG:] DECRYPTION_KEY 66 66 u\\n[GNUPG:] BADMDC\\n' >&2; exit 2 ;;
  spoilt) echo '[GNUPG:] NODATA 1' >&2; echo 'gpg: no valid OpenPGP data found.' >&2; exit 2 ;;
esac
for name; do :; done
file="$PASSWORD_STORE_DIR/$name.gpg"
case "$1" in
  insert) mkdir -p "\${file%/*}" && cat > "$file" ;;
  show) cat "$file" ;;
  rm) rm "$file" ;;
esac
`

describe('the cache "pass"', function () {
  if (process.platform === 'win32') return
  this.timeout(60_000)
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aws-oidc-pass-'))
    await mkdir(join(folder, 'store'))
    await mkdir(join(folder, 'bin'))
    await writeFile(join(folder, 'bin/pass'), program)
    await chmod(join(folder, 'bin/pass'), 0o755)
    await writeFile(join(folder, 'store/.gpg-id'), 'alice')
  })
  afterEach(() => rm(folder, {recursive: true, force: true}))

  const entry = {value: 'SECRET-VALUE', expiresAt: new Date('2099-01-01T00:00:00Z')}
  const mood = (text: string) => writeFile(join(folder, 'mood'), text)
  const calls = async () => (await readFile(join(folder, 'calls'), 'utf8')).trimEnd().split('\n')
  const entries = async () =>
    (await readdir(join(folder, 'store/aws-oidc'), {recursive: true})).filter(name => name.endsWith('.gpg'))
  let inTurn: Promise<unknown> = Promise.resolve()

  function cache(changes: Partial<Parameters<typeof passCache>[0]> = {}) {
    return passCache({
      env: {PATH: `${join(folder, 'bin')}:${process.env.PATH}`, PASSWORD_STORE_DIR: join(folder, 'store')},
      interactive: true,
      signal: new AbortController().signal,
      log: {debug: () => undefined, info: () => undefined, warn: () => undefined},
      // As the lock between processes has it.
      exclusively(work) {
        const done = inTurn.then(work)
        inTurn = done.catch(() => undefined)
        return done
      },
      ...changes,
    })
  }

  const checks = cacheContract(async () => cache(), {
    again: async () => cache(),
    async spoil() {
      for (const name of await entries()) await writeFile(join(folder, 'store/aws-oidc', name), 'garbage')
    },
    strangers: {
      async plant() {
        await writeFile(join(folder, 'store/bank.gpg'), 'mine')
        await writeFile(join(folder, 'store/aws-oidc/notes.gpg'), 'mine')
      },
      async remain() {
        const [all, own] = await Promise.all([readdir(join(folder, 'store')), entries()])
        return all.includes('bank.gpg') && own.includes('notes.gpg')
      },
    },
  })
  for (const {name, run} of checks) it(name, run)

  it('clears the entries whose names begin with what is given', async () => {
    for (const key of ['one/a', 'one/b', 'oneself/a']) await cache().write(key, entry)
    await cache().clear('one')
    expect(await entries()).to.deep.equal([])
    for (const key of ['one/a', 'one/b']) await cache().write(key, entry)
    await cache().clear('one/a')
    expect(await cache().read('one/a')).to.equal(undefined)
    expect(await cache().read('one/b')).to.deep.equal(entry)
  })

  it('names entries by hashes, and passes secrets through stdin alone', async () => {
    await cache().write('provider/role', entry)
    await cache().read('provider/role')
    expect((await entries()).join()).to.match(/^[0-9a-f]{64}\/[0-9a-f]{64}\.gpg$/)
    for (const call of await calls()) expect(call).not.to.match(/SECRET|provider|role/)
  })

  it('treats an entry that was renamed as absent', async () => {
    await cache().write('provider/a', entry)
    const [name = ''] = await entries()
    await cache().write('provider/b', {...entry, value: 'of b'})
    const other = (await entries()).find(one => one !== name) ?? ''
    await writeFile(join(folder, 'store/aws-oidc', other), await readFile(join(folder, 'store/aws-oidc', name)))
    expect(await cache().read('provider/b')).to.equal(undefined)
  })

  it('writes while no other process does', async () => {
    const own = cache({exclusively: () => Promise.reject(new Error('held up'))})
    const failure = await own.write('provider/a', entry).catch(error => error)
    expect(failure).to.have.property('message', 'held up')
    expect(await cache().read('provider/a')).to.equal(undefined)
  })

  it('opens no window where the user can not be asked', async () => {
    await cache({interactive: false}).write('provider/a', entry)
    await cache().write('provider/a', entry)
    const [alone, attended] = await calls()
    expect(alone).to.include('--pinentry-mode=error')
    expect(attended).not.to.include('--pinentry-mode')
  })

  it('gives up on a pass that never answers, kills all its processes, and does not wait for it again', async () => {
    await cache().write('provider/a', entry)
    await mood('waits')
    // It ends when the last process that writes into it has ended.
    execFileSync('mkfifo', [join(folder, 'alive')])
    const allDead = readFile(join(folder, 'alive'))
    const own = cache({milliseconds: 300})
    const before = performance.now()
    for (const work of [() => own.read('provider/a'), () => own.write('provider/b', entry)]) {
      const failure = await work().catch(error => error)
      expect(failure).to.include({code: 'UNAVAILABLE'})
      expect(failure.message).to.include('did not answer within 0.3 seconds')
    }
    expect(performance.now() - before).to.be.lessThan(10_000)
    expect(await calls(), 'the second call did not start it').to.have.length(2)
    await allDead
  })

  it('stops when the signal aborts', async () => {
    await cache().write('provider/a', entry)
    await mood('waits')
    const controller = new AbortController()
    const reading = cache({signal: controller.signal})
      .read('provider/a')
      .catch(error => error)
    setTimeout(() => controller.abort(new Error('Interrupted.')), 200)
    expect(await reading).to.have.property('message', 'Interrupted.')
  })

  it('tells a key that can not be used from a damaged entry, and asks for the key once', async () => {
    await cache().write('provider/a', entry)
    for (const spoilt of ['spoilt', 'changed']) {
      await mood(spoilt)
      expect(await cache().read('provider/a')).to.equal(undefined)
    }
    await mood('locked')
    const own = cache()
    for (let attempt = 0; attempt < 2; attempt++) {
      const failure = await own.read('provider/a').catch(error => error)
      expect(failure).to.include({code: 'UNAVAILABLE', message: 'pass failed: gpg: decryption failed: No secret key.'})
    }
    expect(await calls()).to.have.length(4)
  })

  it('is not ready without a store, and says when pass is not installed', async () => {
    await rm(join(folder, 'store/.gpg-id'))
    const unready = await cache()
      .ready?.()
      .catch(error => error)
    expect(unready).to.include({code: 'UNAVAILABLE', hint: 'pass init GPG-ID'})
    await rm(join(folder, 'bin/pass'))
    const env = {PATH: join(folder, 'bin'), PASSWORD_STORE_DIR: join(folder, 'store')}
    const failure = await cache({env})
      .write('provider/a', entry)
      .catch(error => error)
    expect(failure).to.include({code: 'UNAVAILABLE', message: 'pass could not be started: ENOENT.'})
  })
})
