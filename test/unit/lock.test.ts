import {execFile} from 'node:child_process'
import {rmSync} from 'node:fs'
import {lstat, mkdtemp, readdir, rename, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {setImmediate as turn} from 'node:timers/promises'
import {promisify} from 'node:util'
import {expect} from 'chai'
import {fileLocks} from '../../src/coordination/lock.ts'
import {systemFiles} from '../../src/outside/files/files.ts'

describe('the lock of a provider', () => {
  let home = ''
  let time = 0
  let onSleep: () => void = () => undefined
  const warnings: string[] = []
  const never = new AbortController().signal
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'aws-oidc-lock-'))
    time = 0
    onSleep = () => undefined
    warnings.length = 0
  })
  afterEach(() => rm(home, {recursive: true, force: true}))

  const locks = (folder: string | undefined = join(home, 'locks'), touch = systemFiles.touchPrivate) =>
    fileLocks({
      folder,
      waitedFor: ['of-whoever-waits-for-us'],
      touch,
      identify: systemFiles.identify,
      elapsed: () => time,
      sleep: async (milliseconds, signal) => {
        signal.throwIfAborted()
        time += milliseconds
        onSleep()
        await turn()
      },
      log: {debug: () => undefined, info: () => undefined, warn: text => warnings.push(text)},
    })

  it('is held by one at a time', async () => {
    let [inside, most, done] = [0, 0, 0]
    const work = async () => {
      most = Math.max(most, ++inside)
      await turn()
      inside--
      done++
    }
    await Promise.all(Array.from({length: 10}, () => locks().hold('provider', never, work)))
    expect([most, done]).to.deep.equal([1, 10])
  })

  it('is kept although this process asks for it again: no other process gets it', async () => {
    const path = join(home, 'locks/provider')
    const attempt = `
      const {DatabaseSync} = require('node:sqlite')
      try { new DatabaseSync(process.argv[1]).exec('BEGIN EXCLUSIVE'); console.log('got it') }
      catch (error) { console.log(error.message) }`
    await locks().hold('provider', never, async () => {
      expect(await locks().holdIfFree('provider', async () => 'held')).to.equal(undefined)
      const {stdout} = await promisify(execFile)(process.execPath, ['-e', attempt, path])
      expect(stdout).to.equal('database is locked\n')
    })
  })

  it('is one empty file, so that a killed holder leaves nothing else', async () => {
    await locks().hold('provider', never, async () => {
      expect(await readdir(join(home, 'locks'))).to.deep.equal(['provider'])
      expect((await lstat(join(home, 'locks', 'provider'))).size).to.equal(0)
    })
  })

  it('of another provider is a different one', async () => {
    await locks().hold('one', never, async () => {
      expect(await locks().holdIfFree('two', async () => 'held')).to.equal('held')
      expect(await locks().holdIfFree('one', async () => 'held')).to.equal(undefined)
    })
    expect(await locks().holdIfFree('one', async () => 'held')).to.equal('held')
  })

  it('is neither waited for nor skipped where its holder waits for us', async () => {
    for (const folder of [undefined, '/dev/null/nowhere']) {
      const failure = await locks(folder)
        .hold('of-whoever-waits-for-us', never, async () => 'held')
        .catch((error: unknown) => error)
      expect(failure).to.include({code: 'CONFIG_INVALID'})
    }
    expect(time).to.equal(0)
  })

  it('is freed when the work fails', async () => {
    const failure = await locks()
      .hold('provider', never, () => Promise.reject(new Error('the work')))
      .catch(error => error)
    expect(failure.message).to.equal('the work')
    expect(await locks().holdIfFree('provider', async () => 'held')).to.equal('held')
  })

  it('is an empty file for its owner alone', async function () {
    if (process.platform === 'win32') this.skip()
    await locks().hold('provider', never, async () => undefined)
    const {size, mode} = await lstat(join(home, 'locks/provider'))
    expect([size, (mode & 0o777).toString(8)]).to.deep.equal([0, '600'])
    expect(((await lstat(join(home, 'locks'))).mode & 0o777).toString(8)).to.equal('700')
  })

  it('is waited for six minutes', async () => {
    await locks().hold('provider', never, async () => {
      const failure = await locks()
        .hold('provider', never, async () => undefined)
        .catch(error => error)
      expect(failure).to.include({code: 'TIMED_OUT'})
      expect(time).to.be.within(6 * 60_000, 6 * 60_000 + 1000)
    })
  })

  it('is polled more rarely the longer the wait, and opened once', async () => {
    let [opened, looks] = [0, 0]
    const touch = (path: string) => {
      opened++
      return systemFiles.touchPrivate(path)
    }
    const release = await heldByAnother(join(home, 'locks/provider'))
    const waiting = locks(undefined, touch).hold('provider', never, async () => undefined)
    onSleep = () => looks++
    await waiting.catch(() => undefined)
    release()
    expect(opened).to.equal(1)
    // In the first second about ten, then about one a second.
    expect(looks).to.be.within(6 * 60, 9 * 60)
  })

  it('that is deleted while it is waited for is not waited for any longer', async () => {
    const path = join(home, 'locks/provider')
    const release = await heldByAnother(path)
    onSleep = () => rmSync(path, {force: true})
    expect(await locks().hold('provider', never, async () => 'done')).to.equal('done')
    release()
  })

  it('goes to a waiting process as soon as another process releases it', async () => {
    const release = await heldByAnother(join(home, 'locks/provider'))
    onSleep = () => {
      if (time > 1000) release()
    }
    expect(await locks().hold('provider', never, async () => time)).to.be.within(1000, 2100)
  })

  /** As a connection of its own, which this module knows nothing of. */
  async function heldByAnother(path: string): Promise<() => void> {
    await systemFiles.touchPrivate(path)
    const database = new DatabaseSync(path)
    database.exec('BEGIN EXCLUSIVE')
    return () => {
      if (database.isOpen) database.close()
    }
  }

  it('is no longer waited for when the user presses Ctrl-C', async () => {
    const interruption = new AbortController()
    onSleep = () => interruption.abort(new Error('Ctrl-C'))
    await locks().hold('provider', never, async () => {
      const failure = await locks()
        .hold('provider', interruption.signal, async () => undefined)
        .catch(error => error)
      expect(failure.message).to.equal('Ctrl-C')
    })
  })

  it('on a deleted file excludes no other process, so the new file is locked', async () => {
    await locks().hold('provider', never, async () => {
      await rm(join(home, 'locks/provider'))
      expect(await locks().holdIfFree('provider', async () => 'held')).to.equal('held')
    })
  })

  it('on a file that was replaced just before is taken again: it would exclude no other process', async () => {
    let touched = 0
    const touch = async (path: string) => {
      const identity = await systemFiles.touchPrivate(path)
      if (++touched === 1) {
        await rename(path, `${path}.old`)
        await systemFiles.touchPrivate(path)
      }
      return identity
    }
    expect(await locks(undefined, touch).hold('provider', never, async () => 'done')).to.equal('done')
    expect(touched).to.equal(2)
  })

  it('that can not be made causes one warning, and the work is done without it; optional work is skipped', async () => {
    await writeFile(join(home, 'file'), '')
    const impossible = locks(join(home, 'file'))
    expect(await impossible.hold('provider', never, async () => 'done')).to.equal('done')
    expect(await impossible.hold('provider', never, async () => 'done')).to.equal('done')
    expect(warnings).to.have.length(1)
    expect(await locks(join(home, 'file')).holdIfFree('provider', async () => 'done')).to.equal(undefined)
    expect(warnings, 'no warning where no lock is waited for').to.have.length(1)
  })

  it('on a file that is not a lock is skipped, and the work is done without it', async () => {
    await locks().hold('provider', never, async () => undefined)
    await writeFile(
      join(home, 'locks/provider'),
      'this is not a database, and longer than its header needs. '.repeat(20),
    )
    expect(await locks().hold('provider', never, async () => 'done')).to.equal('done')
    expect(warnings).to.have.length(1)
  })
})
