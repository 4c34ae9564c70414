import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {AwsOidcError} from './errors.ts'
import {readObject} from './json.ts'
import type {CacheHome, CredentialCache, Entry, FederationStrategy} from './plugin.ts'

/** A package whose declarations count: the host itself, or a plugin that somebody installed. */
export interface InstalledPackage {
  readonly name: string
  readonly root: string
  /** The parsed package.json; data, so that looking at it runs nothing. */
  readonly manifest: Readonly<Record<string, unknown>>
}

/** What the installed packages declare. Only the package that owns a wanted id is ever imported. */
export interface Registry {
  /** The package that owns a strategy, without importing it. Throws CONFIG_INVALID when nobody does. */
  ownerOf(strategy: string): string
  /** The strategies that are there, in no order; of none of them the code is loaded. */
  strategies(): readonly {readonly id: string; readonly package: string}[]
  /** What a strategy says of itself, in one line. */
  strategySummary(id: string): Promise<string>
  strategy(id: string): Promise<FederationStrategy<Record<string, unknown>>>
  cache(id: string, home: CacheHome): Promise<CredentialCache>
  /** What a cache says of itself, in one line. */
  cacheSummary(id: string): Promise<string>
}

type Kind = 'strategies' | 'caches'

const apiVersion = 1

export function registryOf(packages: readonly InstalledPackage[]): Registry {
  const owner = (kind: Kind, id: string): InstalledPackage => {
    const found = packages.find(candidate => declared(candidate, kind).includes(id))
    if (found) return found
    const known = packages.flatMap(candidate => declared(candidate, kind)).toSorted()
    const what = kind === 'strategies' ? 'strategy' : 'cache'
    throw new AwsOidcError('CONFIG_INVALID', `There is no ${what} "${id}". Installed: ${known.join(', ')}.`, {
      hint: 'aws-oidc plugins',
    })
  }

  return {
    ownerOf: strategy => owner('strategies', strategy).name,
    strategies: () =>
      packages.flatMap(candidate => declared(candidate, 'strategies').map(id => ({id, package: candidate.name}))),
    async strategySummary(id) {
      const owned = owner('strategies', id)
      return (await load<FederationStrategy<Record<string, unknown>>, void>(owned, 'strategies', id)).summary
    },
    async strategy(id) {
      const entry = await load<FederationStrategy<Record<string, unknown>>, void>(
        owner('strategies', id),
        'strategies',
        id,
      )
      return entry.load()
    },
    async cache(id, home) {
      const holder = owner('caches', id)
      const entry = await load<CredentialCache, CacheHome>(holder, 'caches', id)
      return entry.load(home).catch((error: unknown) => {
        throw failed(holder, reasonOf(error), error)
      })
    },
    async cacheSummary(id) {
      const entry = await load<CredentialCache, CacheHome>(owner('caches', id), 'caches', id)
      return entry.summary
    },
  }
}

function declared(candidate: InstalledPackage, kind: Kind): readonly string[] {
  const declaration = readObject(candidate.manifest['aws-oidc'])
  const ids = declaration[kind]
  return Array.isArray(ids) ? ids.filter(id => typeof id === 'string') : []
}

async function load<Contract, Input>(owner: InstalledPackage, kind: Kind, id: string): Promise<Entry<Contract, Input>> {
  const hooks = readObject(readObject(owner.manifest.oclif).hooks)
  const hook = hooks[`aws-oidc:${kind}`]
  if (typeof hook !== 'string') throw failed(owner, `it declares "${id}" but no hook "aws-oidc:${kind}"`)
  const registration = await register(owner, hook)
  if (registration.apiVersion !== apiVersion) {
    throw failed(
      owner,
      `it was built for version ${String(registration.apiVersion)} of the contract, this is ${apiVersion}`,
    )
  }
  const entries = Array.isArray(registration.entries) ? registration.entries : []
  const entry = entries.find(candidate => readObject(candidate).id === id)
  if (!isEntry<Contract, Input>(entry)) throw failed(owner, `its hook does not register "${id}", which it declares`)
  return entry
}

async function register(owner: InstalledPackage, hook: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const module: unknown = await import(pathToFileURL(join(owner.root, hook)).href)
    const {default: run} = readObject(module)
    return readObject(typeof run === 'function' ? await run() : undefined)
  } catch (error) {
    throw failed(owner, reasonOf(error), error)
  }
}

/** What a plugin hands over is checked as far as data can be; the rest is its promise by the contract's types. */
function isEntry<Contract, Input>(value: unknown): value is Entry<Contract, Input> {
  const {id, summary, load} = readObject(value)
  return typeof id === 'string' && typeof summary === 'string' && typeof load === 'function'
}

function failed(owner: InstalledPackage, reason: string, cause?: unknown): AwsOidcError {
  return new AwsOidcError('PLUGIN_FAILED', `The plugin ${owner.name} failed: ${reason}.`, {
    hint: `aws-oidc plugins uninstall ${owner.name}`,
    cause,
  })
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
