import {expect} from 'chai'
import type {Asked, Caller, Facts} from '../kill/facts.ts'
import {judge, type Verdict} from '../kill/judge.ts'
import {Ledger} from '../kill/ledger.ts'
import type {Kind, Signal} from '../kill/schedule.ts'
import {scheduleOf} from '../kill/schedule.ts'
import type {JournalEntry} from '../support/sandbox.ts'

const start = Date.parse('2026-11-25T09:00:00Z')
const document = '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"S","SessionToken":"T"}\n'

const served = {exitCode: 0, endedBy: null, stdout: document, stderr: '', hung: false, kill: undefined}

function caller(id: string, ended: number, changes: Partial<Caller> = {}): Caller {
  return {id, startedAt: start, endedAt: start + ended, ...served, ...changes}
}

function killed(id: string, at: number, signal: Signal = 'SIGKILL'): Caller {
  const ending = {SIGKILL: null, SIGTERM: 143, SIGINT: 130}[signal]
  const endedBy = signal === 'SIGKILL' ? signal : null
  return caller(id, at + 1, {exitCode: ending, endedBy, stdout: '', kill: {signal, aim: 'any', at: start + at}})
}

function entry(at: number, kind: string, changes: Partial<JournalEntry> = {}): JournalEntry {
  return {at: new Date(start + at).toISOString(), kind, outcome: 'ok', ...changes}
}

const refresh = (at: number, spent: string, given: string) => entry(at, 'token', {grant: 'refresh_token', spent, given})
const redemption = (at: number, given: string) => entry(at, 'token', {grant: 'authorization_code', given})
const refusal = (at: number, spent: string) =>
  entry(at, 'token', {grant: 'refresh_token', spent, outcome: 'invalid_grant'})
const asked = (name: string, at: number): Asked => ({caller: name, at: start + at})
const keeping = (at: number, token: string | undefined) => ({at: start + at, token})

function factsOf(kind: Kind, changes: Partial<Facts>): Facts {
  return {
    kind,
    startedAt: start,
    callers: [],
    probe: caller('probe', 9000),
    asked: [],
    journal: [],
    kept: [keeping(0, kind === 'cold' ? undefined : 'old')],
    issued: [],
    damage: [],
    temporaries: 0,
    ...changes,
  }
}

/** Judged where the provider takes the refresh token `old`. */
function verdictOn(kind: Kind, changes: Partial<Facts>): Verdict {
  const ledger = new Ledger()
  ledger.note(redemption(-1000, 'old'))
  return judge(factsOf(kind, changes), ledger)
}

function expectViolation(verdict: Verdict, text: RegExp): void {
  expect(verdict.violations.join('\n')).to.match(text)
}

describe('the judge of the kill campaign', () => {
  it('finds nothing where a caller is killed before its first request', () => {
    const verdict = verdictOn('renewal', {
      callers: [killed('1', 50), caller('2', 900)],
      journal: [entry(300, 'discovery'), entry(330, 'jwks'), refresh(360, 'old', 'new'), entry(420, 'sts')],
      kept: [keeping(0, 'old'), keeping(370, 'new')],
    })
    expect(verdict).to.deep.include({violations: [], needed: 0, lostInFlight: [], dangers: [10]})
  })

  it('counts a refresh token as lost in flight when its caller was killed before saving it, and the next sign-in as needed', () => {
    const verdict = verdictOn('renewal', {
      callers: [killed('1', 364), caller('2', 2000)],
      asked: [asked('2', 800)],
      journal: [
        entry(330, 'jwks'),
        refresh(360, 'old', 'lost'),
        refusal(700, 'old'),
        redemption(1000, 'new'),
        entry(1100, 'sts'),
      ],
      kept: [keeping(0, 'old'), keeping(1010, 'new')],
    })
    expect(verdict).to.deep.include({violations: [], needed: 1, lostInFlight: [{milliseconds: 4}]})
  })

  it('reports a refresh token that is lost though no caller was killed just then, or it was only asked to end', () => {
    const lost = {
      journal: [entry(330, 'jwks'), refresh(360, 'old', 'lost'), refusal(700, 'old'), redemption(1000, 'new')],
      asked: [asked('probe', 800)],
      kept: [keeping(0, 'old'), keeping(1010, 'new')],
    }
    for (const one of [caller('1', 600), killed('1', 100), killed('1', 3000), killed('1', 364, 'SIGTERM')]) {
      expectViolation(verdictOn('renewal', {...lost, callers: [one]}), /is lost: no caller was killed just then/)
    }
  })

  it('reports a refresh token that was not saved before AWS was asked', () => {
    const verdict = verdictOn('renewal', {
      callers: [killed('1', 400)],
      journal: [refresh(360, 'old', 'lost'), entry(390, 'sts'), refusal(700, 'old')],
    })
    expectViolation(verdict, /AWS was asked before it was saved/)
  })

  it('reports a sign-in although there is a working refresh token', () => {
    const verdict = verdictOn('renewal', {
      callers: [killed('1', 100), caller('2', 2000)],
      asked: [asked('2', 800)],
      journal: [redemption(1000, 'new')],
      kept: [keeping(0, 'old'), keeping(1010, 'new')],
    })
    expectViolation(verdict, /asked a person although a working refresh token was there/)
    expectViolation(verdict, /1 sign-ins where 0 would have done/)
  })

  it('allows a second sign-in only when the caller of the first was killed before saving it', () => {
    const twice = {
      asked: [asked('1', 300), asked('2', 800)],
      journal: [redemption(500, 'first'), redemption(1000, 'second')],
    }
    const lost = verdictOn('cold', {
      ...twice,
      callers: [killed('1', 505), caller('2', 2000)],
      kept: [keeping(0, undefined), keeping(1010, 'second')],
    })
    expect(lost).to.deep.include({violations: [], needed: 2, diedWithCaller: 1})
    const saved = verdictOn('cold', {
      ...twice,
      callers: [killed('1', 550), caller('2', 2000)],
      kept: [keeping(0, undefined), keeping(510, 'first'), keeping(1010, 'second')],
    })
    expectViolation(saved, /2 sign-ins where 1 would have done/)
  })

  it('reports a sign-in that is lost though its caller lived, was only asked to end, or had already asked AWS', () => {
    const cold = {asked: [asked('1', 300)], kept: [keeping(0, undefined)]}
    const journal = [redemption(500, 'first')]
    expectViolation(verdictOn('cold', {...cold, journal, callers: [caller('1', 900)]}), /nobody ended it/)
    const ended = [killed('1', 505, 'SIGINT')]
    expectViolation(verdictOn('cold', {...cold, journal, callers: ended}), /it was only asked to end/)
    const late = [redemption(500, 'first'), entry(530, 'sts')]
    expectViolation(verdictOn('cold', {...cold, journal: late, callers: [killed('1', 535)]}), /AWS was asked before/)
    expectViolation(verdictOn('cold', {...cold, journal, callers: [killed('1', 2600)]}), /it had the time/)
  })

  it('reports two callers that ask at once, unless the first has given up', () => {
    const both = {asked: [asked('1', 300), asked('2', 320)], journal: [redemption(500, 'new')]}
    const kept = [keeping(0, undefined), keeping(510, 'new')]
    const living = [caller('1', 900), caller('2', 900)]
    expectViolation(verdictOn('cold', {...both, kept, callers: living}), /1 and 2 asked a person at once/)
    const givenUp = [killed('1', 310, 'SIGTERM'), caller('2', 900)]
    expect(verdictOn('cold', {...both, kept, callers: givenUp}).violations).to.deep.equal([])
  })

  it('reports a refresh token that is used again although its successor was saved', () => {
    const verdict = verdictOn('renewal', {
      callers: [caller('1', 900), caller('2', 900)],
      journal: [refresh(360, 'old', 'new'), refusal(380, 'old')],
      kept: [keeping(0, 'old'), keeping(370, 'new')],
    })
    expectViolation(verdict, /had been replaced was used again/)
  })

  it('reports requests for credentials that the cache had', () => {
    expectViolation(verdictOn('warm', {journal: [entry(100, 'discovery')]}), /1 requests although the cache had all/)
  })

  it('reports callers that hang, fail, print half a document, or end by a signal that was not sent', () => {
    for (const [one, text] of [
      [caller('1', 60_000, {hung: true}), /caller 1 hung/],
      [caller('1', 900, {exitCode: 6, stdout: ''}), /caller 1 ended with 6/],
      [caller('1', 900, {stdout: document.slice(0, 50)}), /caller 1 ended with 0/],
      [{...killed('1', 300), stdout: document.slice(0, 50)}, /caller 1 ended with SIGKILL/],
      [caller('1', 900, {exitCode: null, endedBy: 'SIGSEGV'}), /caller 1 ended with SIGSEGV/],
      [caller('1', 900, {exitCode: 4, stdout: '', stderr: 'The sign-in was given up.'}), /caller 1 ended with 4/],
    ] as const) {
      expectViolation(verdictOn('redeem', {callers: [one]}), text)
    }
    expectViolation(verdictOn('redeem', {probe: caller('p', 900, {exitCode: 3, stdout: ''})}), /the call after all/)
  })

  it('accepts a signal after the whole document, and not after half of it', () => {
    const verdictOnEnding = (signal: Signal, stdout: string) =>
      verdictOn('warm', {callers: [{...killed('1', 100, signal), stdout}]})
    for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT'] as const) {
      expect(verdictOnEnding(signal, document).violations).to.deep.equal([])
      expectViolation(verdictOnEnding(signal, document.slice(0, 50)), /caller 1 ended with/)
    }
  })

  it('accepts the error of callers whose sign-in was given up by another one', () => {
    const waiting = caller('2', 900, {exitCode: 4, stdout: '', stderr: 'Error: The sign-in was given up.'})
    const verdict = verdictOn('cold', {
      callers: [killed('1', 400, 'SIGTERM'), waiting],
      asked: [asked('1', 300), asked('probe', 2000)],
      journal: [redemption(2100, 'new')],
      kept: [keeping(0, undefined), keeping(2110, 'new')],
    })
    expect(verdict).to.deep.include({violations: [], needed: 2, diedWithCaller: 1})
  })
})

describe('the schedule of the kill campaign', () => {
  const begin = (seed: number) => {
    const rounds = scheduleOf(seed)
    return Array.from({length: 50}, () => rounds.next().value)
  }

  it('is the same for the same seed, and differs for another', () => {
    expect(begin(7)).to.deep.equal(begin(7))
    expect(begin(7)).not.to.deep.equal(begin(8))
  })

  it('kills at least one of one to ten callers, each at most once', () => {
    for (const {callers, kills} of begin(7)) {
      expect(callers).to.be.within(1, 10)
      expect(kills.length).to.be.within(1, callers)
      expect(new Set(kills.map(kill => kill.caller)).size).to.equal(kills.length)
    }
  })
})
