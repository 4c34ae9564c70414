import {printable, printableValue} from '../text/printable.ts'

/** Claims as lines for users, and the names of claims whose values are not shown. */
export function claimLines(claims: Readonly<Record<string, unknown>>, others: readonly string[]): readonly string[] {
  const shown = Object.entries(claims).map(
    ([name, value]) => [printable(name, 100), printableValue(value, 4000)] as const,
  )
  const rows = others.length === 0 ? shown : [...shown, ['others', printable(others.join(', '), 4000)] as const]
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`)
}
