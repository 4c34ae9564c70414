import {lstatSync, readdirSync, readFileSync, type Stats, watch as watchFolder} from 'node:fs'
import {join, relative} from 'node:path'
import {setTimeout as pause} from 'node:timers/promises'
import {readEnvelope} from '../../src/providers/envelope.ts'
import {tokenIn} from './entries.ts'
import type {Instant, Kept} from './facts.ts'
import type {Place} from './place.ts'

/** Watches the files and the journal while callers run. */
export interface Watch {
  /**
   * Resolves when something has happened that often: an answer of the provider or AWS, one with tokens, or a file
   * begun.
   */
  comes(what: Happening, times: number): Promise<void>
  stop(): Promise<Seen>
}

export type Happening = 'request' | 'answer' | 'write'

export interface Seen {
  readonly kept: readonly Kept[]
  readonly issued: readonly Instant[]
  readonly torn: readonly string[]
}

interface Look {
  readonly kept: Kept[]
  readonly issued: Instant[]
  readonly torn: string[]
  /** The version of each file that was read. */
  readonly versions: Map<string, string>
  readonly temporaries: Set<string>
}

const restMilliseconds = 3

/** Takes the first look before it resolves. */
export async function watch(place: Place, options: {readonly journal: boolean}): Promise<Watch> {
  const look: Look = {kept: [], issued: [], torn: [], versions: new Map(), temporaries: new Set()}
  const counters = {request: counter(), answer: counter(), write: counter()}
  let watching = true
  await lookInto(place, look)
  if (look.kept.length === 0) look.kept.push({at: Date.now(), token: undefined})
  // Temporary files of earlier rounds are not being written.
  const before = look.temporaries.size
  const noticed = (path: string) => {
    look.temporaries.add(path)
    counters.write.reach(look.temporaries.size - before)
  }
  const stopNoticing = notice(join(place.home.cache, 'v1'), noticed)

  async function files(): Promise<void> {
    while (watching) {
      await place.people.look()
      await lookInto(place, look)
      counters.write.reach(look.temporaries.size - before)
      await pause(restMilliseconds)
    }
  }
  async function journal(): Promise<void> {
    while (watching) {
      const entries = await place.sandbox.journal()
      counters.request.reach(entries.length)
      counters.answer.reach(entries.filter(({kind, outcome}) => kind === 'token' && outcome === 'ok').length)
      await pause(restMilliseconds)
    }
  }
  const looking = [files(), ...(options.journal ? [journal()] : [])]

  return {
    comes: (what, times) => counters[what].reached(times),
    async stop() {
      watching = false
      stopNoticing()
      await Promise.all(looking)
      await lookInto(place, look)
      return look
    },
  }
}

async function lookInto(place: Place, look: Look): Promise<void> {
  const {cache} = place.home
  for (const folder of [cache, join(cache, 'v1'), join(cache, 'state')]) {
    for (const name of namesIn(folder)) {
      const path = join(folder, name)
      if (name.endsWith('.tmp')) look.temporaries.add(path)
      else if (name.endsWith('.json')) await lookAt(path, place, look)
    }
  }
}

async function lookAt(path: string, {opener, home}: Place, look: Look): Promise<void> {
  const stats = statsOf(path)
  const version = stats && [stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join(' ')
  if (!stats || !version || look.versions.get(path) === version) return
  const text = textOf(path)
  if (text === undefined) return
  look.versions.set(path, version)
  const isEntry = path.startsWith(join(home.cache, 'v1'))
  const envelope = isEntry ? readEnvelope(text) : undefined
  if (isEntry ? !envelope : !isJson(text)) {
    look.torn.push(`${relative(home.cache, path)} was seen with ${text.length} bytes that don't parse`)
    return
  }
  const value = envelope && (await opener.open(envelope))
  if (!value) return
  // The time of the rename.
  if ('accessKeyId' in value) look.issued.push(stats.ctimeMs)
  if ('accessToken' in value) look.kept.push({at: stats.ctimeMs, token: tokenIn(value)})
}

/** Reports temporary files sooner than polling does, if the folder exists already. */
function notice(folder: string, noticed: (path: string) => void): () => void {
  try {
    const watcher = watchFolder(folder, (_, name) => {
      if (name?.endsWith('.tmp')) noticed(join(folder, name))
    })
    // The folder is removed when everything is forgotten.
    watcher.on('error', () => undefined)
    return () => watcher.close()
  } catch {
    return () => undefined
  }
}

interface Counter {
  reach(count: number): void
  reached(count: number): Promise<void>
}

function counter(): Counter {
  const waiting = new Map<() => void, number>()
  let now = 0
  return {
    reach(count) {
      now = count
      for (const [tell, wanted] of waiting) {
        if (count < wanted) continue
        waiting.delete(tell)
        tell()
      }
    },
    reached: wanted =>
      new Promise(resolve => {
        if (now >= wanted) resolve()
        else waiting.set(resolve, wanted)
      }),
  }
}

function namesIn(folder: string): readonly string[] {
  return orUndefined(() => readdirSync(folder)) ?? []
}

/** Files come and go while they are examined. */
function statsOf(path: string): Stats | undefined {
  return orUndefined(() => lstatSync(path))
}

function textOf(path: string): string | undefined {
  return orUndefined(() => readFileSync(path, 'utf8'))
}

function isJson(text: string): boolean {
  return orUndefined(() => [JSON.parse(text)]) !== undefined
}

function orUndefined<Result>(work: () => Result): Result | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
