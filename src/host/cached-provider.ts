import type {Configuration} from 'openid-client'
import {discover, factsOf, fetchKeys, type OAuthTransport, type ProviderFacts, parseFacts} from '../oauth/discovery.ts'
import {type TokenRequest, tokenRequest} from '../oauth/token-request.ts'
import {verified} from '../oauth/verified.ts'
import type {Memory, OidcClient} from '../plugin.ts'
import {parseObject, readDate} from '../text/json.ts'

/** A provider as it has described itself to a client: now, or at an earlier call. */
export interface CachedProvider {
  /** As it describes itself now; it is asked once. For whatever a person takes part in. */
  found(): Promise<Configuration>
  /**
   * One request to its token endpoint, by what is remembered of the provider. A failure is believed only where the provider
   * still describes itself so; else the request is made where it belongs now, unless it may have been carried out already.
   * `onLost` gets the text of an answer that is not taken: it can't be asked for twice.
   */
  ask<Answer>(
    request: (configuration: Configuration) => Promise<Answer>,
    onLost?: (text: string) => Promise<void>,
  ): Promise<Answer>
  /** Remembers what was found in this call, for the next ones. */
  keep(): Promise<void>
}

export interface CachedProviderDependencies extends OAuthTransport {
  readonly memory: Memory
  readonly now: () => Date
}

// A key that the provider no longer signs with is trusted so long at most; AWS judges the ID token by itself.
const lifeMilliseconds = 24 * 60 * 60 * 1000
const largestText = 256 * 1024

/** The providers of one sign-in, each known once however often it is asked. */
export function cachedProviders(parts: CachedProviderDependencies): (client: OidcClient) => CachedProvider {
  const known = new Map<string, CachedProvider>()
  return client => {
    const key = JSON.stringify([client.issuer, client.clientId, client.authentication])
    const provider = known.get(key) ?? cachedProvider(client, parts)
    known.set(key, provider)
    return provider
  }
}

function cachedProvider(client: OidcClient, parts: CachedProviderDependencies): CachedProvider {
  const {memory, now} = parts
  const name = `provider ${client.issuer.href}`
  let found: Promise<Configuration> | undefined
  let remembered: Promise<ProviderFacts | undefined> | undefined

  function find(): Promise<Configuration> {
    found ??= discover(client, parts)
    return found
  }

  async function findWithKeys(): Promise<Configuration> {
    const configuration = await find()
    // Beforehand: an answer that can't be checked would be thrown away, and the spent refresh token be lost with it.
    if (!factsOf(configuration)) await fetchKeys(configuration, parts)
    return configuration
  }

  async function recall(): Promise<ProviderFacts | undefined> {
    remembered ??= memory.get(name).then(text => readRemembered(text, now()))
    return found ? undefined : remembered
  }

  const by = (facts: ProviderFacts, fetch: OAuthTransport['fetch']) =>
    discover(client, {...parts, fetch}, {...facts, now: now()})

  async function askThrough<Answer>(
    post: TokenRequest,
    request: (configuration: Configuration) => Promise<Answer>,
  ): Promise<Answer> {
    const facts = await recall()
    // What no longer passes for a description of this provider is worth as much as none.
    const recalled = facts && (await by(facts, post.fetch).catch(() => undefined))
    const askNow = (configuration: Configuration) =>
      verified(configuration, client, {...parts, fetch: post.fetch}, request)
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
      const post = tokenRequest(parts.fetch)
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

function readRemembered(text: string | undefined, now: Date): ProviderFacts | undefined {
  if (text === undefined || text.length > largestText) return undefined
  const foundAt = readDate(parseObject(text).foundAt)
  if (!foundAt || foundAt > now || now.getTime() - foundAt.getTime() > lifeMilliseconds) return undefined
  return parseFacts(text)
}

function isSamePlace(one: Configuration, other: Configuration): boolean {
  return placeOf(one) === placeOf(other)
}

/** Where and how tokens are asked for. */
function placeOf(configuration: Configuration): string {
  const {token_endpoint, token_endpoint_auth_methods_supported, mtls_endpoint_aliases} = configuration.serverMetadata()
  return JSON.stringify([token_endpoint, token_endpoint_auth_methods_supported, mtls_endpoint_aliases?.token_endpoint])
}

function settledValue<Value>(result: PromiseSettledResult<Value>): Value {
  if (result.status === 'rejected') throw result.reason
  return result.value
}
