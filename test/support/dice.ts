/** Pseudo-random numbers, the same for the same seed. */
export interface Dice {
  /** At least 0, less than 1. */
  fraction(): number
  /** An integer, both ends included. */
  between(lowest: number, highest: number): number
  chance(share: number): boolean
  one<Value>(values: readonly [Value, ...Value[]]): Value
  /** That many different ones, in any order. */
  some<Value>(count: number, values: readonly Value[]): readonly Value[]
}

export function diceFrom(seed: number): Dice {
  let state = seed >>> 0

  // mulberry32: 32 bits of state are plenty for a schedule.
  function fraction(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  const between = (lowest: number, highest: number) => lowest + Math.floor(fraction() * (highest - lowest + 1))
  return {
    fraction,
    between,
    chance: share => fraction() < share,
    one: values => values[between(0, values.length - 1)] ?? values[0],
    some(count, values) {
      const left = [...values]
      return Array.from({length: Math.min(count, left.length)}, () =>
        left.splice(between(0, left.length - 1), 1),
      ).flat()
    },
  }
}
