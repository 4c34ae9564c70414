import {isDeepStrictEqual} from 'node:util'
import type {Configuration, ProviderConfiguration} from '../config/schema.ts'
import {secretsIn} from '../config/settings.ts'
import type {Configured, Dependencies, SetupDependencies, SignInDependencies} from '../credentials/dependencies.ts'
import {findProvider} from '../credentials/plan.ts'
import {AwsOidcError, expectedFailure} from '../errors.ts'
import type {SettingSpec} from '../plugin.ts'
import type {Registry} from '../registry/registry.ts'
import {type LogoutResult, logout} from '../session/logout.ts'
import {readObject} from '../text/json.ts'

export interface ProviderList {
  readonly path: string
  readonly providers: readonly ListedProvider[]
}

export interface ListedProvider {
  readonly provider: string
  readonly strategy: string
  /** The profiles that name it. */
  readonly profiles: readonly string[]
}

export interface ProviderDetails extends ListedProvider {
  /** File, line and column. */
  readonly place: string
  /** The package that brings the strategy; absent if none is installed. */
  readonly package?: string
  /** As written, without what is or may be a secret. */
  readonly settings: Readonly<Record<string, unknown>>
}

export interface RemovedProvider {
  readonly provider: string
  readonly path: string
  /** The sign-out that came with it; absent if there was none. */
  readonly signedOut?: LogoutResult
  /** What could not be removed with it, and why. */
  readonly left: readonly string[]
}

/** The providers of our configuration, in its order. */
export async function listProviders({configuration}: Pick<Dependencies, 'configuration'>): Promise<ProviderList> {
  const providers = Object.values(configuration.providers).map(provider => listed(provider, configuration))
  return {path: configuration.path, providers}
}

/** A provider as configured, without its secrets. */
export async function showProvider(name: string, {configuration, registry}: Configured): Promise<ProviderDetails> {
  const provider = findProvider(name, configuration, near => `aws-oidc providers show ${near}`)
  const known = await installed(provider.strategy, registry)
  const {strategy: _, ...written} = provider.written
  const shown = Object.entries(written).map(([setting, value]) => {
    const own = Object.hasOwn(provider.own, setting)
    return [setting, own ? withoutSecrets(value, known?.specs[setting]) : value] as const
  })
  return {
    ...listed(provider, configuration),
    place: configuration.locate(['providers', name]),
    ...(known && {package: known.owner}),
    settings: Object.fromEntries(shown),
  }
}

/**
 * Removes a provider from our configuration, and with it the user's sign-in there and its secrets in the keyring, which
 * nothing would reach any more. Rejects with CONFIG_INVALID if profiles name the provider.
 */
export async function removeProvider(name: string, deps: SetupDependencies): Promise<RemovedProvider> {
  const {path} = deps.configuration
  await deps.editConfiguration(now => {
    findProvider(name, now, near => `aws-oidc providers remove ${near}`)
    const [first, ...others] = usersOf(name, now)
    if (first === undefined) return [{kind: 'remove', list: 'providers', name}]
    throw new AwsOidcError(
      'CONFIG_INVALID',
      `The provider "${name}" is used by the profiles ${[first, ...others].join(', ')}, so it was not removed.`,
      {hint: `aws-oidc profiles remove ${first}`},
    )
  })
  const left: string[] = []
  const note = (what: string) => (error: unknown) => {
    const failure = expectedFailure(error)
    if (!failure) throw error
    left.push(`${what}: ${failure.message}`)
  }
  const signedOut = await signOut(name, deps).catch(note('Its cache entries may still be here'))
  for (const secret of secretsOnlyOf(name, deps.configuration)) {
    await secretsIn(deps.keyring)
      .remove(secret)
      .catch(note(`The secret "${secret}" is still in the keyring`))
  }
  // Only now: nothing leads to what a provider without an entry has left.
  deps.signal.throwIfAborted()
  return {provider: name, path, left, ...(signedOut && {signedOut})}
}

/** Does nothing if another provider has the same settings, because both share one sign-in. */
async function signOut(provider: string, deps: SignInDependencies): Promise<LogoutResult | undefined> {
  const {[provider]: own, ...others} = deps.configuration.providers
  if (Object.values(others).some(({written}) => isDeepStrictEqual(written, own?.written))) return undefined
  const [result] = await logout({provider, all: false, everywhere: false, usualProfile: ''}, deps)
  return result
}

/** The provider's secrets in the keyring, by name, unless another provider refers to them too. */
function secretsOnlyOf(provider: string, {providers}: Configuration): readonly string[] {
  const {[provider]: own, ...others} = providers
  const shared = new Set(Object.values(others).flatMap(secretsOf))
  return own ? secretsOf(own).filter(secret => !shared.has(secret)) : []
}

function secretsOf({own}: ProviderConfiguration): readonly string[] {
  return Object.values(own).flatMap(value => {
    const {keyring} = readObject(value)
    return typeof keyring === 'string' && keyring !== '' ? [keyring] : []
  })
}

interface Installed {
  readonly owner: string
  readonly specs: Readonly<Record<string, SettingSpec>>
}

async function installed(strategy: string, registry: Registry): Promise<Installed | undefined> {
  let owner: string | undefined
  try {
    owner = registry.ownerOf(strategy)
    return {owner, specs: (await registry.strategy(strategy)).settings}
  } catch (error) {
    if (!expectedFailure(error)) throw error
    // If the plugin fails, nothing is known but its name.
    return owner === undefined ? undefined : {owner, specs: {}}
  }
}

const hidden = '***'

/** Hides a setting that is secret or undescribed. References are shown, but of a command only the program. */
function withoutSecrets(value: unknown, spec: SettingSpec | undefined): unknown {
  if (spec && !spec.secret) return value
  const {env, keyring, command} = readObject(value)
  if (typeof env === 'string') return {env}
  if (typeof keyring === 'string') return {keyring}
  return Array.isArray(command) ? {command: [command[0], ...command.slice(1).map(() => hidden)]} : hidden
}

function usersOf(provider: string, {profiles}: Configuration): readonly string[] {
  return Object.values(profiles).flatMap(({name, providers}) => (providers.includes(provider) ? [name] : []))
}

function listed({name, strategy}: ProviderConfiguration, configuration: Configuration): ListedProvider {
  return {provider: name, strategy, profiles: usersOf(name, configuration)}
}
