import {execFile} from 'node:child_process'
import {stat} from 'node:fs/promises'
import {promisify} from 'node:util'

/**
 * Copies everything but the text from one file to another: owner, permissions, access list, extended attributes. False
 * where this machine can't; Node itself handles only the first two. May copy the text as well.
 */
export async function copyAttributes(from: string, to: string): Promise<boolean> {
  // On Windows a file takes the access list of its folder.
  if (process.platform === 'win32') return true
  // https://www.gnu.org/software/coreutils/manual/html_node/cp-invocation.html ; on the BSDs -p copies all of them.
  const all = process.platform === 'linux' ? ['--attributes-only', '--preserve=mode,ownership,xattr'] : ['-p']
  const copied = await promisify(execFile)('cp', [...all, '--', from, to]).then(
    () => true,
    () => false,
  )
  const [old, own] = [await stat(from), await stat(to)]
  return copied && old.uid === own.uid && old.gid === own.gid && old.mode === own.mode
}
