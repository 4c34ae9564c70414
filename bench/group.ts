import type {Program} from './measure.ts'

export interface Limits {
  /** The ratio to aim at. */
  readonly target?: number
  /** The ratio above which `--check` fails. */
  readonly gate?: number
}

export interface Row extends Program, Limits {
  readonly name: string
  /** Limits of the peak memory, relative to the row named in `of`. */
  readonly memory?: Limits & {readonly of: string}
}

/** Programs that are measured in turn; ratios are relative to the first one. */
export interface Group {
  readonly title: string
  readonly rows: readonly Row[]
  /** The share of rounds that is enough, because each takes long. */
  readonly part?: number
}
