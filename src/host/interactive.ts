import type {Interactive} from '../config/schema.ts'
import {AwsOidcError, printable} from '../errors.ts'

/** What is known of whoever might be asked to sign in. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly stdinIsTerminal: boolean
  readonly stderrIsTerminal: boolean
}

/** Who may be asked: the flag wins over the variable, the variable over the file. Throws CONFIG_INVALID. */
export function mayAsk(flag: Interactive | undefined, configured: Interactive, around: Surroundings): Interactive {
  const variable = around.env.AWS_OIDC_INTERACTIVE || undefined
  if (variable === undefined || isInteractive(variable)) return flag ?? variable ?? configured
  throw new AwsOidcError('CONFIG_INVALID', `AWS_OIDC_INTERACTIVE is "${printable(variable, 40)}".`, {
    hint: 'AWS_OIDC_INTERACTIVE=auto, always or never',
  })
}

/** Why nobody may be asked, and what allows it. */
export interface Nobody {
  readonly why: string
  /** The value of AWS_OIDC_INTERACTIVE; nothing where leaving out a flag does it. */
  readonly allowedBy: Interactive | undefined
}

/** `undefined` where somebody may be asked. Throws CONFIG_INVALID. */
export function nobodyBecause(
  flag: Interactive | undefined,
  configured: Interactive,
  around: Surroundings,
): Nobody | undefined {
  const decided = mayAsk(flag, configured, around)
  if (decided === 'always' || (decided === 'auto' && personCanSee(around))) return undefined
  if (decided === 'auto') {
    const what = isSet(around.env.CI)
      ? 'CI is set, and nobody watches a job'
      : 'There is no terminal and no desktop here'
    return {why: `${what}.`, allowedBy: 'always'}
  }
  if (flag === 'never') return {why: '--no-interactive was said.', allowedBy: undefined}
  const what = around.env.AWS_OIDC_INTERACTIVE
    ? 'AWS_OIDC_INTERACTIVE is "never"'
    : 'The configuration has "interactive: never"'
  return {why: `${what}.`, allowedBy: 'auto'}
}

/** Whether a person can see a browser or a line on a terminal. Nobody watches a CI job. */
export function personCanSee(around: Surroundings): boolean {
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
