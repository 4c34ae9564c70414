import type {ProviderState} from '../coordination/state.ts'
import type {Dependencies, SignInDependencies} from '../credentials/dependencies.ts'
import {type Plan, plansFor} from '../credentials/plan.ts'
import {asProviderFailure, openProvider} from '../credentials/provider-host.ts'
import {forgetUser, rememberedUser, remembersUser, type User} from '../credentials/remembered-user.ts'
import {chooseProvider, type Target} from '../credentials/target.ts'
import {AwsOidcError, expectedFailure} from '../errors.ts'
import {memoryOf, type SignInMemory} from '../host/memory.ts'
import {withGrace} from '../strategy/grace.ts'
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

/**
 * Ends sign-ins: at the provider as far as it supports that, and here completely, even if the user interrupts it.
 * Rejects with INTERRUPTED then.
 */
export async function logout(request: LogoutRequest, deps: SignInDependencies): Promise<readonly LogoutResult[]> {
  const {configuration, store} = deps
  const names = request.all ? Object.keys(configuration.providers) : await namesOf(request, deps)
  const left = new Set(names.flatMap(provider => plansFor({provider}, deps)))
  const results: LogoutResult[] = []
  try {
    for (const plan of left) {
      results.push(await deps.locks.hold(plan.providerId, deps.signal, () => logoutAt(plan, request.everywhere, deps)))
      left.delete(plan)
    }
  } finally {
    // Ctrl-C, and a lock that another process holds: whoever signs out wants nothing to stay on this machine.
    for (const plan of left) await removeHere(plan, deps).catch((error: Error) => deps.log.warn(error.message))
    // No plan leads to the entries of a provider's earlier settings.
    if (request.all) await store.clear()
  }
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
  const {provider} = plan
  const {user, locked} = await rememberedAt(plan, deps)
  const notDone = user || everywhere ? await signOutAt(plan, everywhere, deps) : undefined
  const problem = locked ?? notDone
  await removeHere(plan, deps)
  deps.signal.throwIfAborted()
  return {
    provider: provider.name,
    subject: shownName(user?.subject),
    wasSignedIn: user !== undefined || locked !== undefined,
    ...(problem && {problem: {code: problem.code, message: problem.message}}),
  }
}

/** Removes the user, the strategy's memory, the credentials and the browser's folder: all that is kept of a provider. */
async function removeHere({providerId}: Plan, deps: SignInDependencies): Promise<void> {
  await forgetUser(providerId, deps)
  try {
    await deps.store.clear(`${providerId}/`)
  } finally {
    await deps.removeBrowserFolder(providerId)
  }
  await deps.states.change(providerId, withoutTroubles)
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

/**
 * Has the strategy sign out, and returns what failed. Waits a minute for it, 20 seconds more if it ignores its signal,
 * and not at all once the user interrupts: the process then lives for only three seconds, in which to remove what is
 * kept here.
 */
async function signOutAt(plan: Plan, everywhere: boolean, deps: SignInDependencies): Promise<AwsOidcError | undefined> {
  const {clock} = deps
  const tooLong = new AwsOidcError('TIMED_OUT', `Signing out of ${plan.provider.name} took too long.`)
  const limit = clock.limit(limitMilliseconds, tooLong, deps.signal)
  const {memory, close} = memoryUntilClosed(plan, deps)
  const signOut = async () => {
    const use = {
      memory,
      signal: limit.signal,
      deadline: new Date(clock.now().getTime() + limitMilliseconds),
      fresh: false,
      interactive: deps.asking.interactive,
      unreachable: {hint: 'aws-oidc logout', why: deps.asking.nobody?.why},
      onAsking: () => undefined,
    }
    const {strategy, settings, host} = await openProvider(plan, use, deps)
    await strategy.signOut?.(settings, host, {everywhere})
  }
  try {
    await withGrace(signOut(), limit.signal, clock, deps.signal)
    return undefined
  } catch (error) {
    return asProviderFailure(error, plan, deps)
  } finally {
    close()
    limit.cancel()
  }
}

/** The strategy's memory, which keeps nothing more once it is closed: a sign-out that was given up may still go on. */
function memoryUntilClosed(
  {providerId}: Plan,
  {store, makeBrowserFolder}: Pick<SignInDependencies, 'store' | 'makeBrowserFolder'>,
): {readonly memory: SignInMemory; readonly close: () => void} {
  let open = true
  const memory = memoryOf(providerId, store, {forgetful: false, makeFolder: () => makeBrowserFolder(providerId)})
  return {
    memory: {...memory, set: async (...entry) => (open ? memory.set(...entry) : undefined)},
    close: () => {
      open = false
    },
  }
}

/** What AWS refused to this user says nothing about the next one. The brake stays: only a sign-in releases it. */
function withoutTroubles({lastProblem: _, ...state}: ProviderState): ProviderState {
  return {...state, refusedRoles: {}}
}
