import {constants} from 'node:fs'
import {access, realpath, stat} from 'node:fs/promises'
import {dirname} from 'node:path'
import {readQuickly} from './quick.ts'

/**
 * Whether a program could be put into a folder, which may not exist yet, and started there, as far as this can be told
 * without writing.
 */
export async function takesPrograms(folder: string): Promise<boolean> {
  try {
    const there = await nearestFolder(folder)
    await access(there, constants.W_OK | constants.X_OK)
    return !(await mountOptions(there)).includes('noexec')
  } catch {
    return false
  }
}

/** The folder itself, or its nearest existing parent. Rejects where that is not a folder. */
async function nearestFolder(path: string): Promise<string> {
  const there = await stat(path).catch(() => undefined)
  if (!there) return nearestFolder(dirname(path))
  if (!there.isDirectory()) throw new Error(`${path} is not a folder`)
  return realpath(path)
}

/**
 * The mount options of a folder, after proc_pid_mountinfo(5); of two mounts on one point the later one counts. None
 * where /proc is missing.
 */
async function mountOptions(folder: string): Promise<readonly string[]> {
  const lines = (readQuickly('/proc/self/mountinfo') ?? '').split('\n')
  const mounts = lines.flatMap(line => {
    const [, , , , place = '', options = ''] = line.split(' ')
    const point = place.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)))
    const holds = point === '/' || folder === point || folder.startsWith(`${point}/`)
    return point !== '' && holds ? [{point, options: options.split(',')}] : []
  })
  const [nearest] = mounts.toReversed().toSorted((a, b) => b.point.length - a.point.length)
  return nearest?.options ?? []
}
