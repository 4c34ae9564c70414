import {type ChildProcess, spawn} from 'node:child_process'
import {lchown, lstat, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {setTimeout as delay} from 'node:timers/promises'
import {entryFiles} from './entry-files.ts'
import {bin, type Ending, type Home, type Running} from './home.ts'
import type {Sandbox} from './sandbox.ts'

/** How to start a program differently from `home.run`. */
export interface Start {
  readonly env?: Readonly<Record<string, string | undefined>>
  /** User and group id, if the tests run as root. */
  readonly user?: number
  /** Runs a shell line instead, in which `"$@"` is aws-oidc and its arguments. */
  readonly shell?: string
  readonly stdio?: readonly ('pipe' | 'ignore' | number)[]
  /** The aws-oidc of another installation. */
  readonly program?: string
}

export const root = process.getuid?.() === 0
export const nobody = 65_534

/** The variables that `home.run` sets. */
export function variablesOf({folder}: Home, {sts}: Sandbox): Record<string, string | undefined> {
  return {
    PATH: process.env.PATH,
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, '.config'),
    XDG_CACHE_HOME: join(folder, '.cache'),
    XDG_DATA_HOME: join(folder, '.local/share'),
    AWS_ENDPOINT_URL_STS: sts,
    AWS_OIDC_INTERACTIVE: 'always',
    SANDBOX_USER: 'alice',
  }
}

/** Runs aws-oidc as another user, or in a shell line that redirects its output. */
export function runAs(args: readonly string[], {env, user, shell, stdio, program: other}: Start): Promise<Ending> {
  const own = [process.execPath, other ?? bin, ...args]
  const [program = '', ...rest] = shell === undefined ? own : ['sh', '-c', shell, 'sh', ...own]
  const child = spawn(program, rest, {
    cwd: '/',
    env: env ?? {},
    stdio: [...(stdio ?? ['ignore', 'pipe', 'pipe'])],
    detached: true,
    ...(user !== undefined && {uid: user, gid: user}),
  })
  let [stdout, stderr] = ['', '']
  child.stdout?.setEncoding('utf8').on('data', text => {
    stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', text => {
    stderr += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode, signal) => resolve({exitCode, signal, stdout, stderr}))
  })
}

/** Resolves when the program has written `text` to stderr. */
export function untilSaid({child, ended}: Running, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr?.on('data', piece => {
      said += piece
      if (said.includes(text)) resolve()
    })
    ended.then(({exitCode}) => reject(new Error(`ended with ${exitCode}: ${said}`)), reject)
  })
}

/** Whether a process has loaded a library whose path contains this text. */
export async function hasLoaded({pid}: ChildProcess, library: string): Promise<boolean> {
  return (await readFile(`/proc/${pid}/maps`, 'utf8').catch(() => '')).includes(library)
}

export function isRunning(pid: number | undefined): boolean {
  try {
    return process.kill(pid ?? 0, 0)
  } catch {
    return false
  }
}

/** A shell line that runs `"$@"` on a home that is read-only even for root; it needs root. */
export const onReadOnlyHome = `exec unshare --mount sh -c '
  mount --bind "$HOME" "$HOME" && mount -o remount,ro,bind "$HOME" && exec "$@"' sh "$@"`

/** Every file and folder, with all attributes that writing would change. */
export async function inventory(folder: string): Promise<readonly string[]> {
  const lines: string[] = []
  for (const entry of await readdir(folder, {withFileTypes: true, recursive: true})) {
    const path = join(entry.parentPath, entry.name)
    const {mode, size, mtimeMs, ctimeMs, ino} = await lstat(path)
    lines.push([path, mode.toString(8), size, mtimeMs, ctimeMs, ino].join(' '))
  }
  return lines.toSorted()
}

export async function giveTo(user: number, folder: string): Promise<void> {
  await lchown(folder, user, user)
  for (const entry of await readdir(folder, {withFileTypes: true, recursive: true})) {
    await lchown(join(entry.parentPath, entry.name), user, user)
  }
}

export async function onlyFileIn(folder: string): Promise<string> {
  const [name, ...others] = await readdir(folder)
  if (name === undefined || others.length > 0) throw new Error(`${folder} has ${others.length + 1} files`)
  return join(folder, name)
}

/** The lock of the only provider; the locks of its credentials and its state have a dot in their names. */
export async function providerLock({cache}: Pick<Home, 'cache'>): Promise<string> {
  const names = await readdir(join(cache, 'locks')).catch(() => [])
  const [name, ...others] = names.filter(name => /^[0-9a-f]{64}$/.test(name))
  if (name === undefined || others.length > 0) throw new Error(`there are ${others.length + 1} providers`)
  return join(cache, 'locks', name)
}

/** Takes the lock of the only provider, as another process would, until the returned function is called. */
export async function takeLock(home: Home): Promise<() => void> {
  const database = new DatabaseSync(await providerLock(home))
  database.exec('BEGIN EXCLUSIVE')
  return () => database.close()
}

/** Resolves when another process holds the lock of the only provider. */
export async function untilLocked(home: Home): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await delay(20)) {
    const lock = await providerLock(home).catch(() => undefined)
    if (lock !== undefined && isLocked(lock)) return
  }
  throw new Error('nobody took the lock')
}

/** Whether a process holds the lock in this file. */
export function isLocked(path: string): boolean {
  const database = new DatabaseSync(path, {timeout: 0})
  try {
    database.exec('BEGIN EXCLUSIVE')
    return false
  } catch {
    return true
  } finally {
    database.close()
  }
}

type Json = Record<string, unknown>

/** The cache entry with the credentials. */
export async function credentialsEntry({cache}: Home): Promise<{path: string; envelope: Json}> {
  for (const path of await entryFiles(cache)) {
    const envelope = JSON.parse(await readFile(path, 'utf8')) as Json
    if (String(envelope.data).includes('secretAccessKey')) return {path, envelope}
  }
  throw new Error('there are no credentials')
}

/** Ages the cached credentials, so that this many seconds of their hour are left. */
export async function leaveSeconds(home: Home, seconds: number): Promise<void> {
  const {path, envelope} = await credentialsEntry(home)
  const end = Math.floor(Date.now() / 1000) + seconds
  const data = {...(JSON.parse(String(envelope.data)) as Json), obtainedAt: new Date((end - 3600) * 1000)}
  await writeFile(path, JSON.stringify({...envelope, exp: end, data: JSON.stringify(data)}))
}

/** Removes the entries whose text matches. */
export async function removeEntries({cache}: Home, unwanted: (text: string) => boolean): Promise<void> {
  for (const path of await entryFiles(cache)) {
    if (unwanted(await readFile(path, 'utf8'))) await rm(path)
  }
}

/** Moves each time in the provider's state into the past. */
export async function letTimePass({cache}: Home, minutes: number): Promise<void> {
  const path = await onlyFileIn(join(cache, 'state'))
  const moved = (_name: string, value: unknown) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)
      ? new Date(Date.parse(value) - minutes * 60_000).toISOString()
      : value
  await writeFile(path, JSON.stringify(JSON.parse(await readFile(path, 'utf8'), moved)))
}
