import type {ProviderConfiguration} from '../config/schema.ts'
import {afterRole, afterSignIn, brakeOf} from '../coordination/brake.ts'
import type {ProviderState} from '../coordination/state.ts'
import {type Plan, planAt} from '../credentials/plan.ts'
import {asProviderFailure} from '../credentials/provider-host.ts'
import {expectedFailure} from '../errors.ts'
import {when} from '../formats/when.ts'
import {type Check, type CheckContext, either, type Finding, failed, found, type Looked} from './check.ts'
import {commandsIn, opened} from './opened.ts'

/** The checks of a provider that need no network. */
export function providerChecks(provider: ProviderConfiguration): readonly Check[] {
  const {name} = provider
  const area = `Provider ${name}`
  return [
    {area, name: `the settings of "${name}"`, look: context => lookAtSettings(provider, context)},
    {area, name: `what is remembered of "${name}"`, look: context => lookAtState(provider, context)},
  ]
}

/** The strategy's own check of a provider, which may ask the server. */
export function strategyCheck(provider: ProviderConfiguration): Check {
  const {name, strategy} = provider
  return {
    area: `Provider ${name}`,
    name: `what the strategy "${strategy}" checks of "${name}"`,
    look: context => askStrategy(provider, context),
  }
}

async function lookAtSettings(provider: ProviderConfiguration, context: CheckContext): Promise<Looked> {
  const {deps, saidOfTls, inspection} = context
  const before = new Set(saidOfTls)
  try {
    deps.networkOf(provider)
    const owner = deps.registry.ownerOf(provider.strategy)
    await deps.registry.strategy(provider.strategy)
    const findings: Finding[] = [...saidOfTls]
      .filter(text => !before.has(text))
      .map(text => ({
        id: 'provider.key-open',
        severity: 'warning',
        what: `${text.replace(/: chmod .*/, '')}.`,
        mend: text.replace(/^.*: chmod/, 'chmod'),
      }))
    for (const program of commandsIn(provider)) {
      if ((await inspection.findProgram(program)) !== undefined) continue
      const what = `The program ${program}, which prints a secret of the provider "${provider.name}", is missing.`
      findings.push({
        id: 'provider.settings',
        severity: 'error',
        what,
        mend: `Install ${program}, or name another program.`,
      })
    }
    await opened(provider, context)
    return either(findings, `strategy "${provider.strategy}" of ${owner}`)
  } catch (error) {
    const failure = expectedFailure(error)
    if (!failure) throw error
    return found(failed(await whereIn(provider, context), 'error', failure))
  }
}

/** The id of a failure: `provider.strategy` if the strategy itself can't be loaded. */
async function whereIn({strategy}: ProviderConfiguration, {deps}: CheckContext): Promise<string> {
  const there = await Promise.resolve()
    .then(() => deps.registry.strategy(strategy))
    .then(
      () => true,
      () => false,
    )
  return there ? 'provider.settings' : 'provider.strategy'
}

async function askStrategy(provider: ProviderConfiguration, context: CheckContext): Promise<Looked> {
  const open = await opened(provider, context).catch(() => undefined)
  if (!open?.strategy.check || open.lacksSecret) return found()
  const {strategy, settings, host, plan} = open
  try {
    const said = (await strategy.check?.(settings, host)) ?? []
    return {
      findings: said
        .filter(({ok}) => !ok)
        .map(({what, mend}) => ({id: 'provider.check', severity: 'warning', what, mend})),
      fine: said.filter(({ok}) => ok).map(({what}) => what),
    }
  } catch (error) {
    const failure = expectedFailure(error)
    if (failure?.code === 'SIGN_IN_REQUIRED')
      return found({...failed('provider.check', 'note', failure), mend: plan.loginCommand})
    if (failure) return found(failed('provider.check', 'warning', failure))
    throw asProviderFailure(error, plan, context.deps)
  }
}

// As long as the brake counts two failures together.
const staleMilliseconds = 12 * 3_600_000

async function lookAtState(provider: ProviderConfiguration, {deps}: CheckContext): Promise<Looked> {
  const plan = planOf(provider, deps)
  if (!plan) return found()
  const state = await deps.states.read(plan.providerId)
  const now = deps.clock.now()
  const {lastProblem} = state
  return found(
    ...brakes(plan, state, deps),
    ...(lastProblem
      ? [
          {
            id: 'provider.last-problem',
            severity: 'note' as const,
            what: `Last failure, ${when(lastProblem.at, now)}: ${lastProblem.message}`,
            mend: lastProblem.hint ?? plan.loginCommand,
          },
        ]
      : []),
  )
}

/** `undefined` if its strategy is not installed. */
function planOf({name}: ProviderConfiguration, deps: CheckContext['deps']): Plan | undefined {
  try {
    return planAt(name, deps)
  } catch (error) {
    if (!expectedFailure(error)) throw error
    return undefined
  }
}

function brakes(plan: Plan, state: ProviderState, deps: CheckContext['deps']): readonly Finding[] {
  const signIn = brakeFinding('provider.brake', state.signInFailures, plan, deps, afterSignIn, {
    closed: 'The last two sign-ins failed; programs may not ask again.',
    brief: 'The last sign-in failed; programs may not ask again for a few minutes.',
  })
  const roles = Object.entries(state.refusedRoles).flatMap(([key, {at, message}]) =>
    brakeFinding('provider.role-refused', at, plan, deps, now => afterRole(now, key), {
      closed: `Programs may not ask AWS for ${roleIn(key)} again: ${message}`,
      brief: `Programs may not ask AWS for ${roleIn(key)} again for a few minutes: ${message}`,
    }),
  )
  return [...signIn, ...roles]
}

/** The role in a key of `refusedRoles`: it follows the first space. */
function roleIn(key: string): string {
  return key.slice(key.indexOf(' ') + 1)
}

function brakeFinding(
  id: string,
  failures: readonly Date[],
  {providerId, loginCommand}: Plan,
  {states, locks, clock}: CheckContext['deps'],
  release: (state: ProviderState) => ProviderState,
  words: {readonly closed: string; readonly brief: string},
): readonly Finding[] {
  const now = clock.now()
  const brake = brakeOf(failures, now)
  if (!brake) return []
  if (brake.kind === 'until') return [{id, severity: 'note', what: words.brief, mend: loginCommand}]
  const last = failures.at(-1) ?? now
  const fix = async () => {
    const changed = await locks.holdIfFree(providerId, () => states.change(providerId, release))
    if (changed) return 'Programs may ask again.'
    throw new Error("another aws-oidc is at work, or the provider's state could not be written")
  }
  // A recent brake does its job; only an old one may be released.
  const isStale = now.getTime() - last.getTime() > staleMilliseconds
  const what = `${words.closed} (${when(last, now)})`
  return [{id, severity: 'warning', what, mend: loginCommand, fix: isStale ? fix : undefined}]
}
