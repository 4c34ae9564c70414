import {realpath, stat} from 'node:fs/promises'
import {dirname} from 'node:path'

/** A file's state according to the file system: another file, or other contents, has another `id`. */
export interface FileState {
  /** Device, inode, size and ctime, which nobody can set. */
  readonly id: string
  readonly modifiedAt: Date
  readonly changedAt: Date
}

/** Signs of exchanged files for a reader that sees neither inode nor `ctime`. */
export interface Surroundings {
  /** Paths that lead through links, and the file that each leads to. */
  readonly links: readonly {readonly path: string; readonly real: string}[]
  /** The folders of the files, and their parents: moving a file into place changes the mtime of its folder. */
  readonly folders: readonly {readonly path: string; readonly state: FileState}[]
}

export interface FileStates {
  look(path: string): Promise<FileState | undefined>
  /** The surroundings of those files that exist, without folders in which other programs are busy all day. */
  around(paths: readonly string[]): Promise<Surroundings>
}

/** `busy` are folders shared with other programs; the root and world-writable folders are left out anyway. */
export function systemFileStates(busy: readonly string[]): FileStates {
  return {
    look: async path => stateOf(await statOf(path)),

    async around(paths) {
      const found = await Promise.all(paths.map(async path => ({path, real: await realOf(path)})))
      const files = found.flatMap(({path, real}) => (real === undefined ? [] : [{path, real}]))
      const shared = new Set(await Promise.all(busy.map(async path => (await realOf(path)) ?? path)))
      const folders = new Set(files.flatMap(({real}) => [dirname(real), dirname(dirname(real))]))
      const quiet = [...folders].filter(folder => !shared.has(folder) && folder !== dirname(folder))
      const looked = await Promise.all(quiet.map(async path => ({path, stats: await statOf(path)})))
      return {
        links: files.filter(({path, real}) => path !== real),
        folders: looked.flatMap(({path, stats}) => {
          const state = stateOf(stats)
          return !stats || !state || isEverybodys(stats) ? [] : [{path, state}]
        }),
      }
    },
  }
}

type Stats = NonNullable<Awaited<ReturnType<typeof statOf>>>

function statOf(path: string) {
  return stat(path, {bigint: true}).catch(() => undefined)
}

function stateOf(stats: Stats | undefined): FileState | undefined {
  if (!stats) return undefined
  const {dev, ino, size, ctimeNs, mtime, ctime} = stats
  // Short, because `sh` reads a byte at a time.
  const id = [dev, ino, size, ctimeNs].map(part => part.toString(36)).join('-')
  return {id, modifiedAt: mtime, changedAt: ctime}
}

/** Such as /tmp, or /nix/store, which has the sticky bit too and whose files never change. */
function isEverybodys({mode}: Stats): boolean {
  return (mode & 0o1002n) !== 0n
}

function realOf(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined)
}
