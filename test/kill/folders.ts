import {lstat, readdir, rm, utimes} from 'node:fs/promises'
import {basename, join, relative} from 'node:path'
import {isLocked} from '../support/machine.ts'

/** What is wrong in the folder, while no caller is running. */
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
  // Opening anything else as a lock would leave files of our own.
  const locks = names.filter(name => !name.includes('-'))
  return locks.filter(name => isLocked(join(cache, 'locks', name))).map(name => `the lock ${name} is held by nobody`)
}

/** The temporary files of callers that were killed while writing. */
export async function temporariesIn(cache: string): Promise<readonly string[]> {
  return (await contentsOf(cache)).map(({path}) => path).filter(path => basename(path).endsWith('.tmp'))
}

/** Makes the files two hours old. */
export async function age(paths: readonly string[]): Promise<void> {
  const then = new Date(Date.now() - 2 * 3_600_000)
  for (const path of paths) await utimes(path, then, then)
}

export async function forgetState(cache: string): Promise<void> {
  await rm(join(cache, 'state'), {recursive: true, force: true})
}

/** Everything except Node's compile cache, which is in a closed folder and has modes of its own. */
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
