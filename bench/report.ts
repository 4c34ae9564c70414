import type {Group, Row} from './group.ts'
import {instructions, measure, median, peakMemory} from './measure.ts'

export interface Measured {
  readonly group: string
  readonly row: Row
  readonly least: number
  readonly median: number
  readonly cpu: number
  /** The wall time relative to the first row of the group: the median of each round's ratio. */
  readonly ratio: number
  /** The same for the processor time, which depends less on other work of the machine. */
  readonly cpuRatio: number
  readonly kibibytes?: number
  /** Relative to the row that `row.memory` names. */
  readonly memoryRatio?: number
  readonly instructionsRatio?: number
}

export function measureGroup({title, rows, part = 1}: Group, rounds: number): readonly Measured[] {
  const figures = measure(rows, Math.max(3, Math.round(rounds * part)))
  const ofAll = (read: (row: Row) => number | undefined) =>
    rows.map(row => (row.before ? undefined : middle(row, read)))
  const memory = rows.some(({memory}) => memory) ? ofAll(peakMemory) : []
  const counted = part === 1 ? ofAll(instructions) : []
  const [first] = figures
  return rows.map((row, at) => {
    const {wall, cpu} = figures[at] ?? {wall: [], cpu: []}
    const kibibytes = memory[at]
    const compared = memory[rows.findIndex(({name}) => name === row.memory?.of)]
    return {
      group: title,
      row,
      least: Math.min(...wall),
      median: median(wall),
      cpu: median(cpu),
      ratio: pairedRatio(wall, first?.wall),
      cpuRatio: pairedRatio(cpu, first?.cpu),
      ...(kibibytes !== undefined && {kibibytes}),
      ...(kibibytes !== undefined && compared !== undefined && {memoryRatio: kibibytes / compared}),
      ...quotient(counted[at], counted[0]),
    }
  })
}

/** The median of nine runs; `undefined` if any could not be measured. */
function middle(row: Row, read: (row: Row) => number | undefined): number | undefined {
  const figures = Array.from({length: 9}, () => read(row)).filter(figure => figure !== undefined)
  return figures.length === 9 ? median(figures) : undefined
}

function pairedRatio(times: readonly number[], base: readonly number[] | undefined): number {
  return median(times.map((time, round) => time / (base?.[round] ?? Number.NaN)))
}

function quotient(counted: number | undefined, base: number | undefined) {
  return counted !== undefined && base !== undefined && {instructionsRatio: counted / base}
}

/** A Markdown table for each group. */
export function tables(measured: readonly Measured[]): string {
  const groups = Map.groupBy(measured, ({group}) => group)
  return [...groups].map(([title, rows]) => `## ${title}\n\n${table(rows)}\n`).join('\n')
}

function table(rows: readonly Measured[]): string {
  const heads = ['', 'ratio', 'target', 'gate', 'least ms', 'median ms', 'CPU ms', 'peak MB', 'instructions']
  const cells = rows.map(({row, ratio, least, cpu, kibibytes, memoryRatio, instructionsRatio, ...times}) => [
    row.name,
    ratio.toFixed(2),
    ratioOf(row.target),
    ratioOf(row.gate),
    least.toFixed(1),
    times.median.toFixed(1),
    cpu.toFixed(1),
    kibibytes === undefined ? '' : `${(kibibytes / 1024).toFixed(1)}${memoryNote(memoryRatio, row.memory)}`,
    ratioOf(instructionsRatio),
  ])
  const used = heads.map((head, at) => at === 0 || (cells.some(line => line[at] !== '') && head !== ''))
  const line = (words: readonly string[]) => `| ${words.filter((_, at) => used[at]).join(' | ')} |`
  return [heads, heads.map((_, at) => (at === 0 ? '---' : '---:')), ...cells].map(line).join('\n')
}

function memoryNote(ratio: number | undefined, limits: Row['memory']): string {
  return ratio === undefined || !limits ? '' : ` (${ratio.toFixed(2)} of ${limits.of}; gate ${ratioOf(limits.gate)})`
}

function ratioOf(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(2)
}
