import {readRole} from '../aws/role.ts'
import {durationText} from '../config/duration.ts'
import type {Configuration, ProfileConfiguration} from '../config/schema.ts'
import type {Dependencies, SignInDependencies, SyncDependencies} from '../credentials/dependencies.ts'
import {withAccountNumber} from '../credentials/named-account.ts'
import {endpointOf, findProfile, findProvider, plansFor} from '../credentials/plan.ts'
import {AwsOidcError, expectedFailure, printable} from '../errors.ts'

export interface ProfileList {
  readonly path: string
  readonly profiles: readonly ListedProfile[]
}

export interface ListedProfile {
  readonly profile: string
  readonly providers: readonly string[]
  readonly source: string | undefined
  readonly role: string | undefined
  readonly region: string | undefined
}

export interface ProfileDetails extends ListedProfile {
  /** The configuration's name for the role's account. */
  readonly accountName?: string
  /** File, line and column. */
  readonly place: string
  /** The profiles of the role chain in order, this one last. */
  readonly chain: readonly string[]
  readonly durationSeconds: number
  readonly sessionName: string | undefined
  readonly stsEndpoint: string
  /** The profiles that switch from this one. */
  readonly usedBy: readonly string[]
  readonly awsTools: SeenByAwsTools
}

/** How the AWS tools see a profile. */
export interface SeenByAwsTools {
  readonly upToDate: boolean
  /** What differs in their files, or why the profile can't be written there. */
  readonly why?: string
  readonly hint?: string
}

/** The profiles of our configuration, in its order. */
export async function listProfiles({configuration}: Pick<Dependencies, 'configuration'>): Promise<ProfileList> {
  return {path: configuration.path, profiles: Object.values(configuration.profiles).map(listed)}
}

/** A profile as it would be used now, with what its provider and its sources add. */
export async function showProfile(name: string, deps: SyncDependencies): Promise<ProfileDetails> {
  const {configuration, env} = deps
  const profile = findProfile(name, configuration, near => `aws-oidc profiles show ${near}`)
  const [plan] = plansFor({profile: name}, deps)
  const step = plan?.steps.at(-1)
  if (!plan || !step) throw new Error('a profile has at least one provider')
  const accountName = step.role && configuration.accounts.get(step.role.accountId)
  return {
    ...listed(profile),
    role: step.role?.arn,
    ...(accountName !== undefined && {accountName}),
    place: configuration.locate(['profiles', name]),
    chain: plan.steps.flatMap(({profile}) => profile?.name ?? []),
    durationSeconds: step.durationSeconds,
    sessionName: step.sessionName,
    stsEndpoint: endpointOf(step.role, profile, env).url.href,
    usedBy: switchingFrom(name, configuration),
    awsTools: await seenByAwsTools(name, deps),
  }
}

async function seenByAwsTools(name: string, deps: SyncDependencies): Promise<SeenByAwsTools> {
  const {syncAsChosen} = await import('../sync/as-chosen.ts')
  try {
    const {changes, left} = await syncAsChosen(deps)
    const kept = left.find(({profile}) => profile === name)
    if (kept) return {upToDate: false, why: kept.why, hint: kept.hint ?? `aws-oidc profiles sync ${name}`}
    if (!changes.some(({profile}) => profile === name)) return {upToDate: true}
    return {
      upToDate: false,
      why: 'Their files lack this profile or have it differently.',
      hint: 'aws-oidc profiles sync',
    }
  } catch (error) {
    const failure = expectedFailure(error)
    if (!failure) throw error
    return {upToDate: false, why: failure.message, ...(failure.hint !== undefined && {hint: failure.hint})}
  }
}

export interface AddProfileRequest {
  readonly name: string
  /** The first that applies is used; empty for a profile with a `source`. */
  readonly providers: readonly string[]
  readonly source: string | undefined
  readonly role: string | undefined
  readonly region: string | undefined
  readonly durationSeconds: number | undefined
  readonly sessionName: string | undefined
  readonly externalId: string | undefined
  readonly output: string | undefined
}

export interface AddedProfile {
  readonly profile: string
  readonly path: string
  readonly entry: Readonly<Record<string, unknown>>
}

/**
 * Adds a profile to our configuration. The account of its role may have a name, which is replaced by its number: whoever
 * renames an account must not move anybody's role. Rejects with USAGE or CONFIG_INVALID, writing nothing, if the profile
 * can't be used.
 */
export async function addProfile(
  request: AddProfileRequest,
  deps: SignInDependencies & Pick<Dependencies, 'editConfiguration'>,
): Promise<AddedProfile> {
  const {name} = request
  checkProfileName(name)
  checkIsNew(name, deps.configuration)
  const entry = entryOf({...request, role: await numberedRole(request, deps)})
  await deps.editConfiguration(now => {
    checkIsNew(name, now)
    checkReferences(request, now)
    return [{kind: 'add', list: 'profiles', name, entry}]
  })
  return {profile: name, path: deps.configuration.path, entry}
}

/** With several providers, an account has no one name. */
async function numberedRole(
  {providers: [provider, ...others], role}: AddProfileRequest,
  deps: SignInDependencies,
): Promise<string | undefined> {
  if (provider === undefined || others.length > 0 || role === undefined) return role
  return (await withAccountNumber({provider, role}, deps)).role
}

/** Removes a profile from our configuration. Rejects with CONFIG_INVALID if others switch from it. */
export async function removeProfile(name: string, deps: Pick<Dependencies, 'editConfiguration'>): Promise<void> {
  await deps.editConfiguration(now => {
    findProfile(name, now, near => `aws-oidc profiles remove ${near}`)
    const [first, ...others] = switchingFrom(name, now)
    if (first === undefined) return [{kind: 'remove', list: 'profiles', name}]
    throw new AwsOidcError(
      'CONFIG_INVALID',
      `The profile "${name}" is the source of ${[first, ...others].join(', ')}, so it was not removed.`,
      {hint: `aws-oidc profiles remove ${first}`},
    )
  })
}

/** Throws USAGE unless users can type this name after `--profile`, and AWS's own files can hold it. */
export function checkProfileName(name: string): void {
  if (/^[^\s\p{C}"'#;=[\]\\`$-][^\s\p{C}"'#;=[\]\\`$]*$/u.test(name)) return
  throw new AwsOidcError('USAGE', `"${printable(name, 60)}" is not a valid profile name.`, {
    hint: 'a name without spaces, quotes, brackets or # ; = $, such as developer',
  })
}

function checkIsNew(name: string, {path, profiles}: Configuration): void {
  if (!Object.hasOwn(profiles, name)) return
  throw new AwsOidcError('CONFIG_INVALID', `There is already a profile "${name}" in ${path}.`, {
    hint: `aws-oidc profiles show ${name}`,
  })
}

function checkReferences({name, providers, source, role}: AddProfileRequest, now: Configuration): void {
  const hint = (flag: string) => (near: string) => `aws-oidc profiles add ${name} --${flag} ${near}`
  for (const provider of providers) findProvider(provider, now, hint('provider'))
  if (source === undefined) return
  findProfile(source, now, hint('source'))
  if (role !== undefined) return
  throw new AwsOidcError('USAGE', 'A profile with a source needs the role to switch to.', {
    hint: `aws-oidc profiles add ${name} --source ${source} --role ARN`,
  })
}

function entryOf(request: AddProfileRequest): Readonly<Record<string, unknown>> {
  const {providers, source, role, region, durationSeconds, sessionName, externalId, output} = request
  if (role !== undefined) readRole(role, '--role')
  const [only, ...others] = providers
  const entry = {
    provider: others.length > 0 ? providers : only,
    source,
    role,
    region,
    duration: durationSeconds === undefined ? undefined : durationText(durationSeconds),
    sessionName,
    externalId,
    output,
  }
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined))
}

function listed({name, providers, source, role, region}: ProfileConfiguration): ListedProfile {
  return {profile: name, providers, source, role, region}
}

function switchingFrom(name: string, {profiles}: Configuration): readonly string[] {
  return Object.values(profiles).flatMap(profile => (profile.source === name ? [profile.name] : []))
}
