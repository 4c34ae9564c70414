import {AwsOidcError, printable} from '../errors.ts'
import {isSafeAddress} from '../http/loopback-address.ts'

/** Where the user enters a code. */
export interface DeviceAddresses {
  readonly url: URL
  /** The same address with the code in it, if the provider gives one. */
  readonly completeUrl?: URL
}

/**
 * Addresses that are safe to show for a sign-in. Throws BAD_RESPONSE for an address that is neither https nor on this
 * machine, or has a user name or password before the host, which could be mistaken for the host.
 */
export function deviceAddresses(plain: string, complete: string | undefined): DeviceAddresses {
  const url = safeAddress(plain)
  const completeUrl = complete === undefined ? undefined : safeAddress(complete)
  // The user sees only `url`, so `completeUrl` must not lead anywhere else.
  return completeUrl?.origin === url.origin ? {url, completeUrl} : {url}
}

function safeAddress(text: string): URL {
  const url = URL.parse(text)
  if (url && isSafeAddress(url) && url.username === '' && url.password === '') return url
  const named = printable(url?.host || text, 100)
  throw new AwsOidcError('BAD_RESPONSE', `The sign-in address that the provider sent is not safe: ${named}.`, {
    hint: 'Tell whoever runs the provider.',
  })
}
