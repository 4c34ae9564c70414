import type * as openid from 'openid-client'
import type {OidcClient} from '../plugin.ts'
import {discover, factsOf, fetchKeys, type OAuthTransport} from './discovery.ts'
import {isUnverified} from './problems.ts'
import {tokenRequest} from './token-request.ts'

export interface VerifyingTransport extends OAuthTransport {
  readonly now: () => Date
}

/**
 * Sends one request to the token endpoint and verifies any ID token in the answer. If the known keys can't verify it,
 * fetches the keys again and verifies the same answer once more: the provider may have created or rotated the key just
 * now. The request itself is never repeated. Fetch the keys before calling this.
 */
export async function verified<Answer>(
  configuration: openid.Configuration,
  client: OidcClient,
  transport: VerifyingTransport,
  request: (configuration: openid.Configuration) => Promise<Answer>,
): Promise<Answer> {
  const post = tokenRequest(transport.fetch)
  // The library caches the keys it has used, so each attempt needs its own configuration.
  const through = async (fetch: OAuthTransport['fetch']) => {
    const facts = factsOf(configuration)
    return facts ? discover(client, {...transport, fetch}, {...facts, now: transport.now()}) : configuration
  }
  try {
    return await request(await through(post.fetch))
  } catch (error) {
    if (post.outcome() !== 'answered' || !isUnverified(error)) throw error
    await fetchKeys(configuration, client, transport)
    return request(await through(post.again))
  }
}
