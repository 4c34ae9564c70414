import {AwsOidcError} from '../errors.ts'
import type {Clock} from '../outside/system/clock.ts'
import type {Identity} from '../plugin.ts'
import {withGrace} from './grace.ts'
import {madeThrough} from './identity-calls.ts'

export interface Limiting {
  readonly strategy: string
  /** The package of the strategy. */
  readonly owner: string
  readonly clock: Pick<Clock, 'limit'>
  readonly signal: AbortSignal
}

// As long as the sign-in itself, because a strategy may ask the user again for its proof.
const limitMinutes = 5

/**
 * The identity, with each of its later calls within five minutes and until `signal` aborts. A call that goes on all the
 * same is given up 20 seconds after that, with TIMED_OUT or the signal's reason.
 */
export function limited(identity: Identity, {strategy, owner, clock, signal}: Limiting): Identity {
  return madeThrough(identity, async (given, call) => {
    const message = `The strategy "${strategy}" of ${owner} gave no ${given} within ${limitMinutes} minutes.`
    const tooLong = new AwsOidcError('TIMED_OUT', message, {hint: 'aws-oidc doctor'})
    const limit = clock.limit(limitMinutes * 60_000, tooLong, signal)
    try {
      return await withGrace(call(), limit.signal, clock)
    } finally {
      limit.cancel()
    }
  })
}
