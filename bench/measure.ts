import {spawnSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'

/** A program, started as the AWS tools start us: stdout is a pipe, and `env` is its whole environment. */
export interface Program {
  /** Begins with an absolute path. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Run before each measured run, unmeasured, in the same environment. */
  readonly before?: readonly string[]
}

export interface Figures {
  /** Milliseconds, one figure per round. */
  readonly wall: readonly number[]
  /** User plus system time, of the program and all children that it waited for, in milliseconds. */
  readonly cpu: readonly number[]
}

const script = join(dirname(fileURLToPath(import.meta.url)), 'measure.py')

/** Runs each program once per round. Throws if one fails, or if there is no Python 3. */
export function measure(programs: readonly Program[], rounds: number): readonly Figures[] {
  const task = JSON.stringify({rounds, kinds: programs})
  const {status, stdout, error} = spawnSync('python3', [script], {
    input: task,
    stdio: ['pipe', 'pipe', 'inherit'],
    maxBuffer: 2 ** 26,
    encoding: 'utf8',
  })
  if (error) throw new Error('Measuring needs a python3 on the PATH.', {cause: error})
  if (status !== 0) throw new Error('A program that is measured has failed.')
  const pairs: readonly (readonly (readonly [number, number])[])[] = JSON.parse(stdout)
  return pairs.map(figures => ({wall: figures.map(([wall]) => wall), cpu: figures.map(([, cpu]) => cpu)}))
}

/**
 * The peak memory of a program in KiB; `undefined` without GNU time. GNU time starts the program itself, because a
 * program started by a larger one would inherit that one's peak.
 */
export function peakMemory(program: Program): number | undefined {
  return ofReport(program, file => ['/usr/bin/time', '--format=%M', `--output=${file}`], Number)
}

/** Instructions that a program retired in user mode; `undefined` where they can't be counted. */
export function instructions(program: Program): number | undefined {
  const counter = (file: string) => ['/usr/bin/perf', 'stat', '-x,', `--output=${file}`, '--event=instructions:u', '--']
  return ofReport(program, counter, text => Number(/^(\d+),/m.exec(text)?.[1]))
}

function ofReport(
  {argv, env}: Program,
  by: (file: string) => readonly string[],
  read: (text: string) => number,
): number | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'aws-oidc-report-'))
  try {
    const file = join(folder, 'report')
    const [program = '', ...args] = [...by(file), ...argv]
    const {status, error} = spawnSync(program, args, {env, stdio: ['ignore', 'pipe', 'ignore']})
    if (error || status !== 0) return undefined
    const figure = read(readFileSync(file, 'utf8'))
    return Number.isFinite(figure) && figure > 0 ? figure : undefined
  } finally {
    rmSync(folder, {recursive: true})
  }
}

export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
