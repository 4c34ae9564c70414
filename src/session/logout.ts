import type {ProviderState} from '../coordination/state.ts'
import type {Dependencies, SignInDependencies} from '../credentials/dependencies.ts'
import {type Plan, plansFor} from '../credentials/plan.ts'
import {asProviderFailure, openProvider} from '../credentials/provider-host.ts'
import {forgetUser, rememberedUser, remembersUser, type User} from '../credentials/remembered-user.ts'
import {chooseProvider, type Target} from '../credentials/target.ts'
import {AwsOidcError, expectedFailure} from '../errors.ts'
import {memoryOf} from '../host/memory.ts'
import {type Printable, shownName} from '../text/printable.ts'

export interface LogoutRequest extends Target {
  readonly all: boolean
  /** Whether the provider's session in the browser ends too. */
  readonly everywhere: boolean
}

export interface LogoutResult {
  readonly provider: string
  /** The user who was signed in, if any. */
  readonly subject: Printable | undefined
  readonly wasSignedIn: boolean
  /** What failed at the provider. Everything here is removed all the same. */
  readonly problem?: {readonly code: string; readonly message: string}
}

const limitMilliseconds = 60_000

/** Ends sign-ins: at the provider as far as it supports that, and here completely. */
export async function logout(request: LogoutRequest, parts: SignInDependencies): Promise<readonly LogoutResult[]> {
  const {configuration, store} = parts
  const names = request.all ? Object.keys(configuration.providers) : await namesOf(request, parts)
  const results: LogoutResult[] = []
  for (const provider of names) {
    for (const plan of plansFor({provider}, parts)) {
      results.push(
        await parts.locks.hold(plan.providerId, parts.signal, () => logoutAt(plan, request.everywhere, parts)),
      )
    }
  }
  // No plan leads to the entries of a provider's earlier settings.
  if (request.all) await store.clear()
  return results
}

async function namesOf(
  request: Target,
  parts: Pick<Dependencies, 'configuration' | 'registry' | 'env' | 'asking' | 'ask'>,
): Promise<readonly string[]> {
  const target = await chooseProvider(request, 'logout', parts)
  if ('provider' in target) return [target.provider]
  return [...new Set(plansFor(target, parts).map(({provider}) => provider.name))]
}

async function logoutAt(plan: Plan, everywhere: boolean, parts: SignInDependencies): Promise<LogoutResult> {
  const {provider, providerId} = plan
  const {person, locked} = await personAt(plan, parts)
  const notDone = person || everywhere ? await signOutAt(plan, everywhere, parts) : undefined
  const problem = locked ?? notDone
  await forgetUser(providerId, parts)
  await parts.store.clear(`${providerId}/`)
  await parts.removeBrowserFolder(providerId)
  await parts.states.change(providerId, withoutTroubles)
  return {
    provider: provider.name,
    subject: shownName(person?.subject),
    wasSignedIn: person !== undefined || locked !== undefined,
    ...(problem && {problem: {code: problem.code, message: problem.message}}),
  }
}

interface PersonAt {
  readonly person?: User | undefined
  /** Why the entries can't be read. They can be removed all the same. */
  readonly locked?: AwsOidcError
}

async function personAt(
  {provider, providerId}: Plan,
  parts: Pick<Dependencies, 'store' | 'clock' | 'signal'>,
): Promise<PersonAt> {
  const unread = (why: string) =>
    new AwsOidcError('UNAVAILABLE', `${why} So nothing was revoked at ${provider.name}.`, {hint: 'aws-oidc logout'})
  try {
    const person = await rememberedUser(providerId, parts)
    if (person || !(await remembersUser(providerId, parts))) return {person}
    return {locked: unread("What was kept can't be opened.")}
  } catch (error) {
    parts.signal.throwIfAborted()
    const failure = expectedFailure(error)
    if (failure) return {locked: unread(failure.message)}
    throw error
  }
}

async function signOutAt(
  plan: Plan,
  everywhere: boolean,
  parts: SignInDependencies,
): Promise<AwsOidcError | undefined> {
  const {clock, store} = parts
  const tooLong = new AwsOidcError('TIMED_OUT', `${plan.provider.name} took too long to sign out.`)
  const limit = clock.limit(limitMilliseconds, tooLong, parts.signal)
  try {
    const use = {
      memory: memoryOf(plan.providerId, store, {
        forgetful: false,
        makeFolder: () => parts.makeBrowserFolder(plan.providerId),
      }),
      signal: limit.signal,
      deadline: new Date(clock.now().getTime() + limitMilliseconds),
      fresh: false,
      interactive: parts.asking.interactive,
      unreachable: {hint: 'aws-oidc logout', why: undefined},
      onAsking: () => undefined,
    }
    const {strategy, settings, host} = await openProvider(plan, use, parts)
    await strategy.signOut?.(settings, host, {everywhere})
    return undefined
  } catch (error) {
    parts.signal.throwIfAborted()
    return asProviderFailure(error, plan, parts)
  } finally {
    limit.cancel()
  }
}

/** What AWS refused to this user says nothing about the next one. The brake stays: only a sign-in releases it. */
function withoutTroubles({lastProblem: _, ...state}: ProviderState): ProviderState {
  return {...state, refusedRoles: {}}
}
