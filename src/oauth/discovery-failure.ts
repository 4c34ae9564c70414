import {AwsOidcError, printable} from '../errors.ts'
import {readObject} from '../text/json.ts'
import {explainOAuthFailure, isPassing} from './problems.ts'

/** The address from which the metadata was requested, and the HTTP status of the answer. */
export interface MetadataAnswer {
  readonly address: URL
  readonly status: number
}

/** Explains why no usable metadata was found for `issuer`. Errors that are not the provider's pass unchanged. */
export function explainDiscoveryFailure(error: unknown, issuer: URL, answer: MetadataAnswer | undefined): unknown {
  const named = issuerNamedIn(error)
  if (named !== undefined) return otherIssuer(issuer, printable(named, 200))
  if (answer && answer.status !== 200 && !isPassing(answer)) return notThere(answer)
  return explainOAuthFailure(error, issuer.host)
}

function otherIssuer(issuer: URL, named: string): AwsOidcError {
  const hint =
    named === `${issuer.href}/`
      ? `issuer: ${named} (with a slash at the end)`
      : `${named}/` === issuer.href
        ? `issuer: ${named} (without the slash at the end)`
        : `issuer: ${named}, if that is your provider`
  return new AwsOidcError(
    'BAD_RESPONSE',
    `${issuer.host} gave an answer that can't be trusted: it calls itself ${named}, but "issuer" is ${issuer.href}.`,
    {hint},
  )
}

function notThere({address: {origin, pathname, host}, status}: MetadataAnswer): AwsOidcError {
  return new AwsOidcError(
    'BAD_RESPONSE',
    `There is no provider at ${host}: ${origin}${pathname} answered with HTTP ${status}.`,
    {
      hint: 'Check "issuer": that address must open in a browser. Often part of the path is missing or extra, such as /realms/NAME or /oauth2/default.',
    },
  )
}

/** The library puts the values it compared into the innermost `cause`. */
function issuerNamedIn(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const {attribute, body} = readObject(at.cause)
    const {issuer} = readObject(body)
    if (attribute === 'issuer' && typeof issuer === 'string') return issuer
  }
  return undefined
}
