import {randomBytes} from 'node:crypto'
import {chmod, lstat, mkdir, open, readdir, readFile, rename, rm, stat, statfs} from 'node:fs/promises'
import {isAbsolute, join} from 'node:path'

/** What the file system tells of a file: another file, or other contents, is another `id`. */
export interface FileState {
  /** Device, inode, size and the time of the last change of any kind, which nobody can set. */
  readonly id: string
  readonly modifiedAt: Date
  readonly changedAt: Date
}

/** A folder of ours whose files are in memory and gone after the next start of the machine. */
export interface MemoryFolder {
  readonly path: string
  read(name: string): Promise<string | undefined>
  /** Puts a file (0600) into its place as a whole, with a time of modification that means something to its readers. */
  put(name: string, text: string, modifiedAt: Date): Promise<void>
  /** Some of the files, with their times of modification. */
  list(): Promise<readonly {readonly name: string; readonly modifiedAt: Date}[]>
  remove(name: string): Promise<void>
}

export interface MemoryFolders {
  /** The folder, made and closed to others; `undefined` where there is no place for one. */
  open(): Promise<MemoryFolder | undefined>
  /** Whether there is a place for one. Makes nothing. */
  place(): Promise<string | undefined>
  removeAll(): Promise<void>
  look(path: string): Promise<FileState | undefined>
}

type Env = Readonly<Record<string, string | undefined>>

// https://man7.org/linux/man-pages/man2/statfs.2.html
const inMemory: ReadonlySet<number> = new Set([0x01021994, 0x858458f6])
const mostListed = 200
const temporaryName = /^\.[0-9a-f]{12}\.tmp$/

/** Below XDG_RUNTIME_DIR: the one place that is the user's own, and in memory on every usual Linux. */
export function systemMemoryFolders(env: Env, platform: NodeJS.Platform): MemoryFolders {
  const runtime = env.XDG_RUNTIME_DIR
  const path = platform === 'linux' && runtime && isAbsolute(runtime) ? join(runtime, 'aws-oidc') : undefined

  async function place(): Promise<string | undefined> {
    if (path === undefined || runtime === undefined) return undefined
    const [found, system] = await Promise.all([stat(runtime), statfs(runtime)]).catch(() => [])
    // After `su` it may be somebody else's.
    if (!found?.isDirectory() || !isOwn(found) || (found.mode & 0o022) !== 0) return undefined
    return system && inMemory.has(system.type) ? path : undefined
  }

  return {
    place,

    async open() {
      if ((await place()) === undefined || path === undefined) return undefined
      await mkdir(path, {mode: 0o700}).catch(() => undefined)
      const found = await lstat(path)
      if (!found.isDirectory() || !isOwn(found)) return undefined
      if ((found.mode & 0o077) !== 0) await chmod(path, 0o700)
      return inMemory.has((await statfs(path)).type) ? folderAt(path) : undefined
    },

    async removeAll() {
      const found = path === undefined ? undefined : await lstat(path).catch(() => undefined)
      if (path !== undefined && found && isOwn(found)) await rm(path, {recursive: true, force: true})
    },

    async look(watched) {
      const found = await stat(watched, {bigint: true}).catch(() => undefined)
      if (!found) return undefined
      const {dev, ino, size, ctimeNs, mtime, ctime} = found
      return {id: [dev, ino, size, ctimeNs].join('-'), modifiedAt: mtime, changedAt: ctime}
    },
  }
}

function folderAt(path: string): MemoryFolder {
  const at = (name: string) => join(path, name)
  return {
    path,

    read: name => readFile(at(name), 'utf8').catch(() => undefined),

    async put(name, text, modifiedAt) {
      const temporary = at(`.${randomBytes(6).toString('hex')}.tmp`)
      try {
        const file = await open(temporary, 'wx', 0o600)
        try {
          await file.writeFile(text)
          await file.utimes(modifiedAt, modifiedAt)
        } finally {
          await file.close()
        }
        await rename(temporary, at(name))
      } catch (error) {
        await rm(temporary, {force: true})
        throw error
      }
    },

    async list() {
      const names = (await readdir(path)).filter(name => !temporaryName.test(name)).slice(0, mostListed)
      const found = await Promise.all(
        names.map(async name => ({name, stats: await lstat(at(name)).catch(() => undefined)})),
      )
      return found.flatMap(({name, stats}) => (stats ? [{name, modifiedAt: stats.mtime}] : []))
    },

    remove: name => rm(at(name), {recursive: true, force: true}),
  }
}

function isOwn({uid}: {readonly uid: number}): boolean {
  return uid === process.geteuid?.()
}
