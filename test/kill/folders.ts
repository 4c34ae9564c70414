import {lstat, readdir, rm, utimes} from 'node:fs/promises'
import {basename, join, relative} from 'node:path'
import {isLocked} from '../support/machine.ts'

/** What should not be so when nobody is at work there any more. */
export async function damageIn(cache: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const {path, mode, size, isFolder} of await contentsOf(cache)) {
    const name = relative(cache, path)
    const wanted = isFolder ? 0o700 : 0o600
    if (mode !== wanted) found.push(`${name} has mode ${mode.toString(8)}`)
    if (!isFolder && name.startsWith('locks') && size > 0) found.push(`${name} holds ${size} bytes`)
  }
  return found
}

export async function heldLocks(cache: string): Promise<readonly string[]> {
  const names = await readdir(join(cache, 'locks')).catch(() => [])
  // Opening anything else as a lock would leave files of our own making.
  const locks = names.filter(name => !name.includes('-'))
  return locks.filter(name => isLocked(join(cache, 'locks', name))).map(name => `the lock ${name} is held by nobody`)
}

/** What callers have left that were killed while they wrote. */
export async function temporariesIn(cache: string): Promise<readonly string[]> {
  return (await contentsOf(cache)).map(({path}) => path).filter(path => basename(path).endsWith('.tmp'))
}

/** As if they had been left two hours ago. */
export async function age(paths: readonly string[]): Promise<void> {
  const then = new Date(Date.now() - 2 * 3_600_000)
  for (const path of paths) await utimes(path, then, then)
}

export async function forgetState(cache: string): Promise<void> {
  await rm(join(cache, 'state'), {recursive: true, force: true})
}

/** All but what Node keeps of compiled code, in a closed folder, with modes of its own. */
async function contentsOf(cache: string) {
  const entries = await readdir(cache, {withFileTypes: true, recursive: true}).catch(() => [])
  const isOurs = ({parentPath}: {readonly parentPath: string}) =>
    !`${relative(cache, parentPath)}/`.startsWith('compiled/')
  return Promise.all(
    entries.filter(isOurs).map(async entry => {
      const path = join(entry.parentPath, entry.name)
      const {mode, size} = await lstat(path)
      return {path, mode: mode & 0o777, size, isFolder: entry.isDirectory()}
    }),
  )
}
