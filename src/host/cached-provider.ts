import type {Configuration} from 'openid-client'
import {discover, factsOf, fetchKeys, type OAuthTransport, type ProviderFacts, parseFacts} from '../oauth/discovery.ts'
import {type TokenRequest, tokenRequest} from '../oauth/token-request.ts'
import {verified} from '../oauth/verified.ts'
import type {Memory, OidcClient} from '../plugin.ts'
import {parseObject, readDate} from '../text/json.ts'

/** A provider's metadata and keys, either fetched now or remembered from an earlier command. */
export interface CachedProvider {
  /** Fetches the current metadata, once. Use it for everything that involves the user. */
  found(): Promise<Configuration>
  /**
   * Sends one request to the token endpoint by the remembered metadata. If it fails and the current metadata differs,
   * sends it again by that, unless the first one may have been carried out. `onLost` gets the body of an answer that is
   * rejected, because the answer can't be requested again.
   */
  ask<Answer>(
    request: (configuration: Configuration) => Promise<Answer>,
    onLost?: (text: string) => Promise<void>,
  ): Promise<Answer>
  /** Remembers the metadata and keys fetched in this command for later ones. */
  keep(): Promise<void>
}

export interface CachedProviderDependencies extends OAuthTransport {
  readonly memory: Memory
  readonly now: () => Date
}

// A key that the provider has retired is trusted for this long at most; AWS verifies the ID token itself.
const lifeMilliseconds = 24 * 60 * 60 * 1000
const largestText = 256 * 1024

/** The providers of one sign-in: the same client always gets the same CachedProvider. */
export function cachedProviders(deps: CachedProviderDependencies): (client: OidcClient) => CachedProvider {
  const known = new Map<string, CachedProvider>()
  return client => {
    const {issuer, clientId, authentication, headers, endpoints} = client
    const key = JSON.stringify([issuer, clientId, authentication, headers, endpoints])
    const provider = known.get(key) ?? cachedProvider(client, deps)
    known.set(key, provider)
    return provider
  }
}

function cachedProvider(client: OidcClient, deps: CachedProviderDependencies): CachedProvider {
  const {memory, now} = deps
  const name = nameOf(client)
  let found: Promise<Configuration> | undefined
  let remembered: Promise<ProviderFacts | undefined> | undefined

  function find(): Promise<Configuration> {
    found ??= discover(client, deps)
    return found
  }

  async function findWithKeys(): Promise<Configuration> {
    const configuration = await find()
    // Fetch them first: by the time an answer turns out to be unverifiable, the refresh token is spent.
    if (!factsOf(configuration)) await fetchKeys(configuration, client, deps)
    return configuration
  }

  async function recall(): Promise<ProviderFacts | undefined> {
    remembered ??= memory.get(name).then(text => readRemembered(text, now()))
    return found ? undefined : remembered
  }

  const by = (facts: ProviderFacts, fetch: OAuthTransport['fetch']) =>
    discover(client, {...deps, fetch}, {...facts, now: now()})

  async function askThrough<Answer>(
    post: TokenRequest,
    request: (configuration: Configuration) => Promise<Answer>,
  ): Promise<Answer> {
    const facts = await recall()
    // Remembered metadata that no longer passes the checks counts as absent.
    const recalled = facts && (await by(facts, post.fetch).catch(() => undefined))
    const askNow = (configuration: Configuration) =>
      verified(configuration, client, {...deps, fetch: post.fetch}, request)
    if (!recalled) return askNow(await findWithKeys())

    const [first] = await Promise.allSettled([request(recalled)])
    const outcome = post.outcome()
    if (first.status === 'fulfilled' && outcome === 'answered') return first.value
    await memory.delete(name)
    if (outcome === 'unknown') return settledValue(first)
    const configuration = await findWithKeys()
    if (outcome !== 'answered')
      return isSamePlace(configuration, recalled) ? settledValue(first) : askNow(configuration)
    const anew = factsOf(configuration)
    return anew ? request(await by(anew, post.again)) : settledValue(first)
  }

  return {
    found: find,

    async ask(request, onLost) {
      const post = tokenRequest(deps.fetch)
      try {
        return await askThrough(post, request)
      } catch (error) {
        if (post.outcome() === 'answered') await onLost?.(post.text())
        throw error
      }
    },

    async keep() {
      const facts = found && factsOf(await found)
      if (!facts) return
      const text = JSON.stringify({...facts, foundAt: now()})
      if (text.length <= largestText) await memory.set(name, text, new Date(now().getTime() + lifeMilliseconds))
    },
  }
}

/** What a client gives itself is no metadata of its issuer. */
function nameOf({issuer, endpoints}: OidcClient): string {
  return `provider ${issuer.href}${endpoints ? ` ${JSON.stringify(endpoints)}` : ''}`
}

function readRemembered(text: string | undefined, now: Date): ProviderFacts | undefined {
  if (text === undefined || text.length > largestText) return undefined
  const foundAt = readDate(parseObject(text).foundAt)
  if (!foundAt || foundAt > now || now.getTime() - foundAt.getTime() > lifeMilliseconds) return undefined
  return parseFacts(text)
}

function isSamePlace(one: Configuration, other: Configuration): boolean {
  return placeOf(one) === placeOf(other)
}

/** The token endpoint and how to authenticate there. */
function placeOf(configuration: Configuration): string {
  const {token_endpoint, token_endpoint_auth_methods_supported, mtls_endpoint_aliases} = configuration.serverMetadata()
  return JSON.stringify([token_endpoint, token_endpoint_auth_methods_supported, mtls_endpoint_aliases?.token_endpoint])
}

function settledValue<Value>(result: PromiseSettledResult<Value>): Value {
  if (result.status === 'rejected') throw result.reason
  return result.value
}
