import type {Ask} from '../plugin.ts'
import type {Redirect} from './loopback.ts'

/** Lets the user paste the redirect address, which a browser on another machine could not load. */
export interface PasteBack {
  /** Questions that end when the signal aborts, leaving the terminal as it was. */
  readonly ask: (signal: AbortSignal) => Ask
  readonly tell: (text: string) => void
  /** Masks the secret in all output from now on. */
  readonly maskSecret: (secret: string) => void
}

/** What the redirect of this sign-in must contain. */
export interface ExpectedRedirect {
  readonly url: URL
  readonly state: string
  readonly issuer: string
  /** Whether the provider announces that every redirect contains `iss` (RFC 9207, 3). */
  readonly issuerIsSent: boolean
}

/** Asks until the user pastes the redirect address of this sign-in; says what is wrong with any other. */
export async function pastedRedirect(
  expected: ExpectedRedirect,
  {ask, tell, maskSecret}: PasteBack,
  signal: AbortSignal,
): Promise<Redirect> {
  const questions = ask(signal)
  for (;;) {
    const text = await questions.secret('Paste the address here:')
    const address = addressIn(text)
    const code = address?.searchParams.get('code')
    if (code) maskSecret(code)
    const problem = address ? problemWith(address, expected) : 'That is not an address.'
    if (address && problem === undefined) {
      return {address: redirectTo(expected.url, address), answer: async () => {}, restartAt: async () => false}
    }
    tell(`${problem} Paste the whole address, which begins with ${expected.url.href}?, or press Ctrl-C.`)
  }
}

/** Some browsers omit the scheme when an address is copied. */
function addressIn(text: string): URL | undefined {
  const plain = text.trim().replace(/^["'<]|["'>]$/g, '')
  return URL.parse(/^https?:\/\//i.test(plain) ? plain : `http://${plain}`) ?? undefined
}

/** The listener's own checks and RFC 9207's, explained so that the user can correct the address. */
function problemWith(
  {host, pathname, searchParams}: URL,
  {url, state, issuer, issuerIsSent}: ExpectedRedirect,
): string | undefined {
  if (host !== url.host || pathname !== url.pathname) return 'That is not the address at which the sign-in ends.'
  if (!searchParams.has('code') && !searchParams.has('error'))
    return 'That address contains no answer from the provider.'
  const states = searchParams.getAll('state')
  if (states.length !== 1 || states[0] !== state) return 'That address belongs to another sign-in, or is cut off.'
  const issuers = searchParams.getAll('iss')
  if (issuers.length === 0 && issuerIsSent) return 'That address is cut off: "iss" is missing.'
  if (issuers.some(named => named !== issuer)) return 'That address comes from another provider.'
  return undefined
}

/** The registered address with the pasted query. */
function redirectTo(url: URL, {search}: URL): URL {
  const address = new URL(url)
  address.search = search
  return address
}
