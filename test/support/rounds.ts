/** The rounds of a test that plays many random ones. */
export interface Rounds {
  readonly count: number
  /** What the first round is played from. A failure names its seed; `FUZZ_ROUNDS=1 FUZZ_SEED=<seed>` plays it again. */
  readonly seed: number
}

/**
 * So many rounds as usual, the same in each run, so that nobody's change fails by bad luck. `.ci/campaign` sets
 * `FUZZ_ROUNDS` to many and `FUZZ_SEED` to a fresh number.
 */
export function usually(count: number): Rounds {
  const {FUZZ_ROUNDS, FUZZ_SEED} = process.env
  return {count: Number(FUZZ_ROUNDS || count), seed: Number(FUZZ_SEED || 1)}
}

/** The seeds of those rounds, one after the other. */
export function* seedsOf({count, seed}: Rounds): Generator<number> {
  for (let at = 0; at < count; at++) yield (seed + at) >>> 0
}
