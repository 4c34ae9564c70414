import {expect} from 'chai'
import {credentialsFor} from '../../src/credentials/credentials.ts'
import type {Asking} from '../../src/credentials/dependencies.ts'
import type {Issued} from '../../src/credentials/issued.ts'
import {AwsOidcError} from '../../src/errors.ts'
import {makeStage, refused, type Stage, unavailable} from '../support/dependencies.ts'

const request = {profile: 'developer', force: false, lasting: false}

function ask(stage: Stage, asking?: Partial<Asking>): Promise<Issued> {
  return credentialsFor(request, stage.call(asking))
}

/** Calls that have come so far that they wait for the lock; the first of them gets it first. */
async function askInTurn(stage: Stage, askings: readonly Partial<Asking>[] = [{}, {}, {}]) {
  const release = stage.takeLocks()
  const endings = Promise.allSettled(askings.map(asking => ask(stage, asking)))
  await new Promise(setImmediate)
  release()
  return endings
}

/** Of each call its error code, or which credentials it got. */
function outcomes(endings: readonly PromiseSettledResult<Issued>[]): readonly string[] {
  return endings.map(ending => {
    if (ending.status === 'fulfilled') return ending.value.credentials.accessKeyId
    if (ending.reason instanceof AwsOidcError) return `${ending.reason.code}: ${ending.reason.message}`
    throw ending.reason
  })
}

describe('a call that waits for the sign-in of another one', () => {
  it('gets the same credentials, even where the cached ones have expired', async () => {
    const stage = makeStage()
    const [first, ...others] = outcomes(await askInTurn(stage))
    expect(first).to.match(/^ASIA/)
    expect(others).to.deep.equal([first, first])
    expect([stage.provider.calls, stage.provider.asked, stage.told.length]).to.deep.equal([1, 1, 1])
    stage.clock.advance(70 * 60_000)
    const [second, ...later] = outcomes(await askInTurn(stage))
    expect(second).to.match(/^ASIA/).and.not.equal(first)
    expect(later).to.deep.equal([second, second])
    expect([stage.provider.calls, stage.provider.asked], 'renewed once').to.deep.equal([2, 1])
  })

  for (const [what, failure] of [
    ['is refused', refused()],
    ['can not reach the provider', unavailable()],
    ['runs out of time', new AwsOidcError('TIMED_OUT', 'The sign-in took too long.')],
  ] as const) {
    it(`fails like a sign-in that ${what}, in the same words and without asking`, async () => {
      const stage = makeStage()
      stage.provider.failure = failure
      const said = `${failure.code}: ${failure.message}`
      expect(outcomes(await askInTurn(stage))).to.deep.equal([said, said, said])
      expect([stage.provider.calls, stage.provider.asked]).to.deep.equal([1, 1])
    })
  }

  it('is refused when the other one is ended by Ctrl-C, and does not ask', async () => {
    const stage = makeStage()
    stage.provider.failure = new AwsOidcError('INTERRUPTED', 'Interrupted.')
    const givenUp = 'SIGN_IN_REFUSED: The sign-in was given up.'
    expect(outcomes(await askInTurn(stage))).to.deep.equal(['INTERRUPTED: Interrupted.', givenUp, givenUp])
    expect(stage.provider.asked).to.equal(1)
  })

  it('asks on its own when the lock is released and nothing was noted, as after a kill', async () => {
    const stage = makeStage()
    expect(outcomes(await askInTurn(stage, [{}])).join()).to.match(/^ASIA/)
    expect([stage.provider.calls, stage.provider.asked]).to.deep.equal([1, 1])
  })

  it('asks on its own when the other one could not ask', async () => {
    const stage = makeStage()
    const [first, second, third] = outcomes(await askInTurn(stage, [{interactive: false}, {}, {}]))
    expect(first).to.match(/^SIGN_IN_REQUIRED: /)
    expect(second).to.match(/^ASIA/)
    expect(third).to.equal(second)
    expect(stage.provider.asked).to.equal(1)
  })

  it('asks on its own at a terminal when it begins after the other one has failed', async () => {
    const stage = makeStage()
    stage.provider.failure = refused()
    expect(outcomes(await askInTurn(stage, [{attended: true}])).join()).to.match(/^SIGN_IN_REFUSED/)
    stage.provider.failure = undefined
    await ask(stage, {attended: true})
    expect(stage.provider.asked).to.equal(2)
  })
})
