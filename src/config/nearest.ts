/** The known name nearest to `name`, if at most a third of its letters differ. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: {readonly candidate: string; readonly distance: number} | undefined
  for (const candidate of known) {
    const distance = distanceBetween(name.toLowerCase(), candidate.toLowerCase())
    const limit = Math.max(1, Math.floor(candidate.length / 3))
    if (distance <= limit && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = {candidate, distance}
  }
  return best?.candidate
}

/** The names most similar to `name`, nearest first; at most `few`. */
export function mostAlike(name: string, known: readonly string[], few: number): readonly string[] {
  return known
    .map(candidate => ({candidate, distance: distanceBetween(name.toLowerCase(), candidate.toLowerCase())}))
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, few)
    .map(({candidate}) => candidate)
}

/** Counts two swapped letters as one slip (optimal string alignment). */
function distanceBetween(a: string, b: string): number {
  let [before, row]: [readonly number[], readonly number[]] = [
    [],
    Array.from({length: b.length + 1}, (_, index) => index),
  ]
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const areSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swapped = areSwapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY
      next.push(Math.min(replaced, swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    before = row
    row = next
  }
  return row[b.length] ?? 0
}
