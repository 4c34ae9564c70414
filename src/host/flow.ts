import {AwsOidcError} from '../errors.ts'
import {hasDesktop, isSet} from './interactive.ts'

/** Whether a sign-in with a code (RFC 8628) is to be had: a provider may offer it, but not to every client. */
export type DeviceOffer = 'offered' | 'not-offered' | 'not-to-this-client'

/** What was said about the way to sign in. */
export interface FlowWish {
  readonly provider: string
  /** `--device`. */
  readonly device: boolean
  /** `--browser` or `--no-browser`, where one of them was given. */
  readonly browser: boolean | undefined
  /** `flow` of the provider. */
  readonly configured: 'auto' | 'browser' | 'device'
  /** A browser that the person has named: AWS_OIDC_BROWSER or BROWSER, else in the configuration. */
  readonly program: readonly [string, ...string[]] | undefined
}

/** Where this program runs. */
export interface Place {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  /** Whether a container has left its mark in the file system. */
  readonly inContainer: () => boolean
}

export interface FlowChoice {
  readonly flow: 'browser' | 'device'
  /** Whether the address is opened, or only shown. */
  readonly opens: boolean
  /** Whether the browser may be (`maybe`) or is (`surely`) where our listener on loopback can't be reached. */
  readonly elsewhere?: 'maybe' | 'surely'
  /** What was chosen and why, and how to choose otherwise, where it is not the ordinary browser on a desktop. */
  readonly note?: string
  /** Whether nobody asked for this way, so that another one may take its place. */
  readonly free: boolean
}

const byCode = '--device signs in with a code instead'
const byBrowser = '--browser, or "flow: browser" of the provider, takes the browser instead'

/** How a person is asked here and now: what was typed wins over what is configured, that over the surroundings. */
export function chooseFlow(wish: FlowWish, place: Place, offer: DeviceOffer): FlowChoice {
  const remote = remoteBecause(place)
  const opens = mayOpen(wish, place)
  // A code's page is opened at no cost where it surely reaches the person, and shown everywhere.
  const device = {flow: 'device', opens: opens && (remote === undefined || wish.program !== undefined)} as const
  const elsewhere = remote !== undefined || !opens ? ({elsewhere: 'maybe'} as const) : {}
  if (wish.device || (wish.browser === undefined && wish.configured === 'device')) {
    if (offer !== 'offered') throw noDeviceFlow(wish, offer)
    return {...device, free: false}
  }
  if (wish.browser !== undefined || wish.configured === 'browser') {
    return {flow: 'browser', opens, free: false, ...elsewhere}
  }
  if (wish.program && !isVsCodeHelper(wish.program)) {
    const note = remote && `The browser ${wish.program[0]} is opened, although ${remote}; ${byCode}.`
    return {flow: 'browser', opens, free: true, ...elsewhere, ...(note && {note})}
  }
  const because = remote ?? (hasDesktop(place) ? undefined : 'there is no desktop here')
  if (because === undefined) return {flow: 'browser', opens, free: true, ...desktopNote(place, offer)}
  if (offer === 'offered') {
    return {...device, free: true, note: `You sign in with a code, because ${because}; ${byBrowser}.`}
  }
  const note = `You sign in with a browser, although ${because}: the provider offers no code${toClient(offer)}.`
  return {flow: 'browser', opens, free: true, elsewhere: remote !== undefined && !opens ? 'surely' : 'maybe', note}
}

/** Whether an address can be opened for the person, on this machine or by a helper that reaches theirs. */
function mayOpen({browser, program}: FlowWish, place: Place): boolean {
  if (browser === false) return false
  return program !== undefined || (hasDesktop(place) && cloudShell(place) === undefined)
}

function desktopNote({env}: Place, offer: DeviceOffer): {note?: string} {
  if (!isSet(env.WSL_DISTRO_NAME) || offer !== 'offered') return {}
  return {note: `The browser of Windows is opened, because this is WSL; ${byCode}.`}
}

/** Why the person's browser is not on this machine, in words; `undefined` where it may well be. */
function remoteBecause(place: Place): string | undefined {
  const {env, inContainer} = place
  const shell = cloudShell(place)
  if (shell !== undefined) return `this is ${shell}`
  if (env.BROWSER && isVsCodeHelper([env.BROWSER])) return 'this is a remote session of VS Code'
  if (isSet(env.SSH_CONNECTION) || isSet(env.SSH_TTY)) return 'this is an SSH session'
  // Toolbx and distrobox share desktop and network with the machine; a browser started there is as good as any.
  if (hasDesktop(place)) return undefined
  const container = isSet(env.container) || isSet(env.KUBERNETES_SERVICE_HOST) || inContainer()
  return container ? 'this is a container' : undefined
}

/** Machines that people reach through their browser only. */
function cloudShell({env}: Place): string | undefined {
  if (isSet(env.CODESPACES)) return 'GitHub Codespaces'
  if (isSet(env.GITPOD_WORKSPACE_ID)) return 'Gitpod'
  if (isSet(env.CLOUD_SHELL)) return 'Google Cloud Shell'
  return env.AWS_EXECUTION_ENV === 'CloudShell' ? 'AWS CloudShell' : undefined
}

/** VS Code sets BROWSER in its terminals to a script that opens addresses on the machine where its window is. */
function isVsCodeHelper([program]: readonly [string, ...string[]]): boolean {
  return /[\\/]helpers[\\/]browser\.(sh|cmd)$/.test(program)
}

function noDeviceFlow({provider, device}: FlowWish, offer: DeviceOffer): AwsOidcError {
  const what = `offers no sign-in with a code${toClient(offer)}`
  return new AwsOidcError('CONFIG_INVALID', `The provider "${provider}" ${what} (device authorization grant).`, {
    hint: device ? 'the same command without --device' : '"flow: auto" of the provider, or --browser',
  })
}

function toClient(offer: DeviceOffer): string {
  return offer === 'not-to-this-client' ? ' to this client' : ''
}
