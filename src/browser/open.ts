import type open from 'open'
import {AwsOidcError, printable} from '../errors.ts'
import {isSafeAddress} from '../http/loopback-address.ts'
import type {Message} from '../text/printable.ts'

export interface BrowserDependencies {
  /** The program to start with the address as its last argument; the system's browser when absent. */
  readonly program: readonly [string, ...string[]] | undefined
  /** Starts a program without a shell; rejects when it fails at once. */
  readonly launch: (program: string, args: readonly string[]) => Promise<void>
  /** Whether a browser may be opened at all; not with `--no-browser`, or without a desktop. */
  readonly mayOpen: boolean
  /** Whether the address ends a session instead of beginning one. */
  readonly toSignOut: boolean
  /** Whether the user sees the address already. */
  readonly shown: boolean
  /** Tells the user. */
  readonly tell: (message: Message) => void
}

/** Shows `url` to the user and tries to open it. Rejects with BAD_RESPONSE unless it is https or loopback. */
export async function openInBrowser(
  url: URL,
  {program, launch, mayOpen, shown, toSignOut, tell}: BrowserDependencies,
): Promise<void> {
  if (!isSafeAddress(url)) {
    throw new AwsOidcError('BAD_RESPONSE', `The provider names an address that is not safe to open: ${url.origin}.`)
  }
  const what = toSignOut ? 'sign out' : 'sign in'
  if (!mayOpen) {
    if (!shown) tell([`Open this address in a browser to ${what}:`, '', `  ${url.href}`, ''])
    return
  }
  if (!shown) {
    tell([`Opening your browser to ${what}. If nothing happens, open this address:`, '', `  ${url.href}`, ''])
  }
  try {
    if (program) await launch(program[0], [...program.slice(1), url.href])
    else await openWithSystem(url)
  } catch (error) {
    const reason = printable(error instanceof Error ? error.message.replaceAll(url.href, 'the address') : String(error))
    tell(`The browser could not be opened (${reason}). Open the address above yourself.`)
  }
}

/**
 * Opens the system's browser with https://www.npmjs.com/package/open. A later error of its process is ignored: it must
 * not end ours.
 */
export async function openWithSystem(url: URL): Promise<Awaited<ReturnType<typeof open>>> {
  const {default: openAddress} = await import('open')
  const child = await openAddress(url.href)
  child.once('error', () => undefined)
  return child
}
