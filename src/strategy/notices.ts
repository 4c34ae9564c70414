import type {FederationStrategy} from '../plugin.ts'
import {madeThrough} from './identity-calls.ts'

type Strategy = FederationStrategy<Record<string, unknown>>

/** Shows a line until the returned function is called. */
export type Notice = (text: string) => () => void

/**
 * The strategy, with `notice` for its host. What it has not taken away itself goes with its last call that is running: of
 * the strategy, or of an identity that it gave.
 */
export function withNotices(strategy: Strategy, show: Notice): {readonly strategy: Strategy; readonly notice: Notice} {
  const open = new Set<() => void>()
  let running = 0

  async function during<Result>(work: () => Promise<Result>): Promise<Result> {
    running++
    try {
      return await work()
    } finally {
      running--
      if (running === 0) for (const done of open) done()
    }
  }

  const {check, signOut} = strategy
  return {
    strategy: {
      ...strategy,
      signIn: (settings, host) =>
        during(async () => madeThrough(await strategy.signIn(settings, host), (_, call) => during(call))),
      ...(check && {check: (settings, host) => during(() => check(settings, host))}),
      ...(signOut && {signOut: (settings, host, options) => during(() => signOut(settings, host, options))}),
    },
    notice(text) {
      const hide = show(text)
      const done = () => {
        open.delete(done)
        hide()
      }
      open.add(done)
      return done
    },
  }
}
