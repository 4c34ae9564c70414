import type * as openid from 'openid-client'
import type {OidcClient} from '../plugin.ts'
import {discover, factsOf, fetchKeys, type OAuthTransport} from './discovery.ts'
import {isUnverified} from './problems.ts'
import {tokenRequest} from './token-request.ts'

export interface VerifyingTransport extends OAuthTransport {
  readonly now: () => Date
}

/**
 * One request to the token endpoint whose answer may have an ID token. Where the known keys can't verify that, they
 * are fetched anew and the same answer is judged once more: a provider may make a key when it first signs with it, or
 * have changed it a moment ago. Nothing is sent twice. Fetch the keys beforehand.
 */
export async function verified<Answer>(
  configuration: openid.Configuration,
  client: OidcClient,
  transport: VerifyingTransport,
  request: (configuration: openid.Configuration) => Promise<Answer>,
): Promise<Answer> {
  const post = tokenRequest(transport.fetch)
  // The library keeps keys that it has once used, so each judgement needs a configuration of its own.
  const through = async (fetch: OAuthTransport['fetch']) => {
    const facts = factsOf(configuration)
    return facts ? discover(client, {...transport, fetch}, {...facts, now: transport.now()}) : configuration
  }
  try {
    return await request(await through(post.fetch))
  } catch (error) {
    if (post.outcome() !== 'answered' || !isUnverified(error)) throw error
    await fetchKeys(configuration, transport)
    return request(await through(post.again))
  }
}
