// What the benches share: one measured process, and its figures as lines.
import {spawnSync} from 'node:child_process'

/**
 * How long a program takes that must succeed.
 * @param {string[]} command
 * @param {NodeJS.ProcessEnv} env
 */
export function milliseconds([program = '', ...args], env) {
  const start = performance.now()
  const {status, stderr} = spawnSync(program, args, {env, encoding: 'utf8'})
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr}`)
  return performance.now() - start
}

/**
 * A line a kind: least, median and most of its milliseconds, and of its ratios to `empty` in the same round.
 * @param {Record<string, number>[]} rounds
 * @param {number} width of the longest name
 * @param {number} [digits] of the ratios
 */
export function print(rounds, width, digits = 1) {
  for (const kind of Object.keys(rounds[0] ?? {})) {
    const times = rounds.map(figures => figures[kind] ?? 0)
    const ratios = rounds.map(figures => (figures[kind] ?? 0) / (figures.empty ?? 1))
    process.stdout.write(`  ${kind.padEnd(width)} ${row(times, 1)}   ${row(ratios, digits)}\n`)
  }
}

/**
 * @param {number[]} figures
 * @param {number} digits
 */
function row(figures, digits) {
  const sorted = figures.toSorted((a, b) => a - b)
  return [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)]
    .map(figure => (figure ?? 0).toFixed(digits).padStart(7))
    .join(' ')
}
