import {AwsOidcError, printable} from '../errors.ts'
import {isSafeAddress} from '../http/loopback-address.ts'

/** Where a person enters a code. */
export interface DeviceAddresses {
  readonly url: URL
  /** The same with the code in it, where the provider gives one. */
  readonly completeUrl?: URL
}

/**
 * Addresses that are safe to show as a place to sign in at. Rejects with BAD_RESPONSE what is neither https nor on this
 * machine, or has a user name in front of the host that could be taken for it.
 */
export function deviceAddresses(plain: string, complete: string | undefined): DeviceAddresses {
  const url = safeAddress(plain)
  const completeUrl = complete === undefined ? undefined : safeAddress(complete)
  // The person sees the plain one: the other one must not lead anywhere else.
  return completeUrl?.origin === url.origin ? {url, completeUrl} : {url}
}

function safeAddress(text: string): URL {
  const url = URL.parse(text)
  if (url && isSafeAddress(url) && url.username === '' && url.password === '') return url
  const named = printable(url?.host || text, 100)
  throw new AwsOidcError('BAD_RESPONSE', `The provider names an address to sign in at that is not safe: ${named}.`, {
    hint: 'Tell whoever runs the provider.',
  })
}
