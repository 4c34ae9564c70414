import {type Dice, diceFrom} from '../support/dice.ts'

/** What the callers of a round find. */
export type Kind =
  /** Nothing: a person must sign in. */
  | 'cold'
  /** Tokens that have ended, with a refresh token: nobody needs to be asked. */
  | 'renewal'
  /** Tokens that work, and no credentials: AWS is asked, and nobody else. */
  | 'redeem'
  /** Credentials in the soft margin, which are renewed in passing. */
  | 'soft'
  /** Fresh credentials. */
  | 'warm'
  /** Dead tokens of one person; another one signs in. */
  | 'other person'

export type Signal = 'SIGKILL' | 'SIGTERM' | 'SIGINT'

export type Moment =
  /** A share of how long such a round lasts in which nobody is killed. */
  | {readonly aim: 'any'; readonly share: number}
  /** So long after provider or AWS have answered for the nth time. */
  | {readonly aim: 'request'; readonly nth: number; readonly milliseconds: number}
  /** So long after the token endpoint has answered for the nth time: what it gave may not be saved yet. */
  | {readonly aim: 'answer'; readonly nth: number; readonly milliseconds: number}
  /** So long after the nth file has begun to be written. */
  | {readonly aim: 'write'; readonly nth: number; readonly milliseconds: number}

export interface Kill {
  /** Index of the caller. */
  readonly caller: number
  readonly signal: Signal
  readonly moment: Moment
}

export interface Round {
  readonly number: number
  readonly kind: Kind
  readonly callers: number
  readonly kills: readonly Kill[]
  /** Whether not even the folders are there; for cold rounds. */
  readonly virgin: boolean
  /** How long a person takes to sign in. */
  readonly personMilliseconds: number
}

// The first two are where something can be lost.
const kinds: readonly [Kind, ...Kind[]] = [
  'warm',
  ...Array<Kind>(7).fill('cold'),
  ...Array<Kind>(7).fill('renewal'),
  ...Array<Kind>(2).fill('redeem'),
  ...Array<Kind>(2).fill('soft'),
  'other person',
]

/** Endless; the same for the same seed. */
export function* scheduleOf(seed: number): Generator<Round, never> {
  const dice = diceFrom(seed)
  for (let number = 1; ; number++) yield round(number, dice)
}

function round(number: number, dice: Dice): Round {
  const kind = dice.one(kinds)
  const callers = dice.chance(0.3) ? 1 : dice.between(2, 10)
  const killed = dice.one([1, dice.between(1, callers), callers])
  const victims = dice.some(
    killed,
    Array.from({length: callers}, (_, index) => index),
  )
  return {
    number,
    kind,
    callers,
    kills: victims.map(caller => ({caller, signal: signalFrom(dice), moment: momentFrom(dice, killed)})),
    virgin: dice.chance(0.4),
    personMilliseconds: dice.between(0, 150),
  }
}

function signalFrom(dice: Dice): Signal {
  return dice.chance(0.75) ? 'SIGKILL' : dice.one(['SIGTERM', 'SIGINT'])
}

function momentFrom(dice: Dice, killed: number): Moment {
  const aim = dice.one(['any', 'any', 'request', 'answer', 'write'] as const)
  const nth = dice.one([1, dice.between(1, 6)])
  if (aim === 'write') return {aim, nth, milliseconds: dice.between(0, 2)}
  if (aim !== 'any') return {aim, nth, milliseconds: dice.between(0, 40)}
  // Whoever takes over from a killed one lets the round last longer.
  const longer = killed > 2 && dice.chance(0.5) ? 2 : 1
  return {aim, share: dice.fraction() * 1.1 * longer}
}
