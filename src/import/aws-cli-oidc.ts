import {join} from 'node:path'
import {type FileKind, readSharedFile} from '../aws-config/read.ts'
import {durationText} from '../config/duration.ts'
import {readYaml} from '../config/read.ts'
import type {Configured, Dependencies, SyncDependencies} from '../credentials/dependencies.ts'
import {AwsOidcError} from '../errors.ts'
import {knownStrategy, problemOfProfileName, problemOfProviderName, problemOfRole} from '../setup/draft.ts'
import {missingFields} from '../setup/given.ts'
import {mendOfPlaces} from '../sync/left.ts'
import {type ForeignCall, foreignCalls} from './aws-cli-oidc-calls.ts'
import {type ForeignProvider, foreignProviders, strategyOf, translated} from './aws-cli-oidc-providers.ts'
import {type Entry, entryOf, type ImportPlan, taken} from './plan.ts'

/** Plans the import of aws-cli-oidc's configuration. Rejects with CONFIG_INVALID if there is nothing to take over, or a file is damaged. */
export async function planAwsCliOidc(deps: SyncDependencies & Pick<Dependencies, 'readText'>): Promise<ImportPlan> {
  const found = await readProviders(deps)
  const providers: ImportPlan['providers'][number][] = []
  const left: string[] = []
  for (const [name, [provider, ...same]] of Map.groupBy(found, ({name}) => name)) {
    if (!provider || same.length > 0) {
      left.push(
        `${name}: is there ${same.length + 1} times, as case does not matter in names; aws-cli-oidc uses any of them`,
      )
      continue
    }
    const outcome = await planProvider(provider, deps)
    left.push(...outcome.left.map(reason => `${provider.name}: ${reason}`))
    if (outcome.entry) providers.push({name: provider.name, entry: outcome.entry, secret: outcome.secret})
  }
  const names = new Map(providers.map(({name}) => [name.toLowerCase(), name]))
  const profiles: ImportPlan['profiles'][number][] = []
  for (const {kind, path, calls} of await readCalls(deps)) {
    for (const call of calls) {
      const place = `${path}:${call.line}: [${call.profile}]`
      const outcome: Outcome =
        kind === 'config' ? planProfile(call, names, deps) : {left: [`is not in the file "config"`]}
      left.push(...outcome.left.map(reason => `${place} ${reason}`))
      if (outcome.entry) profiles.push({name: call.profile, entry: outcome.entry})
    }
  }
  return {providers, profiles, left}
}

/** Reads the providers where aws-cli-oidc does: in ~/.aws-cli-oidc, or the folder in AWS_CLI_OIDC_CONFIG. */
async function readProviders({
  env,
  home,
  readText,
  secrets,
}: Pick<Dependencies, 'env' | 'home' | 'secrets' | 'readText'>): Promise<readonly ForeignProvider[]> {
  const folder = env.AWS_CLI_OIDC_CONFIG || (home === undefined ? undefined : join(home, '.aws-cli-oidc'))
  const path = join(folder ?? '', 'config.yaml')
  const text = folder === undefined ? undefined : await readText(path)
  const providers = text === undefined ? [] : foreignProviders(readYaml(path, text))
  for (const {settings} of providers) secrets.add(settings.get('client_secret'))
  if (providers.length > 0) return providers
  const what = text === undefined ? 'does not exist' : 'holds no provider'
  throw new AwsOidcError('CONFIG_INVALID', `There is nothing to import: ${path} ${what}.`, {
    hint: 'AWS_CLI_OIDC_CONFIG=FOLDER, if the configuration of aws-cli-oidc is elsewhere',
  })
}

async function readCalls({awsConfiguration}: Pick<Dependencies, 'awsConfiguration'>) {
  const {places, problem, files, platform} = await awsConfiguration()
  if (problem !== undefined) throw new AwsOidcError('CONFIG_INVALID', problem, {hint: mendOfPlaces})
  if (!places) return []
  const read = async (kind: FileKind) => {
    const path = places[kind]
    return {kind, path, calls: foreignCalls(readSharedFile(path, kind, (await files.read(path)) ?? ''), platform)}
  }
  return [await read('config'), await read('credentials')]
}

interface Outcome {
  readonly entry?: Entry
  readonly secret?: string | undefined
  readonly left: readonly string[]
}

async function planProvider(provider: ForeignProvider, deps: Configured): Promise<Outcome> {
  const id = strategyOf(provider)
  if (id === undefined) return {left: ['aws_federation_type is neither oidc nor saml2, so nothing is imported']}
  const {path, providers} = deps.configuration
  const unfit = problemOfProviderName(provider.name) ?? taken('provider', provider.name, providers, path)
  if (unfit !== undefined) return {left: [unfit]}
  const {strategy, fields} = await knownStrategy(id, deps)
  const {entry, secret, left} = translated(provider, id, fields)
  const missing = missingFields(strategy.settings, fields, new Map(Object.entries(entry)))
  if (missing.length === 0) return {entry, secret, left}
  const what = missing.map(({name}) => name).join(', ')
  return {left: [...left, `nothing can be imported without ${what}`]}
}

function planProfile(
  {profile, provider, role, duration, region, output}: ForeignCall,
  providers: ReadonlyMap<string, string>,
  {configuration: {path, profiles}}: Pick<Dependencies, 'configuration'>,
): Outcome {
  const name = providers.get((provider ?? '').toLowerCase())
  if (name === undefined) return {left: [`names the provider "${provider ?? ''}", which is not imported`]}
  const unfit =
    problemOfProfileName(profile) ?? taken('profile', profile, profiles, path) ?? (role && problemOfRole(role, '-r'))
  if (unfit) return {left: [unfit]}
  const seconds = Number(duration ?? 0)
  const lasts = Number.isInteger(seconds) && seconds >= 900 && seconds <= 43_200
  const left = seconds === 0 || lasts ? [] : [`-d ${duration}: AWS gives role sessions of 900 to 43200 seconds`]
  const entry = {provider: name, role, region, duration: lasts ? durationText(seconds) : undefined, output}
  return {entry: entryOf(entry), left}
}
