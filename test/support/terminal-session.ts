import {spawn} from 'node:child_process'
import {join} from 'node:path'
import {bin} from './home.ts'
import {root} from './sandbox.ts'

const python = join(root, '.cache/python/bin/python')

/** A program on a terminal of its own, which the test operates. */
export interface TerminalSession {
  /** Everything shown so far, including control sequences. */
  shown(): string
  /** Resolves when a text has appeared that often. */
  until(text: string | RegExp, times?: number): Promise<void>
  type(keys: string): void
  /** Closes the terminal, whatever runs there; `ended` is then unreliable. */
  hangUp(): void
  readonly ended: Promise<{readonly exitCode: number; readonly restored: boolean}>
}

export interface TerminalStart {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly columns?: number
  readonly rows?: number
  /** `1>FILE`, `2>FILE`. */
  readonly redirects?: readonly string[]
  readonly cwd?: string
}

/** Starts aws-oidc. */
export function startOnTerminal(command: readonly string[], start: TerminalStart): TerminalSession {
  return startProgramOnTerminal([process.execPath, bin, ...command], start)
}

export function startProgramOnTerminal(program: readonly string[], start: TerminalStart): TerminalSession {
  const {env, columns = 100, rows = 50, redirects = [], cwd} = start
  const size = [String(columns), String(rows)]
  const child = spawn(python, [join(root, 'test/real/at_terminal.py'), ...size, ...redirects, ...program], {
    ...(cwd !== undefined && {cwd}),
    // Otherwise Python would give its child a UTF-8 locale even where there is none.
    env: {TERM: 'xterm-256color', LANG: 'C.UTF-8', PYTHONCOERCECLOCALE: '0', ...env},
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let [shown, report] = ['', '']
  child.stdout.setEncoding('utf8').on('data', text => {
    shown += text
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    report += text
  })
  const closed = new Promise<void>(resolve => child.once('close', () => resolve()))
  return {
    shown: () => shown,
    async until(text, times = 1) {
      const gone = closed.then(() => 'gone')
      while (shown.split(text).length <= times) {
        const moment = new Promise(resolve => child.stdout.once('data', resolve))
        if ((await Promise.race([moment, gone])) === 'gone') throw new Error(`"${text}" never appeared: ${shown}`)
      }
    },
    type: keys => void child.stdin.write(keys),
    hangUp: () => void child.kill(),
    ended: closed.then(() => JSON.parse(report)),
  }
}
