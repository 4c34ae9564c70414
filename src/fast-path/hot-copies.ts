import {createHash} from 'node:crypto'
import {join} from 'node:path'
import type {Store} from '../cache/store.ts'
import type {Configuration} from '../config/schema.ts'
import {type Issued, readIssued, servedUntil} from '../credentials/issued.ts'
import {lastStep, type Plan, type ProfileRequest} from '../credentials/plan.ts'
import {processDocument} from '../formats/process.ts'
import type {FileStates} from '../outside/files/file-states.ts'
import type {MemoryFolders} from '../outside/files/memory-folder.ts'
import type {OwnFolder, OwnFolders} from '../outside/files/own-folder.ts'
import type {Clock} from '../outside/system/clock.ts'
import type {Host, Log} from '../plugin.ts'
import type {InstalledPackage} from '../registry/registry.ts'
import type {Secrets} from '../text/secrets.ts'
import {putHotCopy} from './hot-copy.ts'
import {putPointer} from './pointers.ts'
import {isSettled, type Stamped, type Watched} from './stamp.ts'

/** Where hot copies are kept, or why there are none. */
export type HotPlace = {readonly folder: string} | {readonly none: string}

/** Makes hot copies of this call's credentials, or pointers to them where there may be no copies. */
export interface HotCopies {
  place(): Promise<HotPlace>
  /** Makes a copy or pointer for a profile's credentials. Never rejects: without one, calls start the whole program. */
  keep(plan: Plan, issued: Issued): Promise<void>
}

export interface HotDependencies {
  readonly configuration: Pick<Configuration, 'hotCopies'>
  readonly cache: {readonly id: string; readonly byHand: boolean; readonly directory: string}
  readonly own: InstalledPackage
  readonly plugins: readonly InstalledPackage[]
  /** The files that the answer depends on, as they were before they were read. */
  readonly watched: readonly Watched[]
  readonly lookedAt: Date
  readonly states: FileStates
  readonly folders: MemoryFolders
  /** Where pointers are kept. */
  readonly pointers: OwnFolders
  readonly env: Host['env']
  readonly store: Store
  readonly secrets: Secrets
  readonly clock: Clock
  readonly log: Log
}

export function hotCopiesOf(deps: HotDependencies): HotCopies {
  const {states, folders, pointers, watched, lookedAt, own, env, cache, store, secrets, clock, log} = deps
  const noFastPath = whyNoFastPath(deps)
  const noCopies = whyForbidden(deps) ?? noFastPath
  return {
    async place() {
      if (noCopies !== undefined) return {none: noCopies}
      const folder = await folders.place()
      return folder === undefined ? {none: 'You have no folder in memory here (XDG_RUNTIME_DIR).'} : {folder}
    },

    async keep(plan, issued) {
      try {
        if (whyForbidden(deps) !== undefined) await folders.removeAll()
        if (noFastPath !== undefined) return
        const {key, profile} = lastStep(plan)
        const entry = entryOf(key)
        const path = join(cache.directory, entry)
        const state = await states.look(path)
        // If somebody signs in or out meanwhile, the entry differs already, or will differ from `state`.
        const kept = state && (await readIssued(store, key, secrets))
        if (!profile || !state || kept?.credentials.accessKeyId !== issued.credentials.accessKeyId) return
        if (!watched.every(file => isSettled(file, lookedAt))) return
        const stamped = {
          profile: profile.name,
          run: join(own.root, 'bin/run.js'),
          env,
          watched: [...watched, {path, state}],
          serveUntil: servedUntil(issued),
        }
        const memory = noCopies === undefined ? await folders.open() : undefined
        const folder = memory ?? (await pointers.open())
        if (!folder) return
        const pointer = {cache: cache.id === 'file' ? 'file' : 'keyring', entry, key, role: issued.role} as const
        const name = memory
          ? await putCopy(stamped, issued, memory, deps)
          : await putPointer(pointer, stamped, folder, clock.now())
        // If the entry has changed, the new file is invalid already, but don't leave deleted credentials behind.
        const isOver = (await states.look(path))?.id !== state.id
        if (name !== undefined && isOver) await folder.remove(name)
      } catch (error) {
        log.debug(`no hot copy or pointer was made: ${error instanceof Error ? error.message : String(error)}`)
      }
    },
  }
}

async function putCopy(
  stamped: Stamped,
  {credentials, accountId}: Issued,
  folder: OwnFolder,
  {watched, states, clock}: HotDependencies,
): Promise<string | undefined> {
  const lookedAt = clock.now()
  const around = await states.around(watched.flatMap(({path, state}) => (state ? [path] : [])))
  if (!around.folders.every(file => isSettled(file, lookedAt))) return undefined
  // A file replaced before `around` was looked at shows by its id; one replaced later, by the folders.
  for (const {path, state} of watched) if ((await states.look(path))?.id !== state?.id) return undefined
  return putHotCopy(
    {...stamped, around, document: processDocument(credentials, accountId).trimEnd()},
    folder,
    clock.now(),
  )
}

/** Whether the fast path can serve a request: it names a profile, and nothing else about the credentials. */
export function isPlain({profile, provider, role, durationSeconds}: ProfileRequest): boolean {
  return profile !== undefined && provider === undefined && role === undefined && durationSeconds === undefined
}

/**
 * The files that decide what a call prints: a change of configuration, program version or plugins ends all copies.
 * Whatever installs or removes a plugin changes npm's list or the folder, so the plugins themselves, however many, are
 * not looked at.
 */
export function decisiveFiles(configFile: string, {root}: InstalledPackage, dataFolder: string): readonly string[] {
  return [
    configFile,
    join(root, 'package.json'),
    join(dataFolder, 'package.json'),
    join(dataFolder, 'node_modules'),
    join(dataFolder, 'node_modules/.package-lock.json'),
  ]
}

/** The entry's file name, as file-based caches have it. Replacing or removing that file ends the copy. */
function entryOf(key: string): string {
  return `${createHash('sha256').update(key).digest('hex')}.json`
}

/** Why the user's settings forbid hot copies; older copies are then removed. Pointers stay: they hold no secret. */
function whyForbidden({configuration, cache}: HotDependencies): string | undefined {
  if (configuration.hotCopies === 'never') return 'The configuration says "hotCopies: never".'
  return cache.byHand && cache.id === 'keyring'
    ? 'The cache "keyring" was chosen: nothing is stored unsealed.'
    : undefined
}

/** Why every call needs the whole program; `undefined` if the fast path may serve. */
function whyNoFastPath({cache, plugins}: HotDependencies): string | undefined {
  if (cache.id !== 'keyring' && cache.id !== 'file') return `The cache "${cache.id}" is used.`
  // Hooks of plugins don't count: none runs around a command of ours.
  const linked = plugins.find(plugin => plugin.linked)
  return linked && `The plugin ${linked.name} is linked: its files may change at any time.`
}
