import type {Locks} from '../coordination/lock.ts'
import {printable} from '../errors.ts'
import type {Network} from '../outside/network/network.ts'
import type {Terminal} from '../outside/terminal/terminal.ts'

type WaitingFor = Terminal['waitingFor']

/** What the terminal says we are waiting for. */
export interface Stages {
  readonly waitingFor: WaitingFor
  /** Says how far long work has come, instead of naming each thing that it waits for; `undefined` when it is done. */
  readonly progress: WaitingFor
  /** Shows a line until the returned function is called. */
  readonly notice: Terminal['notice']
  /** Says nothing more: a program of the user has the terminal now. */
  readonly handOver: () => void
}

export function stagesOn(terminal: Pick<Terminal, 'waitingFor' | 'notice'>): Stages {
  let terminalIsOurs = true
  let underWay: string | undefined
  const waitingFor: WaitingFor = what => terminal.waitingFor(terminalIsOurs ? (underWay ?? what) : undefined)
  return {
    waitingFor,
    progress(text) {
      underWay = text
      waitingFor(undefined)
    },
    notice: text => (terminalIsOurs ? terminal.notice(text) : () => undefined),
    handOver() {
      terminalIsOurs = false
      waitingFor(undefined)
    },
  }
}

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
