import {type ErrorCode, expectedFailure} from '../errors.ts'
import type {Dependencies} from './dependencies.ts'
import type {Plan} from './plan.ts'

const givenUp: ReadonlySet<ErrorCode> = new Set(['INTERRUPTED', 'TERMINATED'])

/**
 * Notes the error that the work fails with, for `status`: the SDKs for JavaScript and Java hide a credential_process's
 * stderr. A success clears the note.
 */
export async function noting<Result>(
  {providerId}: Plan,
  {states, clock, secrets}: Pick<Dependencies, 'states' | 'clock' | 'secrets'>,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    const result = await work()
    if ((await states.read(providerId)).lastProblem) {
      await states.change(providerId, ({lastProblem: _, ...state}) => state)
    }
    return result
  } catch (error) {
    const failure = expectedFailure(error)
    if (failure && !givenUp.has(failure.code)) {
      const {code, hint} = failure
      const lastProblem = {at: clock.now(), code, message: secrets.mask(failure.message), hint}
      await states.change(providerId, state => ({...state, lastProblem}))
    }
    throw error
  }
}
