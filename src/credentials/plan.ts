import {type StsEndpoint, stsEndpoint} from '../aws/endpoint.ts'
import {partitionOf, readRole} from '../aws/role.ts'
import {credentialKey, providerId} from '../cache/keys.ts'
import {mostAlike, nearest} from '../config/nearest.ts'
import type {Configuration, ProfileConfiguration, ProviderConfiguration} from '../config/schema.ts'
import {AwsOidcError, printable} from '../errors.ts'
import type {Host, Role} from '../plugin.ts'
import type {Registry} from '../registry/registry.ts'

/** The profile or provider that is asked for, and settings that replace its own. */
export interface ProfileRequest {
  readonly profile?: string | undefined
  readonly provider?: string | undefined
  readonly role?: string | undefined
  readonly durationSeconds?: number | undefined
}

/** How to get the requested credentials from one provider: a federated role, then any number of role switches. */
export interface Plan {
  /** The command to sign in for this by hand. */
  readonly loginCommand: string
  readonly provider: ProviderConfiguration
  readonly providerId: string
  readonly steps: readonly [Step, ...Step[]]
}

export interface Step {
  readonly key: string
  /** Absent where the provider's only role is meant. */
  readonly role: (Role & {readonly arn: string}) | undefined
  readonly durationSeconds: number
  readonly sessionName: string | undefined
  /** The profile whose other settings apply to this step. */
  readonly profile: ProfileConfiguration | undefined
}

export type PlanDependencies = {
  readonly configuration: Configuration
  readonly registry: Registry
  readonly env: Host['env']
}

const defaultSeconds = 3600
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
export const longestChainedSeconds = 3600

/** One plan for each provider that may serve the request, in the order to try them. Throws CONFIG_INVALID. */
export function plansFor(request: ProfileRequest, deps: PlanDependencies): readonly Plan[] {
  if (request.provider !== undefined) return [planAt(request.provider, deps, request)]
  const chain = chainOf(findProfile(request.profile ?? 'default', deps.configuration), deps.configuration)
  const [first] = chain
  return (first?.providers ?? []).map(name => planFrom(findProvider(name, deps.configuration), chain, request, deps))
}

/** The one plan for a provider by its name. Throws CONFIG_INVALID. */
export function planAt(provider: string, deps: PlanDependencies, request: Omit<ProfileRequest, 'profile'> = {}): Plan {
  return planFrom(findProvider(provider, deps.configuration), undefined, {...request, provider}, deps)
}

/** The step whose role was requested. */
export function lastStep({steps}: Plan): Step {
  return steps.at(-1) ?? steps[0]
}

/** The result of the first plan that applies here; any failure other than NOT_APPLICABLE ends the search. */
export async function firstApplicable<Result>(
  plans: readonly Plan[],
  work: (plan: Plan) => Promise<Result>,
): Promise<Result> {
  let notApplicable: AwsOidcError | undefined
  for (const plan of plans) {
    try {
      return await work(plan)
    } catch (error) {
      if (!(error instanceof AwsOidcError)) throw error
      const failure = withTarget(error, plan)
      if (failure.code !== 'NOT_APPLICABLE') throw failure
      notApplicable = failure
    }
  }
  throw notApplicable ?? new Error('a profile has at least one provider')
}

/** The STS endpoint for a step. */
export function endpointOf(
  role: Role | undefined,
  profile: ProfileConfiguration | undefined,
  env: Host['env'],
): StsEndpoint {
  const partition = role?.arn === undefined ? 'aws' : partitionOf(role.arn)
  const wanted = env.AWS_REGION || env.AWS_DEFAULT_REGION || profile?.region
  return stsEndpoint(partition, {...profile?.sts, region: profile?.sts.region ?? wanted}, env)
}

/** Throws CONFIG_INVALID if there is no such provider; `hintFor` makes its hint from the name of one that exists. */
export function findProvider(
  name: string,
  configuration: Configuration,
  hintFor: (name: string) => string = name => `--provider ${name}`,
): ProviderConfiguration {
  return find('provider', name, configuration.providers, configuration, hintFor)
}

/** Throws CONFIG_INVALID if there is no such profile; `hintFor` makes its hint from the name of one that exists. */
export function findProfile(
  name: string,
  configuration: Configuration,
  hintFor: (name: string) => string = name => `--profile ${name}`,
): ProfileConfiguration {
  return find('profile', name, configuration.profiles, configuration, hintFor)
}

function find<Value>(
  kind: string,
  name: string,
  all: Readonly<Record<string, Value>>,
  {path, found}: Configuration,
  hintFor: (name: string) => string,
): Value {
  const value = Object.hasOwn(all, name) ? all[name] : undefined
  if (value !== undefined) return value
  const names = Object.keys(all)
  const [first] = names
  if (!found)
    throw new AwsOidcError('CONFIG_INVALID', `There is no configuration yet: ${path} does not exist.`, {
      hint: 'aws-oidc setup',
    })
  if (first === undefined)
    throw new AwsOidcError('CONFIG_INVALID', `There is no ${kind} in ${path}.`, {hint: 'aws-oidc setup'})
  throw new AwsOidcError(
    'CONFIG_INVALID',
    `There is no ${kind} "${printable(name, 100)}" in ${path}. ${there(name, names)}`,
    {
      hint: hintFor(nearest(name, names) ?? first),
    },
  )
}

const fewNames = 3

/** Names the existing ones, or the most alike of many. */
function there(name: string, names: readonly string[]): string {
  const few = mostAlike(name, names, fewNames).join(', ')
  return names.length <= fewNames ? `Known: ${names.join(', ')}.` : `The closest of ${names.length}: ${few}.`
}

/**
 * The failure with a hint that can be typed as it is: where it was thrown, the profile is not known, and the hint is
 * only `aws-oidc login`.
 */
export function withTarget(error: AwsOidcError, {loginCommand}: Plan): AwsOidcError {
  const {code, message, cause, refusal} = error
  const hint = error.hint?.replace(/^aws-oidc login(?=$| --force$)/, loginCommand)
  return hint === error.hint ? error : new AwsOidcError(code, message, {hint, cause, ...(refusal && {refusal})})
}

/** The profile and its sources, the one with a provider first. */
export function chainOf(profile: ProfileConfiguration, configuration: Configuration): readonly ProfileConfiguration[] {
  const source = profile.source === undefined ? undefined : configuration.profiles[profile.source]
  return source ? [...chainOf(source, configuration), profile] : [profile]
}

function planFrom(
  provider: ProviderConfiguration,
  chain: readonly ProfileConfiguration[] | undefined,
  request: ProfileRequest,
  {configuration, registry, env}: PlanDependencies,
): Plan {
  const id = providerId({
    package: registry.ownerOf(provider.strategy),
    strategy: provider.strategy,
    settings: provider.written,
  })
  const steps: Step[] = []
  for (const profile of chain ?? [undefined]) {
    const last = profile === chain?.at(-1)
    steps.push(stepOf(id, provider, profile, last ? request : {}, steps.at(-1), {configuration, env}))
  }
  const [first, ...others] = steps
  if (!first) throw new Error('a plan has at least one step')
  const target =
    request.provider === undefined ? `--profile ${request.profile ?? 'default'}` : `--provider ${provider.name}`
  return {loginCommand: `aws-oidc login ${target}`, provider, providerId: id, steps: [first, ...others]}
}

function stepOf(
  id: string,
  provider: ProviderConfiguration,
  profile: ProfileConfiguration | undefined,
  request: ProfileRequest,
  source: Step | undefined,
  {configuration, env}: Pick<PlanDependencies, 'configuration' | 'env'>,
): Step {
  const role = roleOf(provider, profile, request, source, configuration)
  const sessionName = profile?.sessionName ?? provider.sessionName
  const wanted = request.durationSeconds ?? profile?.durationSeconds ?? provider.durationSeconds ?? defaultSeconds
  const durationSeconds = source ? Math.min(wanted, longestChainedSeconds) : wanted
  const key = credentialKey(id, {
    role: role?.arn,
    principal: role?.principalArn,
    durationSeconds,
    sessionName,
    policy: profile?.policy,
    policyArns: profile?.policyArns,
    tags: profile?.tags,
    transitiveTags: profile?.transitiveTags,
    externalId: profile?.externalId,
    sourceIdentity: profile?.sourceIdentity,
    endpoint: endpointOf(role, profile, env).url.href,
    sourceKey: source?.key,
  })
  return {key, role, durationSeconds, sessionName, profile}
}

function roleOf(
  provider: ProviderConfiguration,
  profile: ProfileConfiguration | undefined,
  request: ProfileRequest,
  source: Step | undefined,
  {locate}: Configuration,
): Step['role'] {
  const place =
    (...setting: string[]) =>
    () =>
      `${locate(setting)}: ${setting.join('.')}`
  if (request.role !== undefined) return readRole(request.role, '--role')
  if (profile?.role !== undefined) return readRole(profile.role, place('profiles', profile.name, 'role'))
  if (source || provider.defaultRole === undefined) return undefined
  return readRole(provider.defaultRole, place('providers', provider.name, 'defaultRole'))
}
