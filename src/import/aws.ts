import {propertiesIn, readSharedFile} from '../aws-config/read.ts'
import type {Dependencies, SyncDependencies} from '../credentials/dependencies.ts'
import {AwsOidcError} from '../errors.ts'
import {problemOfProfileName, problemOfProviderName, problemOfRole} from '../setup/draft.ts'
import {mendOfPlaces} from '../sync/left.ts'
import {type Entry, entryOf, type ImportPlan, type PlannedProfile, type PlannedProvider, taken} from './plan.ts'

type Values = ReadonlyMap<string, string>
type Sections = ReadonlyMap<string, Values>

/** A portal as a section names it: two sections that name it alike mean one sign-in. */
interface Portal {
  readonly startUrl: string
  readonly region: string
  readonly scopes?: string | undefined
}

const usualScopes = 'sso:account:access'

/**
 * Plans the import of what the AWS CLI has for IAM Identity Center: its `[sso-session]` sections, and profiles with
 * `sso_` keys. Rejects with CONFIG_INVALID if there is nothing to take over, or a file is damaged.
 */
export async function planAws(deps: SyncDependencies): Promise<ImportPlan> {
  const {path, sessions, profiles} = await readConfig(deps)
  const providers = providersFor(deps.configuration)
  const left: string[] = []
  const planned: PlannedProfile[] = []
  for (const [name, values] of sessions) {
    const portal = portalIn(values)
    const problem = portal === undefined ? 'has no sso_start_url or no sso_region' : providers.add(name, portal)
    if (problem !== undefined) left.push(`${path}: [sso-session ${name}] ${problem}`)
  }
  for (const [name, values] of profiles) {
    if (![...values.keys()].some(key => key.startsWith('sso_'))) continue
    const outcome = planProfile(name, values, sessions, providers, deps)
    if (typeof outcome === 'string') left.push(`${path}: [${name}] ${outcome}`)
    else planned.push(outcome)
  }
  if (providers.planned.length > 0 || planned.length > 0 || left.length > 0) {
    return {providers: providers.planned, profiles: planned, left}
  }
  throw new AwsOidcError('CONFIG_INVALID', `There is nothing to import: ${path} has nothing for IAM Identity Center.`, {
    hint: 'aws-oidc setup',
  })
}

async function readConfig({awsConfiguration}: Pick<Dependencies, 'awsConfiguration'>) {
  const {places, problem, files} = await awsConfiguration()
  if (!places) {
    const what = problem ?? 'Nothing says where the files of the AWS tools are.'
    throw new AwsOidcError('CONFIG_INVALID', what, {hint: mendOfPlaces})
  }
  const path = places.config
  const file = readSharedFile(path, 'config', (await files.read(path)) ?? '')
  return {path, sessions: propertiesIn(file, 'sso-session'), profiles: propertiesIn(file)}
}

/** The profile as one of ours, or why it can't be one. */
function planProfile(
  name: string,
  values: Values,
  sessions: Sections,
  providers: Providers,
  {configuration: {path, profiles}}: Pick<Dependencies, 'configuration'>,
): PlannedProfile | string {
  const session = values.get('sso_session')
  const portal = portalIn(new Map([...(sessions.get(session ?? '') ?? []), ...values]))
  if (session !== undefined && !sessions.has(session)) return `names the sso-session "${session}", which is not there`
  if (!portal) return 'has no sso_start_url or no sso_region'
  const [account, permissionSet] = [values.get('sso_account_id'), values.get('sso_role_name')]
  if (account === undefined || permissionSet === undefined) return 'has no sso_account_id or no sso_role_name'
  const role = `${account}/${permissionSet}`
  const unfit =
    problemOfProfileName(name) ?? taken('profile', name, profiles, path) ?? problemOfRole(role, 'sso_role_name')
  if (unfit !== undefined) return unfit
  const problem = providers.add(session ?? nameOf(portal), portal)
  if (problem !== undefined) return problem
  const provider = providers.of(portal)
  return {name, entry: entryOf({provider, role, region: values.get('region'), output: values.get('output')})}
}

function portalIn(values: Values): Portal | undefined {
  const [startUrl, region] = [values.get('sso_start_url'), values.get('sso_region')]
  if (!startUrl || !region || !URL.canParse(startUrl)) return undefined
  return {startUrl, region, scopes: values.get('sso_registration_scopes')}
}

/** What the portal is called by those who use it: `example` for https://example.awsapps.com/start. */
function nameOf({startUrl}: Portal): string {
  return new URL(startUrl).hostname.split('.')[0] ?? 'center'
}

/** `/start`, `/start/` and `/start#/` are one portal. */
function keyOf({startUrl, region}: Pick<Portal, 'startUrl' | 'region'>): string {
  return `${startUrl.replace(/\/?(?:#\/?)?$/, '')} ${region}`
}

/** The providers of portals: those that are configured, and one for each portal that has none. */
interface Providers {
  readonly planned: readonly PlannedProvider[]
  /** Plans a provider for a portal that has none. Returns why there can't be one. */
  add(name: string, portal: Portal): string | undefined
  of(portal: Portal): string | undefined
}

function providersFor({path, providers}: Dependencies['configuration']): Providers {
  const planned: PlannedProvider[] = []
  const names = new Map<string, string>()
  for (const {name, strategy, own} of Object.values(providers)) {
    const {startUrl, region} = own
    if (strategy !== 'identity-center' || typeof startUrl !== 'string' || typeof region !== 'string') continue
    names.set(keyOf({startUrl, region}), name)
  }
  return {
    planned,
    add(name, portal) {
      if (names.has(keyOf(portal))) return undefined
      const unfit = problemOfProviderName(name) ?? taken('provider', name, providers, path)
      if (unfit !== undefined) return unfit
      if (planned.some(other => other.name === name)) return `would be a second provider "${name}"`
      planned.push({name, entry: providerEntry(portal), secret: undefined})
      names.set(keyOf(portal), name)
      return undefined
    },
    of: portal => names.get(keyOf(portal)),
  }
}

function providerEntry({startUrl, region, scopes = ''}: Portal): Entry {
  const asked = scopes.split(',').flatMap(scope => scope.trim() || [])
  const isUsual = asked.length === 0 || asked.join() === usualScopes
  return {strategy: 'identity-center', startUrl, region, ...(!isUsual && {scopes: asked})}
}
