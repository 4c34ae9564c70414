import {execFile} from 'node:child_process'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {root} from './sandbox.ts'

const run = promisify(execFile)

/** .ci/install puts it there. */
export const python = join(root, '.cache/python/bin/python')

export interface Session {
  /** All that stood on the terminal, control sequences included. */
  readonly shown: string
  readonly exitCode: number
  /** Whether the terminal was left as it was. */
  readonly restored: boolean
}

export interface SessionOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Typed once a text stands on the terminal. */
  readonly type?: {readonly keys: string; readonly when: string}
  /** As a shell writes them: `2>FILE`. */
  readonly redirects?: readonly string[]
}

/** Runs a command on a terminal of its own, as test/real/terminal.py says. */
export async function onTerminal(
  command: readonly string[],
  {env, type = {keys: '', when: ''}, redirects = []}: SessionOptions,
): Promise<Session> {
  const args = [join(root, 'test/real/terminal.py'), type.when, type.keys, ...redirects, ...command]
  const {stdout} = await run(python, args, {env: {TERM: 'xterm-256color', ...env}})
  return JSON.parse(stdout) as Session
}

/** How often a text stands in another. */
export function times(text: string, within: string): number {
  return within.split(text).length - 1
}
