import type {StsTransport} from '../aws/sts-request.ts'
import type {ProfileConfiguration} from '../config/schema.ts'
import type {Role} from '../plugin.ts'
import {offsetSaidOnce} from './clock-offset.ts'
import type {Dependencies, StsDependencies} from './dependencies.ts'
import {endpointOf} from './plan.ts'

const named = new WeakMap<Dependencies['network'], Set<string>>()

/** The STS transport for a role; without one, in the partition `aws`. Tells the user of an STS that is not AWS's own, once, before it is asked. */
export function stsFor(
  role: Role | undefined,
  profile: ProfileConfiguration | undefined,
  deps: StsDependencies,
): StsTransport {
  const {env, network, clock, signal, tell} = deps
  const endpoint = endpointOf(role, profile, env)
  if (!endpoint.aws) tellOnce(endpoint.url.origin, network, tell)
  return {
    endpoint,
    fetch: (input, init) => network.fetchOnce(input, {...init, signal}),
    now: clock.now,
    sleep: milliseconds => clock.sleep(milliseconds, signal),
    offset: () => offsetSaidOnce(endpoint.url, deps),
  }
}

function tellOnce(origin: string, network: Dependencies['network'], tell: Dependencies['tell']): void {
  const origins = named.get(network) ?? new Set()
  if (origins.has(origin)) return
  named.set(network, origins.add(origin))
  tell(`Asking the STS at ${origin}, which is not AWS's own.`)
}
