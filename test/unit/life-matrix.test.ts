import {expect} from 'chai'
import type {Locks} from '../../src/coordination/lock.ts'
import {credentialsFor} from '../../src/credentials/credentials.ts'
import type {Asking} from '../../src/credentials/dependencies.ts'
import type {Issued} from '../../src/credentials/issued.ts'
import {AwsOidcError, exitCodeOf} from '../../src/errors.ts'
import {developer, makeStage, refused, type Stage, unavailable} from '../support/dependencies.ts'

/**
 * What `creds` gives for credentials of two hours, by their remaining lifetime, by how a silent renewal goes, and by
 * the caller: with a user present who may be asked, without a user, and, a moment after a sign-in has failed, a program
 * whose user could be asked and a user at a terminal.
 */
const matrix = `
  life    | silent renewal   | user present   | no user      | brake: program | brake: at a terminal
  --------|------------------|----------------|--------------|----------------|---------------------
  fresh   | works            | cached         | cached       | cached         | cached
  fresh   | fails by network | cached         | cached       | cached         | cached
  fresh   | needs the user   | cached         | cached       | cached         | cached
  soft    | works            | renewed        | renewed      | renewed        | renewed
  soft    | fails by network | tried          | tried        | tried          | tried
  soft    | needs the user   | tried          | tried        | tried          | tried
  hard    | works            | renewed        | renewed      | renewed        | renewed
  hard    | fails by network | exit 6         | exit 6       | exit 6         | exit 6
  hard    | needs the user   | asked          | exit 3       | exit 3, why    | asked
  expired | works            | renewed        | renewed      | renewed        | renewed
  expired | fails by network | exit 6         | exit 6       | exit 6         | exit 6
  expired | needs the user   | asked          | exit 3       | exit 3, why    | asked
`

interface Outcome {
  readonly gives: 'the cached ones' | 'new ones' | 'an error'
  readonly exitCode: number
  /** How often the lock, the strategy, AWS and the user were asked. */
  readonly questions: readonly [lock: number, strategy: number, aws: number, person: number]
  /** All output: the error with its hint, and what the user is told. */
  readonly said: RegExp
}

const silence = /^$/
const signedIn = new RegExp(`^Signed in as alice@example\\.com at corp; the role is ${developer}\\.$`)
const outcomes: Readonly<Record<string, Outcome>> = {
  cached: {gives: 'the cached ones', exitCode: 0, questions: [0, 0, 0, 0], said: silence},
  tried: {gives: 'the cached ones', exitCode: 0, questions: [1, 1, 0, 0], said: silence},
  renewed: {gives: 'new ones', exitCode: 0, questions: [1, 1, 1, 0], said: silence},
  asked: {gives: 'new ones', exitCode: 0, questions: [1, 1, 1, 1], said: signedIn},
  'exit 6': {gives: 'an error', exitCode: 6, questions: [1, 1, 0, 0], said: /^idp\.example could not be reached\.$/},
  'exit 3': {
    gives: 'an error',
    exitCode: 3,
    questions: [1, 1, 0, 0],
    said: /^You need to sign in to idp\.example\.\naws-oidc login --profile developer$/,
  },
  'exit 3, why': {
    gives: 'an error',
    exitCode: 3,
    questions: [1, 1, 0, 0],
    said: /^You need to sign in to idp\.example\. The last sign-in failed; programs may ask again at .+\.\naws-oidc login --profile developer$/,
  },
}

/** How many seconds are left, at both ends of each life. */
const lives: Readonly<Record<string, readonly number[]>> = {
  fresh: [7199, 901],
  soft: [900, 61],
  hard: [59, 1],
  expired: [0, -7200],
}

const renewals: Readonly<Record<string, (stage: Stage) => void>> = {
  works: () => undefined,
  'fails by network': ({provider}) => {
    provider.failure = unavailable()
  },
  'needs the user': ({provider}) => {
    provider.renewable = false
  },
}

const callers: Readonly<Record<string, {readonly asking: Partial<Asking>; readonly braked: boolean}>> = {
  'user present': {asking: {}, braked: false},
  'no user': {asking: {interactive: false}, braked: false},
  'brake: program': {asking: {}, braked: true},
  'brake: at a terminal': {asking: {attended: true}, braked: true},
}

const second = 1000
const request = {profile: 'developer', durationSeconds: 7200, force: false, lasting: false}

/** A machine with credentials that have so many seconds left, on which nothing has been asked or said yet. */
async function stageAt(secondsLeft: number, braked: boolean): Promise<{stage: Stage; old: Issued}> {
  const stage = makeStage()
  const {provider, sts, clock, said, told} = stage
  const old = await credentialsFor(request, stage.call())
  clock.advance((7199 - secondsLeft) * second)
  if (braked) {
    Object.assign(provider, {renewable: false, failure: refused()})
    await endingOf(credentialsFor({...request, force: true}, stage.call()))
  }
  clock.advance(second)
  Object.assign(provider, {renewable: true, failure: undefined, calls: 0, asked: 0})
  for (const list of [sts.requests, said, told]) list.length = 0
  return {stage, old}
}

/** Counts the locks of credentials; the lock of the provider is taken inside. */
function counting({hold, holdIfFree}: Locks): Locks & {taken: number} {
  const ofCredentials = (name: string) => (name.includes('.') ? 1 : 0)
  const counted: Locks & {taken: number} = {
    taken: 0,
    hold(name, signal, work) {
      counted.taken += ofCredentials(name)
      return hold(name, signal, work)
    },
    holdIfFree(name, work) {
      counted.taken += ofCredentials(name)
      return holdIfFree(name, work)
    },
  }
  return counted
}

async function endingOf(work: Promise<Issued>): Promise<Issued | AwsOidcError> {
  try {
    return await work
  } catch (error) {
    if (error instanceof AwsOidcError) return error
    throw error
  }
}

function wordsOf(ending: Issued | AwsOidcError): readonly string[] {
  return ending instanceof AwsOidcError ? [ending.message, ...(ending.hint ? [ending.hint] : [])] : []
}

function givenBy(ending: Issued | AwsOidcError, old: Issued): Outcome['gives'] {
  if (ending instanceof AwsOidcError) return 'an error'
  return ending.credentials.accessKeyId === old.credentials.accessKeyId ? 'the cached ones' : 'new ones'
}

function named<Value>(record: Readonly<Record<string, Value>>, name = ''): Value {
  const value = record[name]
  if (value === undefined) throw new Error(`the matrix says "${name}"`)
  return value
}

describe('the life of credentials', () => {
  const [[, , ...who] = [], , ...rows] = matrix
    .trim()
    .split('\n')
    .map(line => line.split('|').map(cell => cell.trim()))

  for (const [life, renewal, ...cells] of rows) {
    for (const [index, caller] of who.entries()) {
      it(`(${life}, renewal ${renewal}, ${caller}): ${cells[index]}`, async () => {
        const {gives, exitCode, questions, said} = named(outcomes, cells[index])
        const {asking, braked} = named(callers, caller)
        for (const secondsLeft of named(lives, life)) {
          const {stage, old} = await stageAt(secondsLeft, braked)
          named(renewals, renewal)(stage)
          const {locks, ...deps} = stage.call(asking)
          const counted = counting(locks)
          const ending = await endingOf(credentialsFor(request, {...deps, locks: counted}))
          const {provider, sts} = stage
          expect(
            {
              gives: givenBy(ending, old),
              exitCode: ending instanceof AwsOidcError ? exitCodeOf(ending.code) : 0,
              questions: [counted.taken, provider.calls, sts.requests.length, provider.asked],
            },
            `${secondsLeft} s before the end`,
          ).to.deep.equal({gives, exitCode, questions})
          expect([...wordsOf(ending), ...stage.said, ...stage.told].join('\n')).to.match(said)
        }
      })
    }
  }

  it('has an entry for each remaining lifetime, each way of renewal and each caller', () => {
    const wanted = Object.keys(lives).flatMap(life => Object.keys(renewals).map(renewal => [life, renewal]))
    expect(rows.map(([life, renewal]) => [life, renewal])).to.deep.equal(wanted)
    expect(who).to.deep.equal(Object.keys(callers))
    expect(new Set(rows.map(({length}) => length))).to.deep.equal(new Set([who.length + 2]))
  })
})
