import {join} from 'node:path'
import {AwsOidcError, pluginFailure, printable} from '../errors.ts'
import type {CacheHome, CredentialCache, Entry, FederationStrategy} from '../plugin.ts'
import {readObject} from '../text/json.ts'
import {checkedCache, checkedStrategy} from './checked.ts'
import {apiVersion, declaredBy, type Kind, type Manifest, ofOtherVersion, whyUnfit, words} from './declared.ts'
import {ourPlugins, updateOf} from './ours.ts'

/** A package whose declarations count: aws-oidc itself, or a plugin that the user installed. */
export interface InstalledPackage {
  /** The name under which it was installed. */
  readonly name: string
  readonly root: string
  /** The parsed package.json: reading it runs no code. */
  readonly manifest: Manifest
  /** Whether it is linked to a folder that somebody works on. */
  readonly linked?: boolean
  /** The hash of its package as npm has noted it, where that was looked up. */
  readonly integrity?: string | undefined
}

/** What the installed packages declare. Only the package that owns a wanted id is ever imported. */
export interface Registry {
  /** The package that owns a strategy, without importing it. Throws CONFIG_INVALID if none does. */
  ownerOf(strategy: string): string
  /** The ids of the strategies that may be used, in no particular order, without loading their code. */
  strategies(): readonly string[]
  /** The strategies of our own plugins that are allowed but not installed. */
  installable(): readonly Installable[]
  /** A strategy's description of itself, in one line. */
  strategySummary(id: string): Promise<string>
  strategy(id: string): Promise<FederationStrategy<Record<string, unknown>>>
  cache(id: string, home: CacheHome): Promise<CredentialCache>
  /** The plugin that brings a cache; `undefined` for one that is built in. */
  pluginOfCache(id: string): string | undefined
  /** A cache's description of itself, in one line. */
  cacheSummary(id: string): Promise<string>
}

/** A strategy that no installed package brings, and the plugin that does. */
export interface Installable {
  readonly strategy: string
  readonly plugin: string
}

export interface RegistryDependencies {
  /** Why the configuration does not let a plugin be used; `undefined` if it does. */
  readonly refusal: (plugin: string) => AwsOidcError | undefined
  /** Loads code of a plugin within limits. */
  readonly guard: <Result>(plugin: string, work: () => Promise<Result>) => Promise<Result>
  /** Imports a file of code, and resolves to its exports. */
  readonly load: (path: string) => Promise<unknown>
  readonly nearest: (name: string, known: readonly string[]) => string | undefined
}

/** What is built in wins over what a plugin declares under the same id: no plugin may replace `oidc`. */
export function registryOf(
  own: InstalledPackage,
  plugins: readonly InstalledPackage[],
  deps: RegistryDependencies,
): Registry {
  function holderOf(kind: Kind, id: string): InstalledPackage {
    if (declaredBy(own.manifest, kind).includes(id)) return own
    const there = plugins.filter(({manifest}) => declaredBy(manifest, kind).includes(id))
    const [first, second] = there.filter(({name}) => !deps.refusal(name))
    if (first && second) throw disputed(kind, id, first, second)
    if (first) return first
    throw (there[0] && deps.refusal(there[0].name)) ?? unknown(kind, id, [own, ...plugins], deps)
  }

  async function load<Contract, Input>(
    kind: Kind,
    id: string,
    input: Input,
    isContract: (value: unknown) => value is Contract,
  ): Promise<Contract> {
    return guarded(holderOf(kind, id), async holder => {
      const entry = await entryOf<Contract, Input>(holder, kind, id, deps.load)
      const loaded: unknown = await entry.load(input)
      if (!isContract(loaded)) throw new Error(`what it provides as "${id}" is not a ${words[kind]}`)
      return loaded
    })
  }

  function summary(kind: Kind, id: string): Promise<string> {
    return guarded(holderOf(kind, id), async holder => (await entryOf(holder, kind, id, deps.load)).summary)
  }

  /** Runs a package's code. An error in a plugin becomes PLUGIN_FAILED, which names the plugin. */
  async function guarded<Result>(
    holder: InstalledPackage,
    work: (holder: InstalledPackage) => Promise<Result>,
  ): Promise<Result> {
    if (holder === own) return work(holder)
    const reason = await whyUnfit(holder.manifest, String(own.manifest.version))
    if (reason) throw reason.newer ? tooNew(holder, reason.text, own) : pluginFailure(holder.name, reason.text)
    return deps.guard(holder.name, () =>
      work(holder).catch((error: unknown) => {
        throw pluginFailure(holder.name, reasonOf(error), error)
      }),
    )
  }

  function failureOf(kind: Kind, id: string) {
    return (reason: string) => pluginFailure(holderOf(kind, id).name, reason)
  }

  const usable = [own, ...plugins.filter(({name}) => !deps.refusal(name))]

  function isDeclared(kind: Kind, id: string): boolean {
    return usable.some(({manifest}) => declaredBy(manifest, kind).includes(id))
  }

  return {
    ownerOf: strategy => holderOf('strategies', strategy).name,
    strategies: () => usable.flatMap(({manifest}) => declaredBy(manifest, 'strategies')),
    installable: () =>
      [...ourPlugins.strategies]
        .filter(([id, plugin]) => !isDeclared('strategies', id) && !deps.refusal(plugin))
        .map(([strategy, plugin]) => ({strategy, plugin})),
    strategySummary: id => summary('strategies', id),
    strategy: async id =>
      checkedStrategy(await load('strategies', id, undefined, isStrategy), failureOf('strategies', id)),
    cache: async (id, home) => checkedCache(await load('caches', id, home, isCache), failureOf('caches', id)),
    pluginOfCache(id) {
      const holder = holderOf('caches', id)
      return holder === own ? undefined : holder.name
    },
    cacheSummary: id => summary('caches', id),
  }
}

async function entryOf<Contract, Input>(
  holder: InstalledPackage,
  kind: Kind,
  id: string,
  loadFile: RegistryDependencies['load'],
) {
  const hook = readObject(readObject(holder.manifest.oclif).hooks)[`aws-oidc:${kind}`]
  if (typeof hook !== 'string') throw new Error(`it declares "${id}" but no hook "aws-oidc:${kind}"`)
  const module: unknown = await loadFile(join(holder.root, hook))
  const {default: run} = readObject(module)
  if (typeof run !== 'function') throw new Error(`${hook} has no function as its default export`)
  const registration = readObject(await run())
  if (registration.apiVersion !== apiVersion) throw new Error(ofOtherVersion(registration.apiVersion))
  const entries = Array.isArray(registration.entries) ? registration.entries : []
  const entry = entries.find(candidate => readObject(candidate).id === id)
  if (!isEntry<Contract, Input>(entry)) throw new Error(`its hook does not register "${id}", which it declares`)
  return entry
}

/** Checks what a plugin hands over as far as data can be checked; the contract's types promise the rest. */
function isEntry<Contract, Input>(value: unknown): value is Entry<Contract, Input> {
  const {id, summary, load} = readObject(value)
  return typeof id === 'string' && typeof summary === 'string' && typeof load === 'function'
}

function isStrategy(value: unknown): value is FederationStrategy<Record<string, unknown>> {
  return has(value, ['signIn']) && 'settings' in value && typeof value.settings === 'object' && value.settings !== null
}

function isCache(value: unknown): value is CredentialCache {
  return has(value, ['read', 'write', 'remove', 'clear'])
}

/** The value may be an instance of a class, whose methods are not its own members. */
function has(value: unknown, methods: readonly string[]): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    methods.every(method => typeof Reflect.get(value, method) === 'function')
  )
}

function unknown(
  kind: Kind,
  id: string,
  packages: readonly InstalledPackage[],
  {nearest, refusal}: RegistryDependencies,
): AwsOidcError {
  const word = words[kind]
  const plugin = ourPlugins[kind].get(id)
  if (plugin !== undefined) {
    const refused = refusal(plugin)
    if (refused) return refused
    const hint = `aws-oidc plugins install ${plugin}`
    return new AwsOidcError('CONFIG_INVALID', `The ${word} "${id}" comes from a plugin that is not installed.`, {
      hint,
    })
  }
  const there = packages.flatMap(({manifest}) => declaredBy(manifest, kind)).toSorted()
  const near = nearest(id, [...new Set([...there, ...ourPlugins[kind].keys()])])
  const message = `There is no ${word} "${printable(id, 100)}". Installed: ${there.join(', ')}.`
  const hint = near === undefined ? 'aws-oidc plugins' : `Did you mean "${word}: ${near}"?`
  return new AwsOidcError('CONFIG_INVALID', message, {hint})
}

function disputed(kind: Kind, id: string, first: InstalledPackage, second: InstalledPackage): AwsOidcError {
  return new AwsOidcError(
    'CONFIG_INVALID',
    `Both ${first.name} and ${second.name} provide the ${words[kind]} "${id}".`,
    {
      hint: `aws-oidc plugins uninstall ${second.name}`,
    },
  )
}

function tooNew({name}: InstalledPackage, reason: string, own: InstalledPackage): AwsOidcError {
  const hint = updateOf(own)
  return new AwsOidcError('PLUGIN_FAILED', `The plugin ${name} can't be used: ${reason}.`, {hint})
}

/** One line, however many a parser's message has. */
function reasonOf(error: unknown): string {
  return printable(error instanceof Error ? error.message : String(error))
}
