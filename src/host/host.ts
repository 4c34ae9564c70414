import type {ProviderConfiguration} from '../config/schema.ts'
import {AwsOidcError, type Secrets} from '../errors.ts'
import {discover, type OAuthDoors} from '../oauth/discovery.ts'
import {grantAt} from '../oauth/grant.ts'
import {listenForRedirect} from '../oauth/loopback.ts'
import {endSessionAddress} from '../oauth/revoke.ts'
import type {Ask, Host, ListenOptions, Log, OidcClient} from '../plugin.ts'
import type {SignInMemory} from './memory.ts'
import {revokeTokens, tokensFor} from './tokens.ts'

/** What a host is made of: parts of the world, and what was decided about this one sign-in. */
export interface HostParts extends OAuthDoors {
  readonly provider: ProviderConfiguration
  readonly env: Host['env']
  readonly log: Log
  readonly secrets: Secrets
  readonly memory: SignInMemory
  readonly ask: Ask
  readonly interactive: boolean
  /** Told when a person is about to be asked, so that a failure afterwards counts against asking again. */
  readonly onAsking: () => void
  /** What to type where nobody may be asked, and why nobody may. */
  readonly unreachable: {readonly hint: string; readonly why: string | undefined}
  readonly signal: AbortSignal
  readonly now: () => Date
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
  readonly tell: (text: string) => void
  readonly openBrowser: (url: URL) => Promise<void>
  /** Whether AWS has refused what was remembered. */
  readonly fresh: boolean
}

/** The Host that one strategy sees during one sign-in. */
export function hostFor(parts: HostParts): Host {
  const {provider, env, log, memory, ask, signal, now, fetch} = parts

  function beforeAsking(where: string): void {
    if (!parts.interactive) {
      const why = parts.unreachable.why === undefined ? '' : ` ${parts.unreachable.why}`
      throw new AwsOidcError('SIGN_IN_REQUIRED', `A sign-in at ${where} is needed.${why}`, {
        hint: parts.unreachable.hint,
      })
    }
    parts.onAsking()
  }

  /** What the configuration says of every provider applies over what a strategy passes. */
  function configured(client: OidcClient): OidcClient {
    return {
      ...client,
      listen: listenOptions(client.listen),
      parameters: {...client.parameters, ...provider.parameters},
    }
  }

  function listenOptions(options: ListenOptions = {}): ListenOptions {
    const {host, ports, path} = provider.redirect
    return {...options, ...(host && {host}), ...(ports && {ports}), ...(path && {path})}
  }

  return {
    interactive: parts.interactive,
    signal,
    env,
    fetch,
    log,
    memory,
    ask,
    now,
    sleep: milliseconds => parts.sleep(milliseconds, signal),
    flow: 'browser',

    async showCode({url, code, expiresAt}) {
      beforeAsking(url.host)
      parts.tell(`Open ${url.href} and enter the code ${code} before ${expiresAt.toLocaleTimeString()}.`)
    },

    tokens: (client, options) =>
      tokensFor(configured(client), parts.fresh || options?.fresh === true, {
        ...parts,
        pages: provider.pages,
        remember: provider.rememberSignIn,
        beforeAsking: issuer => beforeAsking(issuer.host),
        show: parts.openBrowser,
      }),

    async grant(client, form) {
      return grantAt(await discover(client, parts), client, form)
    },

    async listen(options) {
      const listener = await listenForRedirect(listenOptions(options), provider.pages, signal)
      return {
        url: listener.url,
        async received(state) {
          const redirect = await listener.received(state)
          const refused = redirect.address.searchParams.get('error')
          await redirect.answer(refused === null ? undefined : `The provider answered "${refused}".`)
          await listener.close()
          return redirect.address.searchParams
        },
      }
    },

    async openBrowser(url) {
      beforeAsking(url.host)
      await parts.openBrowser(url)
    },

    revoke: client => revokeTokens(client, parts),

    async endSession(client) {
      await parts.openBrowser(endSessionAddress(await discover(client, parts)))
    },

    samlFromBrowser: () => Promise.reject(unsupported('capture a SAML response from the browser')),
    rolesIn: () => Promise.reject(unsupported('read SAML responses')),
    error: (code, message, detail) => new AwsOidcError(code, message, detail),
  }
}

function unsupported(what: string): AwsOidcError {
  return new AwsOidcError('CONFIG_INVALID', `This version of aws-oidc can't ${what}.`, {hint: 'aws-oidc version'})
}
