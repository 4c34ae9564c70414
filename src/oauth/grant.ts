import * as openid from 'openid-client'
import type {GrantAnswer, OidcClient} from '../plugin.ts'
import {bodyOf, explainOAuthFailure} from './problems.ts'

/** Sends one request to the token endpoint, authenticated as the client. A refusal with a JSON body resolves. */
export async function grantAt(
  configuration: openid.Configuration,
  {issuer}: OidcClient,
  {grant_type: type = '', ...form}: Readonly<Record<string, string>>,
): Promise<GrantAnswer> {
  try {
    const answer = await openid.genericGrantRequest(configuration, type, form)
    return {status: 200, body: {...answer}}
  } catch (error) {
    if (error instanceof openid.ResponseBodyError && error.status < 500) {
      return {status: error.status, body: {...error.cause}}
    }
    const body = error instanceof openid.WWWAuthenticateChallengeError && (await bodyOf(error.response))
    if (body) return {status: error.status, body}
    throw explainOAuthFailure(error, issuer.host)
  }
}
