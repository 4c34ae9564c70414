import type {Configuration} from 'openid-client'
import type {ProviderConfiguration} from '../config/schema.ts'
import {AwsOidcError, expectedFailure} from '../errors.ts'
import {addsOfflineAccess, scopeRefused, signInByBrowser} from '../oauth/browser-sign-in.ts'
import {type DeviceFlowRefused, signInByDevice} from '../oauth/device-sign-in.ts'
import type {OAuthTransport} from '../oauth/discovery.ts'
import {demandSignInPage} from '../oauth/sign-in-page.ts'
import type {TokenClock, Tokens} from '../oauth/tokens.ts'
import type {Ask, Host, OidcClient} from '../plugin.ts'
import type {Screen} from '../terminal/qr.ts'
import type {Message} from '../text/printable.ts'
import type {Secrets} from '../text/secrets.ts'
import type {DeviceOffer, FlowChoice} from './flow.ts'
import {knownHostsOf, showCode} from './show-code.ts'

export interface Opening {
  readonly opens: boolean
  /** Whether the user already sees the address. */
  readonly shown: boolean
  /** Whether the address ends a session instead of starting one. */
  readonly toSignOut?: boolean
}

export interface NewSignInDependencies extends OAuthTransport {
  readonly provider: ProviderConfiguration
  readonly env: Host['env']
  readonly secrets: Secrets
  readonly signal: AbortSignal
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** Milliseconds of a monotonic clock. */
  readonly elapsed: () => number
  /** When the time for this sign-in is up. */
  readonly deadline: Date
  readonly tell: (message: Message) => void
  readonly screen: () => Screen | undefined
  /** How to ask the user, depending on the provider's device flow. */
  readonly chooseFlow: (offer: DeviceOffer) => FlowChoice
  readonly openBrowser: (url: URL, how: Opening) => Promise<void>
  /** Questions on the terminal until the signal aborts; `undefined` if nothing may be read. */
  readonly askUntil: ((signal: AbortSignal) => Ask) | undefined
  /** Throws SIGN_IN_REQUIRED if nobody may be asked. */
  readonly beforeAsking: (where: string) => void
  /** Whether the provider is known to refuse this client a refresh token; `note` remembers a refusal. */
  readonly noRenewal: {readonly known: boolean; note(): Promise<void>}
  /** Saves the tokens. Called at once: if this process is killed before, the sign-in is lost. */
  readonly keep: (tokens: Tokens) => Promise<void>
  /** What to type to sign in by hand. */
  readonly loginCommand: string
  /** Whether to check first that the provider shows this client a sign-in page. */
  readonly probe?: boolean | undefined
}

/** Signs the user in with a code or in the browser, as the environment and the provider allow. */
export async function signInAnew(
  configuration: Configuration,
  client: OidcClient,
  clock: TokenClock,
  deps: NewSignInDependencies,
): Promise<Tokens> {
  const offered = configuration.serverMetadata().device_authorization_endpoint !== undefined
  const choice = deps.chooseFlow(offered ? 'offered' : 'not-offered')
  if (choice.flow === 'browser') return inBrowser(configuration, client, clock, choice, deps)

  deps.beforeAsking(client.issuer.host)
  const {secrets, signal} = deps
  const answer = await signInByDevice(configuration, client, {
    ...renewalFor(client, deps),
    transport: deps,
    signal,
    clock,
    sleep: milliseconds => deps.sleep(milliseconds, signal),
    elapsed: deps.elapsed,
    maskSecret: secret => secrets.add(secret),
    show: async code => {
      if (choice.note !== undefined) deps.tell(choice.note)
      await showCode(code, {
        ...deps,
        now: clock.now,
        knownHosts: knownHostsOf(deps.provider, client.issuer),
        open: choice.opens ? url => deps.openBrowser(url, {opens: true, shown: true}) : undefined,
      })
    },
  })
  if ('refusal' in answer) return inBrowser(configuration, client, clock, browserInstead(answer, deps), deps)
  await deps.keep(answer)
  return answer
}

/** Whether to request a refresh token, and what to do if the provider refuses just that. */
function renewalFor({issuer}: OidcClient, {provider, noRenewal, tell}: NewSignInDependencies) {
  return {
    remember: provider.rememberSignIn && !noRenewal.known,
    async onNoRenewal() {
      tell(
        `${issuer.host} gives this client no "offline_access", so the sign-in can't be renewed without you. Have the provider allow that scope, or set "rememberSignIn: false".`,
      )
      await noRenewal.note()
    },
  }
}

/** Falls back to the browser. If the settings insist on a code, throws with the provider's own words as `refusal`. */
function browserInstead({refusal}: DeviceFlowRefused, {chooseFlow}: NewSignInDependencies): FlowChoice {
  try {
    return chooseFlow('not-to-this-client')
  } catch (error) {
    const known = expectedFailure(error)
    throw known ? new AwsOidcError(known.code, known.message, {hint: known.hint, refusal}) : error
  }
}

async function inBrowser(
  configuration: Configuration,
  client: OidcClient,
  clock: TokenClock,
  choice: FlowChoice,
  deps: NewSignInDependencies,
): Promise<Tokens> {
  const {provider, secrets, fetch, signal, keep, askUntil, tell, loginCommand} = deps
  const ports = client.listen?.ports ?? []
  // A random port can't have been forwarded, so from another machine only the user can bring the address back.
  if (choice.elsewhere === 'surely' && !askUntil && ports.length === 0) {
    throw new AwsOidcError(
      'SIGN_IN_REQUIRED',
      `You need to sign in to ${client.issuer.host}. ${choice.note ?? ''} Only login can take the address at which that browser ends.`,
      {hint: loginCommand},
    )
  }
  deps.beforeAsking(client.issuer.host)
  const renewal = renewalFor(client, deps)
  const demandPage = async (url: URL, redirect: URL) => {
    try {
      await demandSignInPage(url, client, redirect, fetch)
    } catch (error) {
      const refused = expectedFailure(error)?.refusal?.error
      // The sign-in itself retries without `offline_access`.
      if (refused !== scopeRefused || !addsOfflineAccess(configuration, client, renewal.remember)) throw error
    }
  }
  const maskSecret = (secret: string) => secrets.add(secret)
  const paste = askUntil && {ask: askUntil, tell, maskSecret}
  return signInByBrowser(configuration, client, {
    pages: provider.pages,
    ...renewal,
    maskSecret,
    keep,
    transport: deps,
    signal,
    clock,
    paste: choice.elsewhere === undefined ? undefined : paste,
    async show(url, redirect, over) {
      if (deps.probe) await demandPage(url, redirect)
      if (choice.note !== undefined) tell(choice.note)
      await deps.openBrowser(url, {opens: choice.opens, shown: false})
      if (choice.elsewhere === undefined || over.aborted) return
      if (ports.length > 0 && isSsh(deps)) tell(forwarding(redirect, deps))
      tell(
        paste
          ? `A browser on another machine ends at a page that it can't load: ${redirect.href}?... Copy that whole address.`
          : `A browser on another machine can't come back here: ${loginCommand} takes the address at which it ends.`,
      )
    },
  })
}

function isSsh({env}: Pick<NewSignInDependencies, 'env'>): boolean {
  return Boolean(env.SSH_CONNECTION || env.SSH_TTY)
}

/** The third word of SSH_CONNECTION is the address at which the SSH client reached this machine, as sshd sees it. */
function forwarding({port}: URL, {env}: Pick<NewSignInDependencies, 'env'>): Message {
  const [, , server] = env.SSH_CONNECTION?.split(' ') ?? []
  const host = server && /^[\w.:%-]+$/.test(server) ? server : 'HOST'
  return [
    'If you run this in another terminal of your own machine, its browser comes back by itself (HOST is what you type to get here):',
    '',
    `  ssh -N -L ${port}:127.0.0.1:${port} ${host}`,
    '',
  ]
}
