import {wasEnded} from './endings.ts'
import type {Ends, Played} from './figures.ts'
import {age, temporariesIn} from './folders.ts'
import {judge} from './judge.ts'
import {Ledger} from './ledger.ts'
import {type CacheId, makePlace, type Place} from './place.ts'
import {PreparationFailed, prepare} from './prepare.ts'
import {playRound} from './round.ts'
import {type Kind, type Round, scheduleOf} from './schedule.ts'

export interface Campaign {
  readonly seed: number
  readonly kills: number
  readonly cache: CacheId
  /** Called after each round. */
  readonly onRound: (played: Played) => void
}

export interface Outcome {
  readonly played: readonly Played[]
  readonly ends: Ends
}

/** Plays rounds until that many callers were killed. Rejects if even an undisturbed call fails. */
export async function play({seed, kills, cache, onRound}: Campaign): Promise<Outcome> {
  const start = Date.now()
  const place = await makePlace(cache)
  try {
    const played: Played[] = []
    const ledger = new Ledger()
    const lives = new Lives(ledger, place)
    let killed = 0
    for (const round of scheduleOf(seed)) {
      const life = await lives.of(round.kind, round.callers)
      const one = await playOne(round, life, ledger, place)
      played.push(one)
      onRound(one)
      killed += one.facts.callers.filter(wasEnded).length
      if (killed >= kills) break
    }
    const unpruned = await pruneOld(ledger, place)
    const temporaries = played.reduce((sum, {facts}) => sum + facts.temporaries, 0)
    return {played, ends: {minutes: (Date.now() - start) / 60_000, temporaries, unpruned}}
  } finally {
    await place.close()
  }
}

async function playOne(round: Round, life: number, ledger: Ledger, place: Place): Promise<Played> {
  const prepared = await prepare(round, ledger, place)
  place.people.take(round.userMilliseconds)
  if (round.kind === 'other person') place.people.changeSeats()
  const facts = await playRound(round, life, place)
  return {round, facts, prepared, verdict: judge(facts, ledger)}
}

const crowd = 8

/** How long rounds without kills take: measured when a kind is played for the first time. */
class Lives {
  readonly #ledger: Ledger
  readonly #place: Place
  readonly #known = new Map<Kind, number>()
  #perCaller: number | undefined

  constructor(ledger: Ledger, place: Place) {
    this.#ledger = ledger
    this.#place = place
  }

  async of(kind: Kind, callers: number): Promise<number> {
    const alone = this.#known.get(kind) ?? (await this.#measure(kind, 1))
    this.#known.set(kind, alone)
    if (callers === 1) return alone
    this.#perCaller ??= ((await this.#measure('warm', crowd)) - (await this.of('warm', 1))) / (crowd - 1)
    return alone + this.#perCaller * (callers - 1)
  }

  async #measure(kind: Kind, callers: number): Promise<number> {
    const round = {number: 0, kind, callers, kills: [], virgin: true, userMilliseconds: 75}
    const {facts, verdict} = await playOne(round, 0, this.#ledger, this.#place)
    if (verdict.violations.length > 0) throw new PreparationFailed(verdict.violations.join('\n'))
    return Math.max(...facts.callers.map(({endedAt}) => endedAt)) - facts.startedAt
  }
}

/** How many old temporary files remain after a call that writes to both folders. */
async function pruneOld(ledger: Ledger, place: Place): Promise<number> {
  await age(await temporariesIn(place.home.cache))
  await playOne({number: 0, kind: 'soft', callers: 1, kills: [], virgin: false, userMilliseconds: 0}, 0, ledger, place)
  return (await temporariesIn(place.home.cache)).length
}
