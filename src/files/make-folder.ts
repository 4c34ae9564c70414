import {mkdir, stat} from 'node:fs/promises'
import {dirname} from 'node:path'
import {codeOf} from './code-of.ts'

/**
 * Makes a folder and its missing parents, closed to others (0700); `finish` completes each new one. Node's own
 * `recursive` never ends where a file system answers ENOENT for a folder that can't be made, as /proc does.
 */
export async function makeFolder(path: string, finish?: (folder: string) => Promise<void>): Promise<void> {
  async function make() {
    await mkdir(path, {mode: 0o700})
    await finish?.(path)
  }
  try {
    await make()
  } catch (error) {
    if (await isFolder(path)) return
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error
    await makeFolder(dirname(path), finish)
    // Another process may have made the folder meanwhile.
    await make().catch(async (again: unknown) => {
      if (!(await isFolder(path))) throw again
    })
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false
}
