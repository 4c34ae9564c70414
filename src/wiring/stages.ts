import type {Locks} from '../coordination/lock.ts'
import {printable} from '../errors.ts'
import type {Network} from '../outside/network/network.ts'
import type {Terminal} from '../outside/terminal/terminal.ts'

type WaitingFor = Terminal['waitingFor']

/** The network. It names each server on the terminal while we wait for it. */
export function announcedNetwork(network: Network, waitingFor: WaitingFor): Network {
  const announced =
    (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
    (input, init) => {
      waitingFor(`Waiting for ${hostOf(input)}.`)
      return fetch(input, init)
    }
  return {
    ...network,
    fetch: announced(network.fetch),
    fetchAgain: announced(network.fetchAgain),
    fetchOnce: announced(network.fetchOnce),
    withTls: tls => announcedNetwork(network.withTls(tls), waitingFor),
  }
}

/** The locks. The terminal says when we wait for another process that holds one. */
export function announcedLocks(locks: Locks, waitingFor: WaitingFor): Locks {
  return {
    ...locks,
    hold(name, signal, work) {
      waitingFor('Waiting for another aws-oidc, which is signing in.')
      return locks.hold(name, signal, () => {
        waitingFor(undefined)
        return work()
      })
    },
  }
}

function hostOf(input: string | URL | Request): string {
  return printable(new URL(typeof input === 'string' || input instanceof URL ? input : input.url).host, 60)
}
