import {splitCommandLine} from './command-line.ts'
import type {Section} from './read.ts'

/**
 * A key that no AWS tool knows. It holds the profile's name, and marks profiles of ours that the other keys can't
 * identify.
 */
export const markKey = 'aws_oidc_profile'

/** How we created a profile of the AWS tools. */
export type Origin =
  /** It calls us for the profile with the same name in our configuration. */
  | {readonly kind: 'profile'}
  /** It calls us for a role that an identity provider offers. */
  | {readonly kind: 'role'; readonly provider: string; readonly role: string}
  /** The tool itself switches to the role that our configuration names. */
  | {readonly kind: 'switch'}

/** How we created a section; `undefined` for one that others wrote, or that was copied to another name. */
export function originOf(
  {name, properties}: Section,
  ownScript: string,
  platform: NodeJS.Platform,
): Origin | undefined {
  const textOf = (wanted: string) => properties.find(({key}) => key === wanted)?.value
  const marked = textOf(markKey) === name
  const command = textOf('credential_process')
  if (command === undefined) return marked && textOf('role_arn') !== undefined ? {kind: 'switch'} : undefined
  const [word, first, value, second, role, ...more] = ownCallIn(command, ownScript, platform)?.args ?? []
  if (word !== 'creds' || value === undefined || more.length > 0) return undefined
  if (first === '--profile') return value === name && second === undefined ? {kind: 'profile'} : undefined
  const forRole = first === '--provider' && second === '--role' && role !== undefined
  return marked && forRole ? {kind: 'role', provider: value, role} : undefined
}

export interface OwnCall {
  /** `aws-oidc` itself, or Node and our script. */
  readonly program: readonly string[]
  readonly args: readonly string[]
}

/** How a command starts our program; `undefined` if it starts another one. */
export function ownCallIn(command: string, ownScript: string, platform: NodeJS.Platform): OwnCall | undefined {
  const [program = '', ...rest] = splitCommandLine(command, platform) ?? []
  if (baseName(program) === 'aws-oidc') return {program: [program], args: rest}
  const [script, ...args] = rest
  if (baseName(program) !== 'node' || script === undefined) return undefined
  const isOurs = script === ownScript || /[\\/]aws-oidc[\\/]bin[\\/]run\.js$/.test(script)
  return isOurs ? {program: [program, script], args} : undefined
}

function baseName(path: string): string {
  return (path.split(/[\\/]/).at(-1) ?? '').replace(/\.(?:cmd|exe|ps1)$/i, '')
}
