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
export async function logout(request: LogoutRequest, deps: SignInDependencies): Promise<readonly LogoutResult[]> {
  const {configuration, store} = deps
  const names = request.all ? Object.keys(configuration.providers) : await namesOf(request, deps)
  const results: LogoutResult[] = []
  for (const provider of names) {
    for (const plan of plansFor({provider}, deps)) {
      results.push(await deps.locks.hold(plan.providerId, deps.signal, () => logoutAt(plan, request.everywhere, deps)))
    }
  }
  // No plan leads to the entries of a provider's earlier settings.
  if (request.all) await store.clear()
  return results
}

async function namesOf(
  request: Target,
  deps: Pick<Dependencies, 'configuration' | 'registry' | 'env' | 'asking' | 'ask'>,
): Promise<readonly string[]> {
  const target = await chooseProvider(request, 'logout', deps)
  if ('provider' in target) return [target.provider]
  return [...new Set(plansFor(target, deps).map(({provider}) => provider.name))]
}

async function logoutAt(plan: Plan, everywhere: boolean, deps: SignInDependencies): Promise<LogoutResult> {
  const {provider, providerId} = plan
  const {user, locked} = await rememberedAt(plan, deps)
  const notDone = user || everywhere ? await signOutAt(plan, everywhere, deps) : undefined
  const problem = locked ?? notDone
  await forgetUser(providerId, deps)
  await deps.store.clear(`${providerId}/`)
  await deps.removeBrowserFolder(providerId)
  await deps.states.change(providerId, withoutTroubles)
  return {
    provider: provider.name,
    subject: shownName(user?.subject),
    wasSignedIn: user !== undefined || locked !== undefined,
    ...(problem && {problem: {code: problem.code, message: problem.message}}),
  }
}

interface RememberedAt {
  readonly user?: User | undefined
  /** Why the entries can't be read. They can be removed all the same. */
  readonly locked?: AwsOidcError
}

async function rememberedAt(
  {provider, providerId}: Plan,
  deps: Pick<Dependencies, 'store' | 'clock' | 'signal'>,
): Promise<RememberedAt> {
  const unread = (why: string) =>
    new AwsOidcError('UNAVAILABLE', `${why} So nothing was revoked at ${provider.name}.`, {hint: 'aws-oidc logout'})
  try {
    const user = await rememberedUser(providerId, deps)
    if (user || !(await remembersUser(providerId, deps))) return {user}
    return {locked: unread("The remembered sign-in can't be read.")}
  } catch (error) {
    deps.signal.throwIfAborted()
    const failure = expectedFailure(error)
    if (failure) return {locked: unread(failure.message)}
    throw error
  }
}

async function signOutAt(plan: Plan, everywhere: boolean, deps: SignInDependencies): Promise<AwsOidcError | undefined> {
  const {clock, store} = deps
  const tooLong = new AwsOidcError('TIMED_OUT', `Signing out of ${plan.provider.name} took too long.`)
  const limit = clock.limit(limitMilliseconds, tooLong, deps.signal)
  try {
    const use = {
      memory: memoryOf(plan.providerId, store, {
        forgetful: false,
        makeFolder: () => deps.makeBrowserFolder(plan.providerId),
      }),
      signal: limit.signal,
      deadline: new Date(clock.now().getTime() + limitMilliseconds),
      fresh: false,
      interactive: deps.asking.interactive,
      unreachable: {hint: 'aws-oidc logout', why: undefined},
      onAsking: () => undefined,
    }
    const {strategy, settings, host} = await openProvider(plan, use, deps)
    await strategy.signOut?.(settings, host, {everywhere})
    return undefined
  } catch (error) {
    deps.signal.throwIfAborted()
    return asProviderFailure(error, plan, deps)
  } finally {
    limit.cancel()
  }
}

/** What AWS refused to this user says nothing about the next one. The brake stays: only a sign-in releases it. */
function withoutTroubles({lastProblem: _, ...state}: ProviderState): ProviderState {
  return {...state, refusedRoles: {}}
}
