import type {ProviderConfiguration} from '../config/schema.ts'
import {printable} from '../errors.ts'
import {when} from '../formats/when.ts'
import type {DeviceCode} from '../oauth/device-sign-in.ts'
import {qrCode, type Screen} from '../terminal/qr.ts'
import type {Line, Message} from '../text/printable.ts'

export interface CodeScreen {
  readonly tell: (message: Message) => void
  /** The terminal that `tell` writes to, if it can show more than plain text. */
  readonly screen: () => Screen | undefined
  /** When the time for this sign-in is up, even if the code lives longer. */
  readonly deadline: Date
  readonly now: () => Date
  /** Hosts named in the user's own configuration. */
  readonly knownHosts: ReadonlySet<string>
  /** Opens an address without showing it. Never rejects. */
  readonly open: ((url: URL) => Promise<void>) | undefined
}

/**
 * Shows the user where to sign in and which code to enter there. Opens the page only if the user's own configuration
 * names its host: any other host could be an attacker's, so the user has to judge it.
 */
export async function showCode(
  code: DeviceCode,
  {tell, screen, deadline, now, knownHosts, open}: CodeScreen,
): Promise<void> {
  const {url, completeUrl = url} = code
  const until = code.expiresAt < deadline ? code.expiresAt : deadline
  const known = knownHosts.has(url.host)
  const lines = [
    'To sign in, open this address in any browser, even on another device:',
    '',
    `  ${url.href}`,
    '',
    `and enter the code  ${printable(code.code, 60)}  until ${when(until, now())}.`,
    known
      ? `Check that your browser is at ${url.host} before you enter it.`
      : `Attention: your configuration does not name ${url.host}. Enter the code only if you know that host; then list it in "deviceHosts" of the provider.`,
  ]
  tell(lines)
  if (!known) return
  const picture = await pictureOf(completeUrl, lines, screen())
  if (picture !== undefined) tell(picture)
  await open?.(completeUrl)
}

/** The hosts of the issuer, of all addresses in the provider's settings, and of `deviceHosts`. */
export function knownHostsOf({deviceHosts, own}: ProviderConfiguration, issuer?: URL): ReadonlySet<string> {
  const addresses = Object.values(own).flatMap(value => (typeof value === 'string' ? (URL.parse(value) ?? []) : []))
  const hosts = [...addresses, ...(issuer ? [issuer] : [])].map(({host}) => host)
  return new Set([...hosts, ...deviceHosts])
}

/** The QR code, if it fits on the screen together with the lines above it. */
async function pictureOf(
  url: URL,
  above: readonly string[],
  screen: Screen | undefined,
): Promise<readonly Line[] | undefined> {
  if (!screen) return undefined
  const used = above.reduce((rows, line) => rows + Math.max(1, Math.ceil(line.length / screen.columns)), 1)
  return qrCode(url.href, {...screen, rows: screen.rows - used})
}
