import {execFile} from 'node:child_process'
import {stat} from 'node:fs/promises'
import {promisify} from 'node:util'

/**
 * Gives one file what another one has beside its text: owner, permissions, access list, extended attributes. False where
 * this machine can't; Node itself knows only the first two. May leave that text in it, too.
 */
export async function copyAttributes(from: string, to: string): Promise<boolean> {
  // A file there has the access list of its folder.
  if (process.platform === 'win32') return true
  // https://www.gnu.org/software/coreutils/manual/html_node/cp-invocation.html ; -p of the BSDs takes all of it along.
  const all = process.platform === 'linux' ? ['--attributes-only', '--preserve=mode,ownership,xattr'] : ['-p']
  const copied = await promisify(execFile)('cp', [...all, '--', from, to]).then(
    () => true,
    () => false,
  )
  const [old, own] = [await stat(from), await stat(to)]
  return copied && old.uid === own.uid && old.gid === own.gid && old.mode === own.mode
}
