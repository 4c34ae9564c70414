import {failureMeanwhile} from '../coordination/brake.ts'
import type {ProviderState} from '../coordination/state.ts'
import {AwsOidcError} from '../errors.ts'
import type {Dependencies} from './dependencies.ts'
import type {Plan} from './plan.ts'

export interface Waiting {
  /** A silent renewal: nobody waits for it, and it waits for nobody. */
  readonly silent: boolean
  /** The provider's state before this call waited: the call fails as those did that it waited for. */
  readonly before?: ProviderState
}

/** Does the work under a lock. A quiet renewal rejects with UNAVAILABLE if another process holds the lock. */
export async function alone<Result>(
  name: string,
  {silent}: Waiting,
  {locks, signal}: Pick<Dependencies, 'locks' | 'signal'>,
  work: () => Promise<Result>,
): Promise<Result> {
  if (!silent) return locks.hold(name, signal, work)
  const done = await locks.holdIfFree(name, async () => ({result: await work()}))
  if (done) return done.result
  throw new AwsOidcError('UNAVAILABLE', 'Another aws-oidc is at work.')
}

/** One question however many ask: rejects with what has failed meanwhile in one of these scopes. */
export async function failAsOthers(
  scopes: readonly string[],
  {providerId}: Plan,
  {before}: Waiting,
  {states}: Pick<Dependencies, 'states'>,
): Promise<void> {
  const failure = before && failureMeanwhile(before, await states.read(providerId), scopes)
  if (failure) throw failure
}
