import {failureMeanwhile} from '../coordination/brake.ts'
import type {ProviderState} from '../coordination/state.ts'
import {AwsOidcError} from '../errors.ts'
import type {Dependencies} from './dependencies.ts'
import type {Plan} from './plan.ts'

export interface Waiting {
  /** A renewal that nobody waits for: it waits for nobody either. */
  readonly quiet: boolean
  /** What was known of the provider before this call waited: it fails as those did whom it waited for. */
  readonly before?: ProviderState
}

/** Work under a lock; a quiet renewal is given up where another process holds it. */
export async function alone<Result>(
  name: string,
  {quiet}: Waiting,
  {locks, signal}: Pick<Dependencies, 'locks' | 'signal'>,
  work: () => Promise<Result>,
): Promise<Result> {
  if (!quiet) return locks.hold(name, signal, work)
  const done = await locks.holdIfFree(name, async () => ({result: await work()}))
  if (done) return done.result
  throw new AwsOidcError('UNAVAILABLE', 'Another aws-oidc is at work.')
}

/** One question however many ask: what failed meanwhile in one of these scopes fails here too. */
export async function failAsOthers(
  scopes: readonly string[],
  {providerId}: Plan,
  {before}: Waiting,
  {states}: Pick<Dependencies, 'states'>,
): Promise<void> {
  const failure = before && failureMeanwhile(before, await states.read(providerId), scopes)
  if (failure) throw failure
}
