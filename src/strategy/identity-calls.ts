import type {Identity, RolePart} from '../plugin.ts'

/** What a call of an identity gives. */
export type Given = 'roles' | 'role' | 'proof'

/** Makes a call, or one step of a list in parts. */
export type Make = <Result>(given: Given, call: () => Promise<Result>) => Promise<Result>

/** The identity, whose calls are made through a function, such as one with a limit. */
export function madeThrough(identity: Identity, make: Make): Identity {
  const {roles, rolesInParts, findRole, assigned} = identity
  return {
    ...identity,
    ...(roles && {roles: () => make('roles', () => roles.call(identity))}),
    ...(rolesInParts && {rolesInParts: listing => inSteps(rolesInParts.call(identity, listing), make)}),
    ...(findRole && {findRole: wanted => make('role', () => findRole.call(identity, wanted))}),
    proofFor: role => make('proof', () => identity.proofFor(role)),
    ...(assigned && {assigned: () => make('proof', () => assigned.call(identity))}),
  }
}

async function* inSteps(parts: AsyncIterable<RolePart>, make: Make): AsyncIterable<RolePart> {
  const iterator = parts[Symbol.asyncIterator]()
  let ended = false
  try {
    for (;;) {
      const next = await make('roles', () => iterator.next())
      ended = next.done === true
      if (next.done) return
      yield next.value
    }
  } finally {
    // Nobody waits for a step that was given up: it may never end.
    if (!ended) iterator.return?.()?.catch(() => undefined)
  }
}
