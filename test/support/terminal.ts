import {execFile} from 'node:child_process'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {root} from './sandbox.ts'

const run = promisify(execFile)

/** Installed by .ci/install. */
export const python = join(root, '.cache/python/bin/python')

export interface Session {
  /** Everything that was shown, including control sequences. */
  readonly shown: string
  readonly exitCode: number
  /** Whether the terminal's settings were restored. */
  readonly restored: boolean
}

export interface SessionOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Keys to type once a text has appeared. */
  readonly type?: {readonly keys: string; readonly when: string}
  /** In shell syntax: `2>FILE`. */
  readonly redirects?: readonly string[]
}

/** Runs a command on a terminal of its own, with test/real/terminal.py. */
export async function onTerminal(
  command: readonly string[],
  {env, type = {keys: '', when: ''}, redirects = []}: SessionOptions,
): Promise<Session> {
  const args = [join(root, 'test/real/terminal.py'), type.when, type.keys, ...redirects, ...command]
  const {stdout} = await run(python, args, {env: {TERM: 'xterm-256color', ...env}})
  return JSON.parse(stdout) as Session
}

/** How often a text occurs in another one. */
export function times(text: string, within: string): number {
  return within.split(text).length - 1
}
