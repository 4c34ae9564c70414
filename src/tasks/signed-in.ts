import {noting} from './last-problem.ts'
import type {Parts} from './parts.ts'
import type {Plan} from './plan.ts'
import {type SignedIn, signIn} from './sign-in.ts'

/** Who is signed in at a plan's provider, for whoever wants nothing of AWS; a person is asked where it has to be. */
export function signedIn(plan: Plan, parts: Parts): Promise<SignedIn> {
  const {locks, signal} = parts
  return locks.hold(plan.providerId, signal, () =>
    noting(plan, parts, () => signIn(plan, {fresh: false, forgetful: false, quiet: false, signal}, parts)),
  )
}
