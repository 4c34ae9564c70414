/** The known name that is at most a third of its letters away from `name` (Levenshtein distance). */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: {readonly candidate: string; readonly distance: number} | undefined
  for (const candidate of known) {
    const distance = distanceBetween(name.toLowerCase(), candidate.toLowerCase())
    const limit = Math.max(1, Math.floor(candidate.length / 3))
    if (distance <= limit && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = {candidate, distance}
  }
  return best?.candidate
}

function distanceBetween(a: string, b: string): number {
  let row = Array.from({length: b.length + 1}, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
