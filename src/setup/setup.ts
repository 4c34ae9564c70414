import type {Configured, Dependencies, SetupDependencies} from '../credentials/dependencies.ts'
import {nameOf} from '../credentials/role-choice.ts'
import {AwsOidcError} from '../errors.ts'
import {roleArgument} from '../session/offered-roles.ts'
import {shownName} from '../text/printable.ts'
import {
  type Draft,
  existingIn,
  type KnownStrategy,
  knownStrategy,
  problemOfProfileName,
  problemOfProviderName,
  problemOfRole,
  providerEntry,
  saveDraft,
} from './draft.ts'
import {type DraftProfile, differing, problemOfReplacing, profileEntry} from './existing.ts'
import type {Answers} from './fields.ts'
import {givenAnswers, missingFields} from './given.ts'
import {profileNameOf, resultOf, type SetupRequest, type SetupResult} from './result.ts'
import {claimsOfRoles} from './roles-claim.ts'
import {forgetTrial, needsNoRole, type Trial, tryRole, trySignIn} from './trial.ts'

/**
 * Adds a provider and a profile to the configuration, from questions on the terminal or from flags. Saves nothing
 * before a sign-in has worked, unless the user or `test: false` says so. Rejects with USAGE if the flags lack
 * something.
 */
export async function setup(request: SetupRequest, deps: SetupDependencies): Promise<SetupResult> {
  if (!request.yes && deps.asking.mayRead && deps.asking.interactive) {
    return (await import('./wizard.ts')).runWizard(request, deps)
  }
  const draft = await draftFrom(request, deps)
  if (!request.yes) {
    throw new AwsOidcError('USAGE', "You can't be asked here, and nothing is saved without your consent.", {
      hint: 'the same command with --yes',
    })
  }
  const early = earlyProfile(draft, request, deps)
  const roleIsKnown = early?.role !== undefined || draft.answers.has('defaultRole')
  // Without a trial, a profile whose role is unknown can't be written; only the provider is.
  const profile = request.test || roleIsKnown ? early : undefined
  // If the configuration already has all of it, nobody needs to sign in.
  if ((profile || !request.test) && isThere(draft, profile)) {
    return {...resultOf(draft, profile, undefined, deps), unchanged: true}
  }
  if (request.test) return saveTried(draft, request, deps)
  await saveDraft(draft, profile, deps)
  return resultOf(draft, profile, undefined, deps)
}

/** Whether the configuration already has the draft and its profile exactly like this. */
function isThere(draft: Draft, profile: DraftProfile | undefined): boolean {
  const entries = [
    {was: draft.existing, entry: providerEntry(draft)},
    ...(profile ? [{was: profile.existing, entry: profileEntry(draft.provider, profile)}] : []),
  ]
  return entries.every(({was, entry}) => was !== undefined && differing(was, entry).length === 0)
}

async function saveTried(draft: Draft, request: SetupRequest, deps: SetupDependencies): Promise<SetupResult> {
  const trial = await trySignIn(draft, deps)
  try {
    const known = request.role ?? earlyProfile(draft, request, deps)?.role
    const profile = profileFor(draft, request, known ?? roleFrom(draft, trial), deps)
    const problem = request.replace
      ? problemOfProfileName(profile.name)
      : problemOfProfile(draft.provider, profile, deps)
    if (problem !== undefined) throw new AwsOidcError('USAGE', problem, {hint: 'the same command with --profile NAME'})
    if (isThere(draft, profile)) return {...resultOf(draft, profile, trial, deps), unchanged: true}
    const role = await tryRole(draft, profile, trial, deps)
    await saveDraft(draft, profile, deps)
    return {...resultOf(draft, profile, trial, deps), role}
  } catch (error) {
    await forgetTrial(trial, deps)
    throw error
  }
}

/** The draft that the flags describe. Rejects with USAGE, listing everything that is missing or wrong. */
async function draftFrom(request: SetupRequest, deps: Configured): Promise<Draft> {
  const {provider, strategy, set} = request
  const known = strategy === undefined ? undefined : await knownStrategy(strategy, deps)
  const {answers, problems} = givenAnswers(known ? set : [], known?.fields ?? [])
  const missing = known ? missingFields(known.strategy.settings, known.fields, answers) : []
  const problem = provider === undefined ? undefined : problemOfProviderName(provider)
  const draft = provider !== undefined && known && draftOf(provider, known, answers, deps)
  const finished = draft && missing.length === 0 && problems.length === 0 ? draft : undefined
  const clashes = finished && !request.replace ? clashesOf(finished, request, deps) : []
  const lines = [
    ...(provider === undefined ? ['--provider NAME: its name in aws-oidc'] : []),
    ...(problem === undefined ? [] : [`--provider: ${problem}`]),
    ...(known ? [] : [`--strategy ${deps.registry.strategies().join('|')}: how to sign in there`]),
    ...missing.map(({name, spec}) =>
      spec.secret ? `--set ${name}.env=VARIABLE: ${spec.description}` : `--set ${name}=...: ${spec.description}`,
    ),
    ...problems,
    ...problemsOfProfile(request),
    ...clashes,
  ]
  if (finished && lines.length === 0) return finished
  throw new AwsOidcError('USAGE', ['These answers are missing or wrong:', ...lines.map(line => `  ${line}`)], {
    hint:
      clashes.length === lines.length
        ? 'the same command with --replace, or with other names'
        : 'aws-oidc setup, on a terminal, which asks for them',
  })
}

function draftOf(
  provider: string,
  {id, fields}: KnownStrategy,
  answers: Answers,
  {configuration}: Pick<Dependencies, 'configuration'>,
): Draft {
  const existing = existingIn(configuration.providers, provider)
  return {provider, existing, strategy: id, fields, answers, secrets: new Map()}
}

/** What is wrong with the profile's name and role, as far as the flags tell. */
function problemsOfProfile({profile, role}: Pick<SetupRequest, 'profile' | 'role'>): readonly string[] {
  const name = profile ?? (role === undefined ? undefined : profileNameOf(role))
  const problem = name === undefined ? undefined : problemOfProfileName(name)
  const wrong = role === undefined ? undefined : problemOfRole(role, '--role')
  return [...(wrong === undefined ? [] : [wrong]), ...(problem === undefined ? [] : [`--profile: ${problem}`])]
}

/** The existing entries that the draft would change. */
function clashesOf(draft: Draft, request: SetupRequest, deps: Pick<Dependencies, 'configuration'>): readonly string[] {
  const {provider, existing} = draft
  const profile = earlyProfile(draft, request, deps)
  const entry = providerEntry(draft)
  const problems = [
    problemOfReplacing('provider', provider, {was: existing, entry}, deps.configuration),
    profile && problemOfProfile(provider, profile, deps),
  ]
  return problems.filter(problem => problem !== undefined)
}

function problemOfProfile(
  provider: string,
  profile: DraftProfile,
  {configuration}: Pick<Dependencies, 'configuration'>,
): string | undefined {
  const [was, entry] = [profile.existing, profileEntry(provider, profile)]
  return problemOfProfileName(profile.name) ?? problemOfReplacing('profile', profile.name, {was, entry}, configuration)
}

/** The role if nobody can choose: the only one offered, or `undefined` if none is needed. Throws if unclear. */
function roleFrom(draft: Draft, trial: Trial): string | undefined {
  if (needsNoRole(draft, trial)) return undefined
  const {roles, signedIn} = trial
  const {provider} = draft
  const [only, ...others] = roles ?? []
  if (only && roles && others.length === 0) return roleArgument(only, roles)
  const who = shownName(signedIn.identity.subject) ?? 'this identity'
  if (roles && !only) {
    throw new AwsOidcError('ROLE_NOT_OFFERED', `"${provider}" offers no AWS role to ${who}; nothing was saved.`, {
      hint: 'Ask whoever runs the provider for a role.',
    })
  }
  const offers = roles ? `offers ${roles.length}: ${roles.map(nameOf).slice(0, 10).join(', ')}` : 'does not list any'
  const claim = claimsOfRoles(draft, {signedIn}).find(claim => /^[\w.:/-]+$/.test(claim))
  throw new AwsOidcError('ROLE_REQUIRED', `The profile needs a role: "${provider}" ${offers}.`, {
    hint:
      claim === undefined
        ? 'the same command with --role ARN'
        : `the same command with --role ARN, or --set rolesClaim=${claim}`,
  })
}

/** The profile as far as it is known before the sign-in; `undefined` if not even its name is. */
function earlyProfile(
  draft: Draft,
  request: SetupRequest,
  deps: Pick<Dependencies, 'configuration'>,
): DraftProfile | undefined {
  const {profile, role} = request
  const named = profile !== undefined || role !== undefined || draft.answers.has('defaultRole')
  return named ? profileFor(draft, request, role, deps) : undefined
}

/** The profile that the flags describe; an existing one keeps the role and region that no flag gives. */
function profileFor(
  {answers, provider}: Draft,
  {profile, region}: SetupRequest,
  role: string | undefined,
  {configuration}: Pick<Dependencies, 'configuration'>,
): DraftProfile {
  const name = profile ?? profileNameOf(role ?? String(answers.get('defaultRole') ?? provider))
  const existing = existingIn(configuration.profiles, name)
  const there = existing && configuration.profiles[name]
  return {name, existing, role: role ?? there?.role, region: region ?? there?.region}
}
