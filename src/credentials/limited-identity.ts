import {AwsOidcError} from '../errors.ts'
import type {Identity} from '../plugin.ts'
import type {Dependencies} from './dependencies.ts'
import {withGrace} from './grace.ts'
import type {Plan} from './plan.ts'
import {through} from './role-list.ts'

// As long as the sign-in itself, because a strategy may ask the user again for its proof.
const limitMinutes = 5

/**
 * The identity, with each of its later calls within five minutes and until `signal` aborts. A call that goes on all the
 * same is given up 20 seconds after that, with TIMED_OUT or the signal's reason.
 */
export function limited(
  identity: Identity,
  {provider}: Plan,
  signal: AbortSignal,
  deps: Pick<Dependencies, 'clock' | 'registry'>,
): Identity {
  const owner = deps.registry.ownerOf(provider.strategy)
  async function within<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
    const message = `The strategy "${provider.strategy}" of ${owner} gave no ${what} within ${limitMinutes} minutes.`
    const tooLong = new AwsOidcError('TIMED_OUT', message, {hint: 'aws-oidc doctor'})
    const limit = deps.clock.limit(limitMinutes * 60_000, tooLong, signal)
    try {
      return await withGrace(work(), limit.signal, deps)
    } finally {
      limit.cancel()
    }
  }
  const {roles, rolesInParts, findRole, assigned} = identity
  return {
    ...identity,
    ...(roles && {roles: () => within('roles', roles)}),
    ...(rolesInParts && {
      rolesInParts: listing => through(rolesInParts(listing), step => within('roles', step)),
    }),
    ...(findRole && {findRole: wanted => within('role', () => findRole(wanted))}),
    proofFor: role => within('proof', () => identity.proofFor(role)),
    ...(assigned && {assigned: () => within('proof', assigned)}),
  }
}
