import {AwsOidcError} from '../errors.ts'
import {hasDesktop, isSet} from './interactive.ts'

/** Whether a sign-in with a code (RFC 8628) is to be had: a provider may offer it, but not to every client. */
export type DeviceOffer = 'offered' | 'not-offered' | 'not-to-this-client'

/** What was said about the way to sign in. */
export interface FlowRequest {
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
}

const byCode = '--device signs in with a code instead'
const byBrowser = '--browser, or "flow: browser" of the provider, takes the browser instead'
const anyway = '"flow: browser" of the provider says that a browser reaches this machine all the same'

/** How a person is asked here and now: what was typed wins over what is configured, that over the surroundings. */
export function chooseFlow(request: FlowRequest, place: Place, offer: DeviceOffer): FlowChoice {
  const remote = remoteBecause(place)
  const opens = mayOpen(request, place)
  const elsewhere = remote || !opens ? ({elsewhere: 'maybe'} as const) : {}
  // Shown it is everywhere; opened only where that surely reaches the person.
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

/** Whether an address can be opened for the person, on this machine or by a helper that reaches theirs. */
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
  /** A container may share the network of the machine before which the person sits. */
  readonly surely: boolean
}

/** What tells that the person's browser is not on this machine; `undefined` where it may well be. */
function remoteBecause(place: Place): Remote | undefined {
  const {env, inContainer} = place
  const shell = cloudShell(place)
  if (shell !== undefined) return {what: shell, surely: true}
  // On WSL its helper opens the browser of the same machine.
  const helper = env.BROWSER !== undefined && isVsCodeHelper([env.BROWSER]) && !isSet(env.WSL_DISTRO_NAME)
  if (helper) return {what: 'a remote session of VS Code', surely: true}
  if (isSet(env.SSH_CONNECTION) || isSet(env.SSH_TTY)) return {what: 'an SSH session', surely: true}
  // Toolbx and distrobox share desktop and network with the machine; a browser started there is as good as any.
  if (hasDesktop(place)) return undefined
  const container = isSet(env.container) || isSet(env.KUBERNETES_SERVICE_HOST) || inContainer()
  return container ? {what: 'a container', surely: false} : undefined
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

function noDeviceFlow({provider, device}: FlowRequest, offer: DeviceOffer): AwsOidcError {
  const what = `offers no sign-in with a code${toClient(offer)}`
  return new AwsOidcError('CONFIG_INVALID', `The provider "${provider}" ${what} (device authorization grant).`, {
    hint: device ? 'the same command without --device' : '"flow: auto" of the provider, or --browser',
  })
}

function toClient(offer: DeviceOffer): string {
  return offer === 'not-to-this-client' ? ' to this client' : ''
}
