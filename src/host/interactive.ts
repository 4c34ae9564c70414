import type {Interactive} from '../config/schema.ts'
import {AwsOidcError, printable} from '../errors.ts'

/** The facts that decide whether a user can be asked to sign in. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly stdinIsTerminal: boolean
  readonly stderrIsTerminal: boolean
}

/** Whether to ask: the flag wins over AWS_OIDC_INTERACTIVE, which wins over the file. Throws CONFIG_INVALID. */
export function mayAsk(flag: Interactive | undefined, configured: Interactive, around: Surroundings): Interactive {
  const variable = around.env.AWS_OIDC_INTERACTIVE || undefined
  if (variable === undefined || isInteractive(variable)) return flag ?? variable ?? configured
  throw new AwsOidcError('CONFIG_INVALID', `AWS_OIDC_INTERACTIVE is "${printable(variable, 40)}".`, {
    hint: 'AWS_OIDC_INTERACTIVE=auto, always or never',
  })
}

/** Why nobody may be asked, and how to allow it. */
export interface Nobody {
  readonly why: string
  /** The value of AWS_OIDC_INTERACTIVE that allows it; `undefined` if leaving out the flag is enough. */
  readonly allowedBy: Interactive | undefined
}

/** Why nobody may be asked; `undefined` if the user may be. Throws CONFIG_INVALID. */
export function nobodyBecause(
  flag: Interactive | undefined,
  configured: Interactive,
  around: Surroundings,
): Nobody | undefined {
  const decided = mayAsk(flag, configured, around)
  if (decided === 'always' || (decided === 'auto' && userCanSee(around))) return undefined
  if (decided === 'auto') {
    const what = isSet(around.env.CI)
      ? 'CI is set, and no user watches a job'
      : 'There is no terminal and no desktop here'
    return {why: `${what}.`, allowedBy: 'always'}
  }
  if (flag === 'never') return {why: '--no-interactive was given.', allowedBy: undefined}
  const what = around.env.AWS_OIDC_INTERACTIVE
    ? 'AWS_OIDC_INTERACTIVE is "never"'
    : 'The configuration has "interactive: never"'
  return {why: `${what}.`, allowedBy: 'auto'}
}

/** Whether a user can see a browser or a terminal here. Nobody watches a CI job. */
export function userCanSee(around: Surroundings): boolean {
  if (isSet(around.env.CI)) return false
  return around.stdinIsTerminal || around.stderrIsTerminal || hasDesktop(around)
}

/** Whether a window can be opened here. */
export function hasDesktop({env, platform}: Pick<Surroundings, 'env' | 'platform'>): boolean {
  const remote = isSet(env.SSH_CONNECTION) || isSet(env.SSH_TTY)
  if (platform === 'darwin' || platform === 'win32') return !remote
  return isSet(env.DISPLAY) || isSet(env.WAYLAND_DISPLAY) || isSet(env.WSL_DISTRO_NAME)
}

function isInteractive(value: string | undefined): value is Interactive {
  return value === 'auto' || value === 'always' || value === 'never'
}

export function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'false'
}
