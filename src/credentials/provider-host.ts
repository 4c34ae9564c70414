import {hostSettings} from '../config/provider.ts'
import {readSettings, resolveSecret} from '../config/settings.ts'
import {AwsOidcError, expectedFailure} from '../errors.ts'
import {type HostDependencies, hostFor} from '../host/host.ts'
import type {FederationStrategy, Host} from '../plugin.ts'
import {withMeanings} from '../strategy/described-refusal.ts'
import {withNotices} from '../strategy/notices.ts'
import {timedQuestions} from '../strategy/timed-questions.ts'
import {offsetSaidOnce, orOurClock} from './clock-offset.ts'
import type {Dependencies, SignInDependencies} from './dependencies.ts'
import type {Plan} from './plan.ts'

/** The parts of a host that differ between uses of a provider. */
export type ProviderUse = Pick<
  HostDependencies,
  'memory' | 'signal' | 'deadline' | 'fresh' | 'insists' | 'probe' | 'interactive' | 'unreachable' | 'onAsking'
>

export interface OpenProvider {
  readonly strategy: FederationStrategy<Record<string, unknown>>
  readonly settings: Record<string, unknown>
  readonly host: Host
}

/** The strategy of a plan's provider with its settings, checked and resolved, and the Host that it sees. */
export async function openProvider(plan: Plan, use: ProviderUse, deps: SignInDependencies): Promise<OpenProvider> {
  const {provider} = plan
  const {clock, registry} = deps
  const network = deps.networkOf(provider)
  const {strategy, notice} = withNotices(await registry.strategy(provider.strategy), deps.notice)
  const settings = await readSettings(strategy.settings, provider.own, placeOf(plan, deps), async reference => {
    const run = (program: string, args: readonly string[], milliseconds: number) =>
      deps.output(program, args, {providerId: plan.providerId, milliseconds, signal: use.signal})
    const secret = await resolveSecret(reference, {env: deps.env, run, keyring: deps.keyring})
    deps.secrets.add(secret)
    return secret
  })
  const host = hostFor({
    ...deps,
    ...use,
    provider,
    fetch: fetchWithin(use.signal, network),
    offsetTo: url => offsetSaidOnce(url, {...deps, network}),
    mutualTls: provider.tls?.cert !== undefined,
    now: clock.now,
    sleep: clock.sleep,
    elapsed: clock.elapsed,
    chooseFlow: deps.flowFor(provider),
    openBrowser: (url, how) => deps.openBrowser(url, {...how, program: provider.browser}),
    ask: timedQuestions({...deps, signal: use.signal, hint: plan.loginCommand}),
    notice,
    askUntil: deps.asking.mayRead ? deps.askUntil : undefined,
  })
  const describing = {strategy, settings, owner: registry.ownerOf(provider.strategy), log: deps.log}
  return {strategy, settings, host: withMeanings(host, describing)}
}

/** A strategy's error as ours: judged by its code; without one it becomes PLUGIN_FAILED, which names the plugin. */
export function asProviderFailure(
  error: unknown,
  {provider}: Plan,
  deps: Pick<Dependencies, 'registry' | 'env' | 'platform' | 'signal' | 'network'>,
): AwsOidcError {
  const {registry, signal} = deps
  if (signal.aborted && signal.reason instanceof AwsOidcError) return signal.reason
  const known = expectedFailure(error)
  if (known) return orOurClock(known, deps)
  const reason = error instanceof Error ? error.message : String(error)
  const owner = registry.ownerOf(provider.strategy)
  const what = `The strategy "${provider.strategy}" of ${owner} failed: ${reason.replace(/\.$/, '')}.`
  return new AwsOidcError('PLUGIN_FAILED', what, {cause: error})
}

function placeOf({provider}: Plan, {configuration}: Pick<Dependencies, 'configuration'>) {
  return {provider: provider.name, locate: configuration.locate, alsoKnown: hostSettings}
}

/**
 * `fetch` within the time limit. Only a GET is aborted: if the provider carries out a refresh and nobody reads its
 * answer, the refresh token is spent for nothing.
 */
function fetchWithin(limit: AbortSignal, network: Dependencies['network']): typeof globalThis.fetch {
  return (input, init = {}) => {
    if (init.method !== undefined && init.method !== 'GET') return network.fetch(input, init)
    return network.fetch(input, {...init, signal: init.signal ? AbortSignal.any([init.signal, limit]) : limit})
  }
}
