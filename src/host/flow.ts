import {AwsOidcError} from '../errors.ts'
import {hasDesktop, isSet} from './interactive.ts'

/** Whether the provider offers sign-in with a code (RFC 8628), which it may not offer to every client. */
export type DeviceOffer = 'offered' | 'not-offered' | 'not-to-this-client'

/** What flags and settings say about how to sign in. */
export interface FlowRequest {
  readonly provider: string
  /** `--device`. */
  readonly device: boolean
  /** `--browser` or `--no-browser`, where one of them was given. */
  readonly browser: boolean | undefined
  /** `flow` of the provider. */
  readonly configured: 'auto' | 'browser' | 'device'
  /** A browser named by the user: AWS_OIDC_BROWSER or BROWSER, else from the configuration. */
  readonly program: readonly [string, ...string[]] | undefined
}

/** Where this program runs. */
export interface Place {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  /** Whether the file system has the marker file of a container. */
  readonly inContainer: () => boolean
}

export interface FlowChoice {
  readonly flow: 'browser' | 'device'
  /** Whether to open the address, or only show it. */
  readonly opens: boolean
  /** Set if the browser may be (`maybe`) or is (`surely`) on another machine, which can't reach our listener. */
  readonly elsewhere?: 'maybe' | 'surely'
  /** What was chosen, why, and how to change that; absent for the ordinary browser on a desktop. */
  readonly note?: string
}

const byCode = '--device signs in with a code instead'
const byBrowser = '--browser, or "flow: browser" of the provider, uses the browser instead'
const anyway = '"flow: browser" of the provider says that a browser can reach this machine'

/** Chooses how to sign in: flags win over the configuration, which wins over the environment. Throws CONFIG_INVALID. */
export function chooseFlow(request: FlowRequest, place: Place, offer: DeviceOffer): FlowChoice {
  const remote = remoteBecause(place)
  const opens = mayOpen(request, place)
  const elsewhere = remote || !opens ? ({elsewhere: 'maybe'} as const) : {}
  // The address is always shown, but opened only if it surely opens on the user's machine.
  const device = {flow: 'device', opens: opens && (remote === undefined || request.program !== undefined)} as const
  if (request.device || (request.browser === undefined && request.configured === 'device')) {
    if (offer !== 'offered') throw noDeviceFlow(request, offer)
    return device
  }
  if (request.browser !== undefined || request.configured === 'browser') return {flow: 'browser', opens, ...elsewhere}
  if (request.program && !isVsCodeHelper(request.program)) {
    const unsure = remote?.surely === true && offer === 'offered'
    const note = `The browser ${request.program[0]} is opened, although this is ${remote?.what}; ${byCode}.`
    return {flow: 'browser', opens, ...elsewhere, ...(unsure && {note})}
  }
  if (!remote && hasDesktop(place)) return {flow: 'browser', opens, ...desktopNote(place, offer)}
  const because = remote ? `this is ${remote.what}` : 'there is no desktop here'
  if (offer === 'offered') return {...device, note: `You sign in with a code, because ${because}; ${byBrowser}.`}
  const note = `Your browser is elsewhere, because ${because}, and the provider offers no code${toClient(offer)}; ${anyway}.`
  return {flow: 'browser', opens, elsewhere: remote?.surely && !opens ? 'surely' : 'maybe', note}
}

/** Whether an address can be opened for the user, on this machine or by a helper on theirs. */
function mayOpen({browser, program}: FlowRequest, place: Place): boolean {
  if (browser === false) return false
  return program !== undefined || (hasDesktop(place) && cloudShell(place) === undefined)
}

function desktopNote({env}: Place, offer: DeviceOffer): {note?: string} {
  if (!isSet(env.WSL_DISTRO_NAME) || offer !== 'offered') return {}
  return {note: `The browser of Windows is opened, because this is WSL; ${byCode}.`}
}

interface Remote {
  readonly what: string
  /** `false` for a container, which may share the network of the user's own machine. */
  readonly surely: boolean
}

/** Why the user's browser is not on this machine; `undefined` if it may well be. */
function remoteBecause(place: Place): Remote | undefined {
  const {env, inContainer} = place
  const shell = cloudShell(place)
  if (shell !== undefined) return {what: shell, surely: true}
  // On WSL, VS Code's helper opens the browser of the same machine.
  const helper = env.BROWSER !== undefined && isVsCodeHelper([env.BROWSER]) && !isSet(env.WSL_DISTRO_NAME)
  if (helper) return {what: 'a remote session of VS Code', surely: true}
  if (isSet(env.SSH_CONNECTION) || isSet(env.SSH_TTY)) return {what: 'an SSH session', surely: true}
  // Toolbx and distrobox share the host's desktop and network, so a browser started there works.
  if (hasDesktop(place)) return undefined
  const container = isSet(env.container) || isSet(env.KUBERNETES_SERVICE_HOST) || inContainer()
  return container ? {what: 'a container', surely: false} : undefined
}

/** The name of a cloud shell, a machine that users reach only through their browser. */
function cloudShell({env}: Place): string | undefined {
  if (isSet(env.CODESPACES)) return 'GitHub Codespaces'
  if (isSet(env.GITPOD_WORKSPACE_ID)) return 'Gitpod'
  if (isSet(env.CLOUD_SHELL)) return 'Google Cloud Shell'
  return env.AWS_EXECUTION_ENV === 'CloudShell' ? 'AWS CloudShell' : undefined
}

/** In its terminals VS Code sets BROWSER to a script that opens addresses on the machine with its window. */
function isVsCodeHelper([program]: readonly [string, ...string[]]): boolean {
  return /[\\/]helpers[\\/]browser\.(sh|cmd)$/.test(program)
}

function noDeviceFlow({provider, device}: FlowRequest, offer: DeviceOffer): AwsOidcError {
  const what = `offers no sign-in with a code${toClient(offer)}`
  return new AwsOidcError('CONFIG_INVALID', `The provider "${provider}" ${what} (device authorization grant).`, {
    hint: device ? 'the same command without --device' : '"flow: auto" of the provider, or --browser',
  })
}

function toClient(offer: DeviceOffer): string {
  return offer === 'not-to-this-client' ? ' to this client' : ''
}
