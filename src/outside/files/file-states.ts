import {realpath, stat} from 'node:fs/promises'
import {dirname} from 'node:path'

/** What the file system tells of a file: another file, or other contents, is another `id`. */
export interface FileState {
  /** Device, inode, size and the time of the last change of any kind, which nobody can set. */
  readonly id: string
  readonly modifiedAt: Date
  readonly changedAt: Date
}

/** What shows that files were exchanged to somebody who can read neither inode nor `ctime`. */
export interface Surroundings {
  /** Paths that lead through links, and to which file. */
  readonly links: readonly {readonly path: string; readonly real: string}[]
  /** The folders that files are in, and those above: to move one into its place changes the time of its folder. */
  readonly folders: readonly {readonly path: string; readonly state: FileState}[]
}

export interface FileStates {
  look(path: string): Promise<FileState | undefined>
  /** Of those files that exist. Folders in which other programs are busy all day are left out. */
  around(paths: readonly string[]): Promise<Surroundings>
}

/** `busy` are folders that this program shares with others, besides the root and those where everybody may write. */
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

/** As /tmp is, and /nix/store, which has the sticky bit too, and whose files never change. */
function isEverybodys({mode}: Stats): boolean {
  return (mode & 0o1002n) !== 0n
}

function realOf(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined)
}
