/** Whether the host name of a URL means this machine (RFC 8252, 7.3; `localhost` by RFC 6761, 6.3). */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname === '::1' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

/** Whether an address is safe to open or to send secrets to: https, or http that does not leave this machine. */
export function isSafeAddress(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
}
