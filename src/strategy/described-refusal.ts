import {AwsOidcError, refusalInWords} from '../errors.ts'
import type {FederationStrategy, Host, Log} from '../plugin.ts'

export interface Describing {
  readonly strategy: Pick<FederationStrategy<Record<string, unknown>>, 'describeRefusal'>
  readonly settings: Record<string, unknown>
  /** The package of the strategy. */
  readonly owner: string
  readonly log: Pick<Log, 'debug'>
}

/** The host, whose errors say what a refusal by the provider means. */
export function withMeanings(host: Host, describing: Describing): Host {
  if (!describing.strategy.describeRefusal) return host
  const described = <Result>(work: Promise<Result>) =>
    work.catch((error: unknown) => {
      throw error instanceof AwsOidcError ? withMeaning(error, describing) : error
    })
  return {
    ...host,
    tokens: (client, options) => described(host.tokens(client, options)),
    grant: (client, form) => described(host.grant(client, form)),
    revoke: client => described(host.revoke(client)),
  }
}

/**
 * The error with what the provider's refusal means, if the strategy knows; otherwise the same error. A strategy that
 * fails to say changes nothing, because the refusal itself is what the user needs to see.
 */
export function withMeaning(error: AwsOidcError, {strategy, settings, owner, log}: Describing): AwsOidcError {
  const {code, message, cause, refusal} = error
  if (!refusal) return error
  try {
    const meaning = strategy.describeRefusal?.(refusal, settings)
    if (!meaning) return error
    const quoted = message.includes(refusal.error) ? '' : ` The provider says: ${refusalInWords(refusal)}.`
    // CONFIG_INVALID is what the host makes of a refusal that nobody explains.
    return new AwsOidcError(
      code === 'CONFIG_INVALID' ? 'SIGN_IN_REFUSED' : code,
      `${message}${quoted} ${meaning.message}`,
      {
        hint: meaning.hint ?? error.hint,
        cause,
        refusal,
      },
    )
  } catch (failure) {
    const reason = failure instanceof Error ? failure.message : String(failure)
    log.debug(`describeRefusal() of ${owner} failed: ${reason}`)
    return error
  }
}
