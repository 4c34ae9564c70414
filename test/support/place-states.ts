import {chmod, chown, cp, mkdir, rm, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Home} from './home.ts'
import {giveTo, nobody, root} from './machine.ts'

/** The folders that we use; of the shared ones, the whole folder that all programs use. */
export const places = {
  config: '.config',
  cache: '.cache',
  data: '.local/share',
  runtime: undefined,
  compiled: '.cache/aws-oidc/compiled',
  parsed: '.cache/aws-oidc/parsed',
  locks: '.cache/aws-oidc/locks',
  state: '.cache/aws-oidc/state',
} as const

export type Place = keyof typeof places

/** What can be wrong with a place. */
export const states = [
  'is missing',
  'is unreadable',
  "can't be entered",
  'is a file',
  'is a link',
  'belongs to another owner',
  'is read-only',
  'is on a full disk',
  'has too long a name',
] as const

export type State = (typeof states)[number]

export interface Brought {
  readonly env: Readonly<Record<string, string>>
  /** The user to run as if the tests run as root, which permissions would not stop. */
  readonly user?: number
  /** A shell line to use instead of `user`, in which `"$@"` is the call. */
  readonly shell?: string
  readonly path: string
}

const variables: Partial<Record<Place, string>> = {
  config: 'XDG_CONFIG_HOME',
  data: 'XDG_DATA_HOME',
  runtime: 'XDG_RUNTIME_DIR',
}

/** Brings a place of a home into a state; `undefined` if that needs root. `memory` is an empty folder in memory. */
export async function bring(place: Place, state: State, {folder}: Home, memory: string): Promise<Brought | undefined> {
  const [runtime, real] = [join(memory, 'runtime'), join(memory, 'real')]
  const path = place === 'runtime' ? runtime : join(folder, places[place])
  for (const made of [runtime, path]) await mkdir(made, {recursive: true, mode: 0o700})
  const tooLong = await longPath(place, folder)
  if (root) for (const owned of [folder, memory]) await giveTo(nobody, owned)
  const start = {env: {XDG_RUNTIME_DIR: runtime}, path, ...(root && {user: nobody})}

  switch (state) {
    case 'is missing':
      await rm(path, {recursive: true})
      return start
    case 'is unreadable':
      await chmod(path, 0o300)
      return start
    case "can't be entered":
      await chmod(path, 0o600)
      return start
    case 'is a file':
      await rm(path, {recursive: true})
      await writeFile(path, 'mine')
      return start
    case 'is a link':
      await cp(path, real, {recursive: true})
      await rm(path, {recursive: true})
      await symlink(real, path)
      if (root) await giveTo(nobody, memory)
      return start
    case 'belongs to another owner':
      if (!root) return undefined
      // As one `sudo -E` of any program leaves it.
      await chown(path, 0, 0)
      await chmod(path, 0o700)
      return start
    case 'is read-only':
      await chmod(path, 0o500)
      return start
    case 'is on a full disk':
      return root ? {...start, shell: onFullDisk(path)} : undefined
    case 'has too long a name':
      return {...start, env: {...start.env, [variables[place] ?? 'XDG_CACHE_HOME']: tooLong}}
  }
}

/** A name that is too long; for a folder in our cache, a base path just short enough for our cache folder itself. */
async function longPath(place: Place, folder: string): Promise<string> {
  if (place === 'cache' || place in variables) return join(folder, 'x'.repeat(300))
  const [top, own] = [join(folder, 'long'), '/aws-oidc']
  const names = `/${'x'.repeat(98)}`.repeat(50)
  const base = `${top}${names.slice(0, 4095 - top.length - own.length)}`
  await mkdir(base + own, {recursive: true, mode: 0o700})
  return base
}

function onFullDisk(path: string): string {
  return `exec unshare --mount sh -c '
    mount -t tmpfs -o size=64k,mode=700,uid=${nobody},gid=${nobody} none /mnt && cp -a "${path}/." /mnt &&
    mount --bind /mnt "${path}" || exit 99
    (cat /dev/zero >"${path}/filler") 2>/dev/null
    exec setpriv --reuid ${nobody} --regid ${nobody} --clear-groups "$@"' sh "$@"`
}
