/** The rounds of a test that plays many random ones. */
export interface Rounds {
  readonly count: number
  /** What the first round is played from. A failure names the seed of its round, which is the first of a run with that `FUZZ_SEED`. */
  readonly seed: number
}

/**
 * So many rounds as usual, the same in each run, so that nobody's change fails by bad luck. `.ci/campaign` plays ten times
 * as many (`FUZZ_TIMES`) from a fresh seed (`FUZZ_SEED`).
 */
export function usually(count: number): Rounds {
  const {FUZZ_TIMES, FUZZ_SEED} = process.env
  return {count: count * Number(FUZZ_TIMES || 1), seed: Number(FUZZ_SEED || 1)}
}

/** The seeds of those rounds, one after the other. */
export function* seedsOf({count, seed}: Rounds): Generator<number> {
  for (let at = 0; at < count; at++) yield (seed + at) >>> 0
}
