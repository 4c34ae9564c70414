import {AwsOidcError} from '../errors.ts'
import type {Parts} from './parts.ts'
import {nameOf} from './role-choice.ts'
import {
  type Draft,
  type DraftProfile,
  knownStrategy,
  problemOfProfileName,
  problemOfProviderName,
  problemOfRole,
  saveDraft,
} from './setup-draft.ts'
import {givenAnswers, missingFields} from './setup-given.ts'
import {profileNameOf, resultOf, type SetupResult, type SetupWish} from './setup-result.ts'
import {forgetTrial, type Trial, tryRole, trySignIn, writtenRole} from './setup-trial.ts'

/**
 * Writes a provider and a profile into the configuration once a sign-in has worked: asked for on the terminal, or said with
 * flags. Until then nothing is saved, whatever happens.
 */
export async function setup(wish: SetupWish, parts: Parts): Promise<SetupResult> {
  if (!wish.yes && parts.asking.mayRead && parts.asking.interactive) {
    return (await import('./setup-wizard.ts')).runWizard(wish, parts)
  }
  const draft = await draftFrom(wish, parts)
  if (!wish.yes) {
    throw new AwsOidcError('USAGE', 'Nobody can be asked here, and nothing is saved without being asked for.', {
      hint: 'the same command with --yes',
    })
  }
  if (wish.test) return saveTried(draft, wish, parts)
  const named = wish.role !== undefined || draft.answers.has('defaultRole')
  const profile = named ? profileFor(draft, wish, wish.role) : undefined
  checkProfile(profile, parts)
  await saveDraft(draft, profile, parts)
  return resultOf(draft, profile, undefined, parts)
}

async function saveTried(draft: Draft, wish: SetupWish, parts: Parts): Promise<SetupResult> {
  const trial = await trySignIn(draft, parts)
  try {
    const profile = profileFor(draft, wish, wish.role ?? roleFrom(draft, trial))
    checkProfile(profile, parts)
    const role = await tryRole(draft, profile, trial, parts)
    await saveDraft(draft, profile, parts)
    return {...resultOf(draft, profile, trial, parts), role}
  } catch (error) {
    await forgetTrial(trial, parts)
    throw error
  }
}

/** The draft that the flags make. Rejects with USAGE, listing at once everything that is missing or wrong. */
async function draftFrom({provider, strategy, set, ...wish}: SetupWish, parts: Parts): Promise<Draft> {
  const known = strategy === undefined ? undefined : await knownStrategy(strategy, parts)
  const {answers, problems} = givenAnswers(known ? set : [], known?.fields ?? [])
  const missing = known ? missingFields(known.strategy.settings, known.fields, answers) : []
  const unfit = provider === undefined ? undefined : problemOfProviderName(provider, parts.configuration)
  const lines = [
    ...(provider === undefined ? ['--provider NAME: what it is to be called here'] : []),
    ...(unfit === undefined ? [] : [`--provider: ${unfit}`]),
    ...(known ? [] : [`--strategy ${parts.registry.strategies().join('|')}: how to sign in there`]),
    ...missing.map(({name, spec}) =>
      spec.secret ? `--set ${name}.env=VARIABLE: ${spec.description}` : `--set ${name}=...: ${spec.description}`,
    ),
    ...problems,
    ...problemsOfProfile(wish, parts),
  ]
  if (provider !== undefined && strategy !== undefined && known && lines.length === 0) {
    return {provider, strategy, fields: known.fields, answers, secrets: new Map()}
  }
  throw new AwsOidcError('USAGE', `These answers are missing or wrong:\n  ${lines.join('\n  ')}`, {
    hint: 'aws-oidc setup, on a terminal, which asks for them',
  })
}

/** What can be told before anybody signs in. */
function problemsOfProfile({profile, role}: Pick<SetupWish, 'profile' | 'role'>, parts: Parts): readonly string[] {
  const name = profile ?? (role === undefined ? undefined : profileNameOf(role))
  const problem = name === undefined ? undefined : problemOfProfileName(name, parts.configuration)
  const wrong = role === undefined ? undefined : problemOfRole(role, '--role')
  return [...(wrong === undefined ? [] : [wrong]), ...(problem === undefined ? [] : [`--profile: ${problem}`])]
}

/** The role where nobody can choose; `undefined` leaves it to the provider's `defaultRole`. */
function roleFrom({provider, answers}: Draft, {roles, signedIn}: Trial): string | undefined {
  if (answers.has('defaultRole')) return undefined
  const [only, ...others] = roles ?? []
  if (only && roles && others.length === 0) return writtenRole(only, roles)
  const who = signedIn.identity.subject ?? 'this identity'
  if (roles && !only) {
    throw new AwsOidcError('ROLE_NOT_OFFERED', `"${provider}" offers no AWS role to ${who}; nothing was saved.`, {
      hint: 'Ask whoever runs the provider for a role.',
    })
  }
  const offers = roles ? `offers ${roles.length}: ${roles.map(nameOf).slice(0, 10).join(', ')}` : 'does not say which'
  throw new AwsOidcError('ROLE_REQUIRED', `Which role the profile is for must be said: "${provider}" ${offers}.`, {
    hint: 'the same command with --role ARN',
  })
}

function profileFor({answers, provider}: Draft, {profile, region}: SetupWish, role: string | undefined): DraftProfile {
  return {name: profile ?? profileNameOf(role ?? String(answers.get('defaultRole') ?? provider)), role, region}
}

function checkProfile(profile: DraftProfile | undefined, {configuration}: Parts): void {
  const problem = profile && problemOfProfileName(profile.name, configuration)
  if (problem !== undefined) throw new AwsOidcError('USAGE', problem, {hint: 'the same command with --profile NAME'})
}
