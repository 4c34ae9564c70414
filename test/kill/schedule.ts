import {type Dice, diceFrom} from '../support/dice.ts'

/** The state that the callers of a round find. */
export type Kind =
  /** Nothing: a user must sign in. */
  | 'cold'
  /** Expired tokens with a refresh token: no user needs to sign in. */
  | 'renewal'
  /** Working tokens, but no credentials: only AWS is asked. */
  | 'redeem'
  /** Credentials in the soft margin, which are renewed while they are served. */
  | 'soft'
  /** Fresh credentials. */
  | 'warm'
  /** Revoked tokens of one user; another user signs in. */
  | 'other person'

export type Signal = 'SIGKILL' | 'SIGTERM' | 'SIGINT'

export type Moment =
  /** After a share of the time that such a round takes without kills. */
  | {readonly aim: 'any'; readonly share: number}
  /** So many milliseconds after the nth answer of the provider or AWS. */
  | {readonly aim: 'request'; readonly nth: number; readonly milliseconds: number}
  /** So many milliseconds after the nth answer of the token endpoint: its tokens may not be saved yet. */
  | {readonly aim: 'answer'; readonly nth: number; readonly milliseconds: number}
  /** So many milliseconds after the nth file was begun. */
  | {readonly aim: 'write'; readonly nth: number; readonly milliseconds: number}

export interface Kill {
  /** The caller's index. */
  readonly caller: number
  readonly signal: Signal
  readonly moment: Moment
}

export interface Round {
  readonly number: number
  readonly kind: Kind
  readonly callers: number
  readonly kills: readonly Kill[]
  /** Whether not even the folders exist; for cold rounds. */
  readonly virgin: boolean
  /** How long a user takes to sign in. */
  readonly userMilliseconds: number
}

// Mostly "cold" and "renewal", in which something can be lost.
const kinds: readonly [Kind, ...Kind[]] = [
  'warm',
  ...Array<Kind>(7).fill('cold'),
  ...Array<Kind>(7).fill('renewal'),
  ...Array<Kind>(2).fill('redeem'),
  ...Array<Kind>(2).fill('soft'),
  'other person',
]

/** Endless; the same seed gives the same rounds. */
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
    userMilliseconds: dice.between(0, 150),
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
  // A caller that takes over from a killed one makes the round last longer.
  const longer = killed > 2 && dice.chance(0.5) ? 2 : 1
  return {aim, share: dice.fraction() * 1.1 * longer}
}
