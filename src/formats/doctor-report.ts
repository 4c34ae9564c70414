import type {Colour, Line, Painted} from '../text/printable.ts'

export type Severity = 'error' | 'warning' | 'note'

/** A problem, as it is reported. */
export interface ReportedFinding {
  /** Stable: scripts may rely on it. */
  readonly id: string
  readonly severity: Severity
  /** The subject, in a word or two. */
  readonly area: string
  readonly what: string
  /** A command to type, or something to do. */
  readonly mend?: string
  /** Further facts, line by line. */
  readonly details?: readonly string[]
  /** Whether `--fix` mends it. */
  readonly fixable: boolean
  /** What `--fix` has done. */
  readonly fixed?: string
  /** Why `--fix` could not mend it. */
  readonly notFixed?: string
}

export interface DoctorReport {
  /** Whether no error and no warning is left. */
  readonly healthy: boolean
  /** What was examined, in order. */
  readonly areas: readonly string[]
  readonly findings: readonly ReportedFinding[]
  readonly fine: readonly {readonly area: string; readonly what: string}[]
}

/** The report for users, by area: first what is fine, one line each, then the findings. */
export function reportLines({areas, findings, fine}: DoctorReport, colours: boolean): readonly Line[] {
  const paint: Paint = colours ? (colour, text) => ({colour, text}) : (_, text) => text
  const told = new Set([...fine, ...findings].map(({area}) => area))
  const lines = areas
    .filter(area => told.has(area))
    .flatMap(area => [
      area,
      ...fine.filter(one => one.area === area).map(({what}) => ['  ', paint('green', 'ok'.padEnd(7)), `  ${what}`]),
      ...findings.filter(one => one.area === area).flatMap(finding => findingLines(finding, paint)),
    ])
  return [...lines, '', ...summary(findings)]
}

type Paint = (colour: Colour, text: string) => string | Painted

const colourOf = {error: 'red', warning: 'yellow', note: 'cyan'} as const
const indent = ' '.repeat(11)

function findingLines(finding: ReportedFinding, paint: Paint): readonly Line[] {
  const {id, severity, what, mend, details = [], fixed, notFixed} = finding
  const word = fixed === undefined ? paint(colourOf[severity], severity.padEnd(7)) : paint('green', 'fixed'.padEnd(7))
  const ending =
    fixed !== undefined
      ? [fixed]
      : [...(notFixed === undefined ? [] : [`Not fixed: ${notFixed}`]), ...(mend === undefined ? [] : [`Try: ${mend}`])]
  return [['  ', word, `  ${what} (${id})`], ...[...details, ...ending].map(line => `${indent}${line}`)]
}

function summary(findings: readonly ReportedFinding[]): readonly string[] {
  const left = findings.filter(({fixed}) => fixed === undefined)
  const counts = (['error', 'warning', 'note'] as const).flatMap(severity => {
    const count = left.filter(finding => finding.severity === severity).length
    return count === 0 ? [] : [`${count} ${severity}${count === 1 ? '' : 's'}`]
  })
  const fixable = left.filter(finding => finding.fixable && finding.notFixed === undefined).length
  return [
    left.every(({severity}) => severity === 'note')
      ? `No problems found${counts.length === 0 ? '' : ` (${counts.join()})`}.`
      : `${counts.join(', ')}.`,
    ...(fixable === 0 ? [] : [`Run "aws-oidc doctor --fix" to fix ${fixable} of them.`]),
  ]
}
