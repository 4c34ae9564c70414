import type {ProviderConfiguration} from '../config/schema.ts'
import {checkClient} from '../contract/client.ts'
import {isStrategyErrorCode} from '../contract/error-codes.ts'
import {textIn} from '../contract/values.ts'
import {AwsOidcError, printable} from '../errors.ts'
import {deviceAddresses} from '../oauth/device-addresses.ts'
import {discover, type OAuthTransport} from '../oauth/discovery.ts'
import {grantAt} from '../oauth/grant.ts'
import {listenForRedirect} from '../oauth/loopback.ts'
import {endSessionAddress} from '../oauth/revoke.ts'
import type {Ask, GrantAnswer, Host, ListenOptions, Log, OidcClient} from '../plugin.ts'
import type {Secrets} from '../text/secrets.ts'
import {cachedProviders} from './cached-provider.ts'
import type {SignInMemory} from './memory.ts'
import type {NewSignInDependencies} from './new-sign-in.ts'
import {questionsBehind} from './questions.ts'
import {knownHostsOf, showCode} from './show-code.ts'
import {revokeTokens, tokensFor} from './tokens.ts'

/** The dependencies of a host, and the decisions about this one sign-in. */
export interface HostDependencies
  extends OAuthTransport,
    Omit<NewSignInDependencies, 'beforeAsking' | 'keep' | 'loginCommand' | 'noRenewal'> {
  readonly log: Log
  readonly memory: SignInMemory
  readonly ask: Ask
  /** Shows a line on the terminal until the returned function is called. */
  readonly notice: (text: string) => () => void
  readonly interactive: boolean
  /** Called just before the user is asked, so that a failure afterwards counts against asking again. */
  readonly onAsking: () => void
  /** Why nobody may be asked, if that is known, and what to type instead. */
  readonly unreachable: {readonly hint: string; readonly why: string | undefined}
  readonly now: () => Date
  /** Whether AWS has refused the remembered tokens. */
  readonly fresh: boolean
  /** Whether the user insists on signing in: a failing renewal then leads to a new sign-in. */
  readonly insists?: boolean | undefined
}

/** The Host that one strategy sees during one sign-in. */
export function hostFor(deps: HostDependencies): Host {
  const {provider, env, log, memory, signal, now, fetch} = deps
  const knownAs = cachedProviders(deps)

  /** What a strategy asks for its client, checked; the headers are secrets of a gateway. */
  function checked(client: OidcClient): OidcClient {
    checkClient(client)
    for (const value of Object.values(client.headers ?? {})) deps.secrets.add(value)
    return client
  }

  function signInRequired(where: string, because?: string): AwsOidcError {
    const why = [because, deps.unreachable.why].filter(reason => reason !== undefined)
    return new AwsOidcError('SIGN_IN_REQUIRED', [`You need to sign in to ${where}.`, ...why].join(' '), {
      hint: deps.unreachable.hint,
    })
  }

  function requireUser(where: string, because?: string): void {
    if (!deps.interactive) throw signInRequired(where, because)
  }

  /** The one door to the user. */
  function beforeAsking(where: string): void {
    requireUser(where)
    deps.onAsking()
  }

  return {
    interactive: deps.interactive,
    signal,
    env,
    fetch,
    log,
    memory,
    ask: questionsBehind(
      {
        interactive: deps.interactive,
        beforeAsking: () => beforeAsking(provider.name),
        unanswered: because => signInRequired(provider.name, because),
      },
      deps.ask,
    ),
    notice: text => deps.notice(textIn(text, 'the notice')),
    now,
    sleep: milliseconds => deps.sleep(milliseconds, signal),
    // Assumes that a strategy with its own way of asking offers both; `tokens` below goes by the provider's metadata.
    flow: deps.chooseFlow('offered').flow,

    async showCode(code) {
      beforeAsking(code.url.host)
      const {note, opens} = deps.chooseFlow('offered')
      if (note !== undefined) deps.tell(note)
      await showCode(
        {...code, ...deviceAddresses(code.url.href, code.completeUrl?.href)},
        {
          ...deps,
          knownHosts: knownHostsOf(provider),
          open: opens ? url => deps.openBrowser(url, {opens, shown: true}) : undefined,
        },
      )
    },

    tokens: async (client, options) =>
      tokensFor(configuredClient(checked(client), provider), deps.fresh || options?.fresh === true, {
        ...deps,
        known: knownAs(client),
        requireUser,
        beforeAsking,
        loginCommand: deps.unreachable.hint,
      }),

    async grant(client, form) {
      const answer = await knownAs(checked(client)).ask(configuration => grantAt(configuration, client, form))
      for (const name of ['access_token', 'refresh_token', 'id_token']) {
        const token = answer.body[name]
        if (typeof token === 'string') deps.secrets.add(token)
      }
      return {...answer, body: {...answer.body, ...quotable(answer.body, deps.secrets)}}
    },

    async listen(options) {
      // Nobody would come. Only who waits for the redirect has asked.
      requireUser(provider.name)
      const listener = await listenForRedirect(listenOptions(options, provider), provider.pages, signal)
      return {
        url: listener.url,
        async received(state) {
          beforeAsking(provider.name)
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
      await deps.openBrowser(url, {opens: deps.chooseFlow('offered').opens, shown: false})
    },

    revoke: async client => revokeTokens(checked(client), deps),

    async endSession(client) {
      const {opens} = deps.chooseFlow('not-offered')
      await deps.openBrowser(endSessionAddress(await discover(checked(client), deps)), {
        opens,
        shown: false,
        toSignOut: true,
      })
    },

    samlFromBrowser: () => Promise.reject(unsupported('capture a SAML response from the browser')),
    // Loaded lazily: only SAML needs the XML parser.
    rolesIn: async document => (await import('../aws/saml-roles.ts')).rolesIn(document),
    error: errorOf,
  }
}

/** Without a code that plugins may use, the error counts as a failure of the strategy itself. */
const errorOf: Host['error'] = (code, message, detail) => {
  if (isStrategyErrorCode(code)) return new AwsOidcError(code, message, detail)
  return new Error(`it threw an error with the unknown code "${printable(String(code), 50)}": ${message}`, detail)
}

/** The texts that a strategy may quote, masked before it cuts them: a part of a secret is harder to recognise. */
function quotable(body: GrantAnswer['body'], secrets: Secrets): GrantAnswer['body'] {
  const texts = ['error', 'error_description', 'error_uri', 'issued_token_type'].flatMap(name => {
    const text = body[name]
    return typeof text === 'string' ? [[name, secrets.mask(text)]] : []
  })
  return Object.fromEntries(texts)
}

/** The client with the provider's `redirect` and `parameters`, which take precedence over the strategy's. */
export function configuredClient(client: OidcClient, provider: ProviderConfiguration): OidcClient {
  return {
    ...client,
    listen: listenOptions(client.listen, provider),
    parameters: {...client.parameters, ...provider.parameters},
  }
}

function listenOptions(options: ListenOptions = {}, {redirect}: ProviderConfiguration): ListenOptions {
  const {host, ports, path} = redirect
  return {...options, ...(host && {host}), ...(ports && {ports}), ...(path && {path})}
}

function unsupported(what: string): AwsOidcError {
  return new AwsOidcError('CONFIG_INVALID', `This version of aws-oidc can't ${what}.`, {hint: 'aws-oidc version'})
}
