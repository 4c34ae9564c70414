import {isAbsolute} from 'node:path'

/**
 * What the fast path serves. Line 1 of the file identifies the caller, line 2 fingerprints the dependencies, and the
 * file's mtime is the expiry.
 */
export interface Stamped {
  readonly profile: string
  /** The bin/run.js that starts when a call can't be served. */
  readonly run: string
  readonly env: Env
  readonly watched: readonly Watched[]
  readonly serveUntil: Date
  /** Paths that must still lead to the file named as `real`. */
  readonly links?: readonly {readonly path: string; readonly real: string}[]
}

type Env = Readonly<Record<string, string | undefined>>

/** A file whose change ends the service, and its state; `undefined` if there was no file. */
export interface Watched {
  readonly path: string
  readonly state: WatchedState | undefined
}

export interface WatchedState {
  readonly id: string
  readonly modifiedAt: Date
  readonly changedAt: Date
}

/** A value of `callerLines`. */
interface CallerLine {
  readonly format: string
  readonly variables: readonly string[]
}

/** A folder of hot copies or pointers. */
export interface StampedFolder {
  read(name: string): Promise<string | undefined>
  put(name: string, text: string, modifiedAt: Date): Promise<void>
  /** The files with such a name; if there are very many, some of them. */
  list(isMeant: (name: string) => boolean): Promise<readonly {readonly name: string; readonly modifiedAt: Date}[]>
  remove(name: string): Promise<void>
}

const largest = 16_384
// busybox compares whole seconds, and the clock that stamps files ticks every few milliseconds.
const settledMilliseconds = {modified: 2_000, changed: 20}

/** Whether a file has been unchanged for so long that its next change is sure to give it other times. */
export function isSettled({state}: Watched, now: Date): boolean {
  if (!state) return true
  const age = (time: Date) => now.getTime() - time.getTime()
  return age(state.modifiedAt) >= settledMilliseconds.modified && age(state.changedAt) >= settledMilliseconds.changed
}

/**
 * The name of a profile's file; `undefined` if it can't be one. It includes the region, so that two terminals with
 * different regions don't replace each other's files.
 */
export function nameFor({profile, env}: Stamped, between: ':' | ','): string | undefined {
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || ''
  if (!/^[A-Za-z0-9_][\w.@+-]{0,99}$/.test(profile) || !/^[a-z0-9-]{0,40}$/.test(region)) return undefined
  return `${profile}${between}${region}`
}

/** The three lines of a file; `undefined` if they have no form that the readers take. */
export function linesOf(
  {format, variables}: CallerLine,
  {profile, run, env, watched, links = []}: Stamped,
  content: string,
): string | undefined {
  const who = [format, run, profile, ...variables.map(name => env[name] ?? '')]
  const files = watched.flatMap(({path, state}) => [state?.id ?? '-', path])
  const what = [...files, ...links.flatMap(({path, real}) => [`=${path}`, real])]
  const text = `${who.join('\t')}\n${what.join('\t')}\n${content}\n`
  const isPlain = [...who, ...what].every(word => !/[\t\n\r\0]/.test(word)) && !/[\n\0]/.test(content)
  // Paths must mean the same in every working directory.
  return isPlain && watched.every(({path}) => isAbsolute(path)) && Buffer.byteLength(text) <= largest ? text : undefined
}
