import type {Host} from '../plugin.ts'
import type {Place} from './place.ts'

/** What a service of AWS has answered instead of a result. */
export interface Refusal {
  /** The name of the exception in AWS's model. */
  readonly name: string
  readonly status: number | undefined
  /** In AWS's words, without a full stop. */
  readonly message: string
  /** Such as KMS_DISABLED, where the key of the instance can't be used. */
  readonly reason: string | undefined
}

/** The refusal in an error of the SDK; `undefined` for what came from elsewhere, such as the network. */
export function refusalIn(error: unknown): Refusal | undefined {
  if (!(error instanceof Error) || !('$metadata' in error) || !('$fault' in error)) return undefined
  const {httpStatusCode: status} = Object(error.$metadata)
  const {error_description: description, reason} = Object(error)
  const message = typeof description === 'string' && description !== '' ? description : error.message
  return {
    name: error.name,
    status: typeof status === 'number' ? status : undefined,
    message: message.replace(/\.$/, ''),
    reason: typeof reason === 'string' && reason !== '' ? reason : undefined,
  }
}

export function isThrottled(error: unknown): boolean {
  const refusal = refusalIn(error)
  return (
    refusal?.status === 429 || refusal?.name === 'TooManyRequestsException' || refusal?.name === 'SlowDownException'
  )
}

/** Whether the access token of the call has ended: the portal answers 401. */
export function isEnded(error: unknown): boolean {
  return refusalIn(error)?.status === 401
}

/** An error of the SDK as one of ours. `doing` ends "AWS refused to". */
export function explained(error: unknown, doing: string, {start, region}: Place, host: Pick<Host, 'error'>): unknown {
  const refusal = refusalIn(error)
  if (!refusal) return unreadable(error, host)
  const {name, status, message, reason} = refusal
  const said = `${name}: ${message}${reason === undefined ? '' : ` (${reason})`}`
  if (reason?.startsWith('KMS')) {
    return host.error('SIGN_IN_REFUSED', `The encryption key of IAM Identity Center can't be used: ${said}.`, {
      hint: 'Tell whoever runs IAM Identity Center. To sign in again does not help.',
      cause: error,
    })
  }
  if (isUnknownPlace(name, message)) {
    return host.error('CONFIG_INVALID', `IAM Identity Center in ${region} does not know ${start.text}: ${said}.`, {
      hint: 'Check "startUrl" and "region" of the provider.',
      cause: error,
    })
  }
  if (isThrottled(error) || status === undefined || status >= 500) {
    return host.error('UNAVAILABLE', `IAM Identity Center can't ${doing} now: ${said}.`, {
      hint: 'the same command again in a moment',
      cause: error,
    })
  }
  return host.error('SIGN_IN_REFUSED', `IAM Identity Center refused to ${doing}: ${said}.`, {
    hint: 'aws-oidc login',
    cause: error,
  })
}

/** The service of another region, or of another organization, refuses the start address so. */
function isUnknownPlace(name: string, message: string): boolean {
  return name === 'InvalidClientMetadataException' || (name === 'InvalidRequestException' && /start url/i.test(message))
}

/** The SDK throws a SyntaxError for an answer that is no JSON, as of a proxy in between. */
function unreadable(error: unknown, host: Pick<Host, 'error'>): unknown {
  if (!(error instanceof SyntaxError)) return error
  return host.error('BAD_RESPONSE', 'Something between here and AWS gave an answer that AWS would not.', {
    hint: 'Check the proxy and the network.',
    cause: error,
  })
}
