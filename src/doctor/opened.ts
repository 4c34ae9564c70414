import type {ProviderConfiguration} from '../config/schema.ts'
import {type Plan, planAt} from '../credentials/plan.ts'
import {type OpenProvider, openProvider} from '../credentials/provider-host.ts'
import {AwsOidcError} from '../errors.ts'
import {configuredClient} from '../host/host.ts'
import {memoryOf} from '../host/memory.ts'
import type {Host, OidcClient} from '../plugin.ts'
import {readObject} from '../text/json.ts'
import type {CheckContext} from './check.ts'

/** A provider as its strategy would be called, but with nobody to ask and nothing remembered. */
export interface Opened extends OpenProvider {
  readonly plan: Plan
  /** The client that the strategy wants tokens for; `undefined` if it wants none, or without a network. */
  readonly client: OidcClient | undefined
  /** Whether a secret comes from a program. It was not run, because it may ask the user for something. */
  readonly lacksSecret: boolean
}

const known = new WeakMap<ProviderConfiguration, Promise<Opened>>()

/** Opens each provider only once. Rejects with what is wrong with its strategy or settings. */
export function opened(provider: ProviderConfiguration, context: CheckContext): Promise<Opened> {
  const opening = known.get(provider) ?? open(provider, context)
  known.set(provider, opening)
  return opening
}

async function open(provider: ProviderConfiguration, {deps, signal, network}: CheckContext): Promise<Opened> {
  const plan = planAt(provider.name, deps)
  const refuse = () => Promise.reject(new AwsOidcError('SIGN_IN_REQUIRED', 'The doctor creates no folder.'))
  const use = {
    memory: memoryOf(plan.providerId, deps.store, {forgetful: true, makeFolder: refuse}),
    signal,
    deadline: deps.clock.now(),
    fresh: false,
    probe: false,
    interactive: false,
    unreachable: {hint: plan.loginCommand, why: undefined},
    onAsking: () => undefined,
  }
  const output = async () => 'a secret that was not asked for'
  const open = await openProvider(plan, use, {...deps, output})
  // A strategy may ask its server before it wants tokens.
  const client = network ? await clientOf(open, provider) : undefined
  return {...open, plan, client, lacksSecret: commandsIn(provider).length > 0}
}

/** The programs that print secrets of a provider. */
export function commandsIn({own}: ProviderConfiguration): readonly string[] {
  return Object.values(own).flatMap(value => {
    const {command} = readObject(value)
    const program: unknown = Array.isArray(command) ? command[0] : undefined
    return typeof program === 'string' ? [program] : []
  })
}

/** The client for which the strategy wants tokens. It gets none. */
async function clientOf(
  {strategy, settings, host}: OpenProvider,
  provider: ProviderConfiguration,
): Promise<OidcClient | undefined> {
  let wanted: OidcClient | undefined
  const watched: Host = {
    ...host,
    tokens(client) {
      wanted = configuredClient(client, provider)
      return Promise.reject(host.error('SIGN_IN_REQUIRED', 'The doctor does not sign in.'))
    },
  }
  await strategy.signIn(settings, watched).catch(() => undefined)
  return wanted
}
