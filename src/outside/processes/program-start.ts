import {statSync} from 'node:fs'
import {type NotStarted, type WindowsCommand, windowsCommand} from './windows-command.ts'

export type Command = readonly [program: string, ...args: string[]]

/**
 * How to start a program that the user names; everything that starts one asks here. Windows itself would search the
 * current folder before PATH, where a cloned repository may have put anything, and can't start the batch files that npm
 * installs.
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

/**
 * An Error for a program that was not started; if it is missing, with the code ENOENT, which callers expect before they
 * try another one.
 */
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
