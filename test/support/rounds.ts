import {type Dice, diceFrom} from './dice.ts'

/** The rounds of a test that plays many random ones. */
export interface Rounds {
  readonly count: number
  /** The seed of the first round. */
  readonly seed: number
}

/**
 * The usual number of rounds, the same in each run, so that no change fails by bad luck. `.ci/campaign` plays ten times
 * as many (`FUZZ_TIMES`) from a fresh seed (`FUZZ_SEED`).
 */
export function usually(count: number): Rounds {
  const {FUZZ_TIMES, FUZZ_SEED} = process.env
  return {count: Math.max(1, Math.round(count * Number(FUZZ_TIMES || 1))), seed: Number(FUZZ_SEED || 1)}
}

/** The seeds of those rounds, in sequence. */
export function* seedsOf({count, seed}: Rounds): Generator<number> {
  for (let at = 0; at < count; at++) yield (seed + at) >>> 0
}

export interface Round {
  readonly dice: Dice
  readonly seed: number
}

/** Plays the rounds that `usually` returns. A failure names the seed that repeats its round. */
export async function fuzz(count: number, play: (round: Round) => void | Promise<void>): Promise<void> {
  for (const seed of seedsOf(usually(count))) {
    try {
      await play({seed, dice: diceFrom(seed)})
    } catch (error) {
      throw new Error(`FUZZ_SEED=${seed}: ${error instanceof Error ? error.message : String(error)}`, {cause: error})
    }
  }
}
