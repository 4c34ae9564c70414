/**
 * Hot copies: role credentials, ready to be printed, in memory. Two readers take them without starting the rest of this
 * program: the lane in bin/run.js, and bin/launcher.sh, which can compare the times of files but read none. Whatever
 * is not as it was when a copy was made sends both here. See docs/decisions/0016-hot-copies.md.
 */

/** What a call depends on besides its arguments. Both readers have the same list, in this order. */
export const decisiveVariables = [
  'HOME',
  'XDG_CONFIG_HOME',
  'XDG_CACHE_HOME',
  'XDG_DATA_HOME',
  'AWS_OIDC_DATA_DIR',
  'AWS_OIDC_CONFIG_FILE',
  'AWS_OIDC_CACHE',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_ENDPOINT_URL_STS',
  'AWS_CA_BUNDLE',
  'CI',
] as const

type Env = Readonly<Record<string, string | undefined>>

/** A file whose change ends a copy, and how it was; `undefined` where there was none. */
export interface Watched {
  readonly path: string
  readonly state: WatchedState | undefined
}

export interface WatchedState {
  readonly id: string
  readonly modifiedAt: Date
  readonly changedAt: Date
}

export interface HotCopy {
  readonly profile: string
  /** The program that whoever finds no copy starts. */
  readonly run: string
  readonly env: Env
  readonly watched: readonly Watched[]
  /** One line. */
  readonly document: string
  readonly serveUntil: Date
}

/** Where copies are kept. */
export interface HotFolder {
  read(name: string): Promise<string | undefined>
  put(name: string, text: string, modifiedAt: Date): Promise<void>
  list(): Promise<readonly {readonly name: string; readonly modifiedAt: Date}[]>
  remove(name: string): Promise<void>
}

const format = 'aws-oidc 1'
const largest = 16_384
// busybox compares whole seconds, and the clock that stamps files ticks every few milliseconds.
const settledMilliseconds = {modified: 2_000, changed: 20}

/** Whether a file has been as it is for so long that its next change is sure to give it other times. */
export function isSettled({state}: Watched, now: Date): boolean {
  if (!state) return true
  const age = (time: Date) => now.getTime() - time.getTime()
  return age(state.modifiedAt) >= settledMilliseconds.modified && age(state.changedAt) >= settledMilliseconds.changed
}

/** Puts a copy into its place, and tells its name; `undefined` where it has no form that the readers would take. */
export async function putHotCopy(copy: HotCopy, folder: HotFolder, now: Date): Promise<string | undefined> {
  const name = nameOf(copy)
  const text = textOf(copy)
  if (name === undefined || text === undefined) return undefined
  const stamps = copy.watched.flatMap(({state}) => (state ? stampsOf(state) : []))
  const others = await leftovers(name, folder, now)
  // The copy names its stamps, so a reader never sees those of another one.
  await Promise.all(stamps.map(({name, modifiedAt}) => folder.put(name, '', modifiedAt)))
  await folder.put(name, text, copy.serveUntil)
  const current = new Set([name, ...stamps.map(stamp => stamp.name)])
  await Promise.all(others.filter(other => !current.has(other)).map(other => folder.remove(other)))
  return name
}

/** A region is a part of the name, so that two terminals with different ones don't drive out each other's copy. */
function nameOf({profile, env}: HotCopy): string | undefined {
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || ''
  if (!/^[A-Za-z0-9_][\w.@+-]{0,99}$/.test(profile) || !/^[a-z0-9-]{0,40}$/.test(region)) return undefined
  return `${profile}:${region}`
}

function textOf({profile, run, env, watched, document}: HotCopy): string | undefined {
  const who = [format, run, profile, ...decisiveVariables.map(name => env[name] ?? '')]
  const what = watched.flatMap(({path, state}) => [state?.id ?? '-', path])
  const text = `${who.join('\t')}\n${what.join('\t')}\n${document}\n`
  const isPlain = [...who, ...what].every(word => !/[\t\n\r\0]/.test(word)) && !/[\n\0]/.test(document)
  // The paths must mean the same in every folder.
  const isAbsolute = watched.every(({path}) => path.startsWith('/'))
  return isPlain && isAbsolute && Buffer.byteLength(text) <= largest ? text : undefined
}

/** What `sh` compares a watched file with: it must be no older than the one and no newer than the other. */
function stampsOf({id, modifiedAt}: WatchedState): readonly {readonly name: string; readonly modifiedAt: Date}[] {
  const at = modifiedAt.getTime()
  return [
    {name: `${id}.low`, modifiedAt: new Date(at - 1)},
    {name: `${id}.high`, modifiedAt: new Date(at + 2)},
  ]
}

/**
 * What is of no use any more once the copy of that name is replaced: copies past their time, and stamps that they and it
 * name. A stamp that the new copy doesn't need is of a file that has changed since, so nobody needs it.
 */
async function leftovers(name: string, folder: HotFolder, now: Date): Promise<readonly string[]> {
  const copies = (await folder.list()).filter(file => file.name.includes(':'))
  const over = copies.filter(file => file.modifiedAt <= now).map(file => file.name)
  const texts = await Promise.all([name, ...over].map(other => folder.read(other)))
  const stamps = texts
    .flatMap(text => text?.split('\n')[1]?.split('\t') ?? [])
    .filter(word => /^\d+(-\d+)+$/.test(word))
  return [...over, ...stamps.flatMap(id => [`${id}.low`, `${id}.high`])]
}
