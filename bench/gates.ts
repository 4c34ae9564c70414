import type {Limits, Row} from './group.ts'
import type {Measured} from './report.ts'

/** How measured rows are checked. */
export interface Gates {
  /** The highest ratio allowed for a row, or for its peak memory; `undefined` for no limit. */
  readonly limitOf: (limits: Limits) => number | undefined
  readonly ratioOf: (measured: Measured) => number
}

/** A limit that was exceeded, or could not be checked. */
export interface Miss {
  readonly what: string
  readonly found: string
  readonly limit: number
}

const gates = {
  /** For an idle machine: the gate of each row, by wall time. */
  strict: {limitOf: ({gate}) => gate, ratioOf: ({ratio}) => ratio},
  /** For a busy machine, where only gross regressions show: twice the target, by processor time. */
  gross: {limitOf: ({target}) => target && 2 * target, ratioOf: ({cpuRatio}) => cpuRatio},
} satisfies Record<string, Gates>

/** The gates of that name. Throws for an unknown name. */
export function gatesNamed(name: string): Gates {
  if (name === 'strict' || name === 'gross') return gates[name]
  throw new Error(`There are the gates "strict" and "gross", not "${name}".`)
}

export function isGated({limitOf}: Gates, row: Row): boolean {
  return limitsOf(row).some(limits => limitOf(limits) !== undefined)
}

/** The number of limits that were checked. */
export function limitCount({limitOf}: Gates, measured: readonly Measured[]): number {
  return measured.flatMap(({row}) => limitsOf(row)).filter(limits => limitOf(limits) !== undefined).length
}

export function misses({limitOf, ratioOf}: Gates, measured: readonly Measured[]): readonly Miss[] {
  const over = (what: string, ratio: number | undefined, limits: Limits): readonly Miss[] => {
    const limit = limitOf(limits)
    if (limit === undefined || (ratio !== undefined && ratio <= limit)) return []
    return [{what, found: ratio === undefined ? 'could not be measured' : `has ${ratio.toFixed(2)}`, limit}]
  }
  return measured.flatMap(found => {
    const {group, row, memoryRatio} = found
    const name = `${group}: ${row.name}`
    return [...over(name, ratioOf(found), row), ...over(`${name}, peak memory`, memoryRatio, row.memory ?? {})]
  })
}

function limitsOf(row: Row): readonly Limits[] {
  return row.memory ? [row, row.memory] : [row]
}
