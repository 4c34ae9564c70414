import {statSync} from 'node:fs'
import {type NotStarted, type WindowsCommand, windowsCommand} from './windows-command.ts'

export type Command = readonly [program: string, ...args: string[]]

/**
 * How a program is started that somebody has named: everything that starts one asks here. Windows by itself would look into
 * the current folder before PATH, where a cloned repository may have put anything, and could not start what npm installs.
 */
export function programStart(
  command: Command,
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  isThere: (path: string) => boolean = isFile,
): WindowsCommand | NotStarted {
  const [program, ...args] = command
  return platform === 'win32' ? windowsCommand(command, env, isThere) : {program, args, verbatim: false}
}

/** Of a program that isn't there it has the code by which other systems say so, for who then tries another one. */
export function failureOf({exitCode, problem}: NotStarted): Error {
  return Object.assign(new Error(problem), exitCode === 127 && {code: 'ENOENT'})
}

export function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}
