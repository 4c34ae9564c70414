import {join} from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {AwsOidcError} from '../errors.ts'
import type {Log} from '../plugin.ts'

/**
 * Locks between processes. A provider's lock is held across reading, refreshing, signing in and saving, so that any
 * number of processes make one sign-in. The lock of a set of credentials is held around that, and while AWS is asked.
 * Each is SQLite's own file lock on an empty file: the system frees it when the holder dies, however it dies.
 */
export interface Locks {
  /**
   * Waits until the lock is free. Rejects with TIMED_OUT after six minutes (a sign-in may take five), and at once with
   * CONFIG_INVALID if the holder waits for us.
   */
  hold<Result>(name: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Result>
  /** Does the work if the lock is free now; `undefined` when it isn't, or when there can be none. */
  holdIfFree<Result>(name: string, work: () => Promise<Result>): Promise<Result | undefined>
}

export interface LockDependencies {
  /** `undefined` where this machine has no place for them. */
  readonly folder: string | undefined
  /** Ids of providers whose locks are held by processes that wait for this one: waiting for such a lock would never end. */
  readonly waitedFor: readonly string[]
  /** Makes sure that an empty file exists, and resolves to its identity. */
  readonly touch: (path: string) => Promise<string>
  readonly identify: (path: string) => Promise<string | undefined>
  /** Milliseconds of a monotonic clock. */
  readonly elapsed: () => number
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
  readonly log: Log
}

interface Held {
  release(): void
}

/** Another holder has the lock. The opened file serves for the next try. */
interface Taken {
  readonly lockFile: OpenLockFile | undefined
}

/** The file of a lock, opened. */
interface OpenLockFile {
  /** The identity of the file. */
  readonly file: string
  /** Takes the lock if it is free. */
  take(): Held | undefined
  close(): void
}

/** Why no lock can be made here. */
interface Impossible {
  readonly impossible: string
}

// The files of the locks that this process holds. Opening and closing one by other means than SQLite, as `touch` does,
// would drop its lock (POSIX fcntl) and let another process in.
const ours = new Set<string>()
let turn: Promise<unknown> = Promise.resolve()

const busy = 5 // SQLITE_BUSY: https://sqlite.org/rescode.html
const waiterLimitMilliseconds = 6 * 60 * 1000
// Looks ever less often: a user takes minutes, so a second more does not matter.
const firstPauseMilliseconds = 100
const longestPauseMilliseconds = 1_000
const slowing = 1.1

export function fileLocks(deps: LockDependencies): Locks {
  const {folder, waitedFor, touch, identify, elapsed, sleep, log} = deps
  let warned = false

  /** Tries one at a time: none may open the file while another one in this process takes the lock. */
  function tryToHold(name: string, lockFile?: OpenLockFile): Promise<Held | Taken | Impossible> {
    const done = turn.then(() => tryNow(name, lockFile))
    turn = done.catch(() => undefined)
    return done
  }

  async function tryNow(name: string, opened: OpenLockFile | undefined): Promise<Held | Taken | Impossible> {
    if (folder === undefined) return {impossible: 'there is no folder for it'}
    const path = join(folder, name)
    let lockFile = opened
    for (;;) {
      try {
        const file = await identify(path)
        if (file !== undefined && ours.has(file)) return {lockFile}
        if (lockFile?.file !== file) {
          lockFile?.close()
          lockFile = undefined
        }
        lockFile ??= openLockFile(path, await touch(path))
        const held = lockFile.take()
        if (!held) return {lockFile}
        // The file may have been deleted in between; a lock on a deleted file keeps nobody out.
        if ((await identify(path)) === lockFile.file) return registered(lockFile.file, held)
        held.release()
        lockFile = undefined
      } catch (error) {
        lockFile?.close()
        return {impossible: error instanceof Error ? error.message : String(error)}
      }
    }
  }

  /**
   * Without locks, as in a read-only home, sign-in must still work; the price is a second browser in a rare race.
   * Called after the work: if the cache has warned by then that nothing is kept, that says more.
   */
  function warnOnce({impossible}: Impossible): void {
    if (!warned) log.warn(`No lock could be made (${impossible}): calls at the same time may each ask you to sign in.`)
    warned = true
  }

  return {
    async hold(name, signal, work) {
      if (waitedFor.some(id => name === id || name.startsWith(`${id}.`))) throw waitsForItself()
      const deadline = elapsed() + waiterLimitMilliseconds
      let found = await tryToHold(name)
      if ('lockFile' in found) log.debug('waiting for the lock of another aws-oidc')
      for (let pause = firstPauseMilliseconds; 'lockFile' in found; pause *= slowing) {
        const {lockFile} = found
        try {
          if (elapsed() > deadline) throw tooLong()
          await sleep(Math.min(pause, longestPauseMilliseconds) * (0.5 + Math.random() / 2), signal)
        } catch (error) {
          lockFile?.close()
          throw error
        }
        found = await tryToHold(name, lockFile)
      }
      if ('release' in found) return workWith(found, work)
      try {
        return await work()
      } finally {
        warnOnce(found)
      }
    },

    async holdIfFree(name, work) {
      const found = await tryToHold(name)
      if ('release' in found) return workWith(found, work)
      if ('lockFile' in found) found.lockFile?.close()
      return undefined
    },
  }
}

function registered(file: string, held: Held): Held {
  ours.add(file)
  return {
    release() {
      held.release()
      ours.delete(file)
    },
  }
}

function tooLong(): AwsOidcError {
  return new AwsOidcError('TIMED_OUT', 'Another aws-oidc has been signing in for over six minutes.', {
    hint: 'Finish the sign-in in your browser, or end the other aws-oidc, and try again.',
  })
}

function waitsForItself(): AwsOidcError {
  const what =
    'The command for a secret of this provider asks aws-oidc for credentials that need a sign-in to the same provider'
  return new AwsOidcError('CONFIG_INVALID', `${what}: neither can begin.`, {
    hint: 'In that command, name an AWS profile that needs no sign-in there.',
  })
}

async function workWith<Result>(held: Held, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } finally {
    held.release()
  }
}

/**
 * Uses SQLite only: closing the file by other means in this process would drop the lock (POSIX fcntl). SQLite can close
 * one of several connections of its own without harm to the others.
 */
function openLockFile(path: string, file: string): OpenLockFile {
  const database = new DatabaseSync(path, {timeout: 0})
  return {
    file,
    take() {
      try {
        // A journal file would outlive a holder that is killed.
        database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
      } catch (error) {
        if (isBusy(error)) return undefined
        throw error
      }
      return {
        release() {
          database.exec('ROLLBACK')
          database.close()
        },
      }
    },
    close: () => database.close(),
  }
}

function isBusy(error: unknown): boolean {
  return (
    error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 0xff) === busy
  )
}
