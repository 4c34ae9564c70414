import type {Identity} from '../plugin.ts'
import type {SignInDependencies} from './dependencies.ts'
import {noting} from './last-problem.ts'
import type {Plan} from './plan.ts'
import {signIn} from './sign-in.ts'

/**
 * Does the work with the identity signed in at a plan's provider, without AWS; the user is asked if necessary. Holds
 * the provider's lock: what the identity is asked for may renew the sign-in.
 */
export function whileSignedIn<Result>(
  plan: Plan,
  deps: SignInDependencies,
  work: (identity: Identity) => Promise<Result>,
): Promise<Result> {
  const {locks, signal} = deps
  const options = {fresh: false, forgetful: false, silent: false, signal}
  return locks.hold(plan.providerId, signal, () =>
    noting(plan, deps, async () => work((await signIn(plan, options, deps)).identity)),
  )
}
