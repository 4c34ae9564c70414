import {millisecondsIn} from '../contract/values.ts'
import {AwsOidcError} from '../errors.ts'
import type {Clock} from '../outside/system/clock.ts'
import type {Ask, AskOptions} from '../plugin.ts'

export interface QuestionTime {
  readonly askUntil: (signal: AbortSignal) => Ask
  readonly clock: Pick<Clock, 'limit'>
  readonly signal: AbortSignal
  /** What to type to be asked again. */
  readonly hint: string
}

/** The questions, each within the time that it may have: it rejects with TIMED_OUT then. */
export function timedQuestions({askUntil, clock, signal, hint}: QuestionTime): Ask {
  async function put<Answer>(
    question: string,
    options: AskOptions | undefined,
    asked: (ask: Ask) => Promise<Answer>,
  ): Promise<Answer> {
    if (options?.timeout === undefined) return asked(askUntil(signal))
    const timeout = millisecondsIn(options.timeout, '"timeout" of a question')
    const late = new AwsOidcError('TIMED_OUT', `Nobody has answered "${question}" within ${timeout / 1000} s.`, {hint})
    const limit = clock.limit(timeout, late, signal)
    try {
      return await asked(askUntil(limit.signal))
    } finally {
      limit.cancel()
    }
  }
  return {
    available: askUntil(signal).available === true,
    select: (question, choices, options) => put(question, options, ask => ask.select(question, choices)),
    text: (question, options) => put(question, options, ask => ask.text(question)),
    secret: (question, options) => put(question, options, ask => ask.secret(question)),
  }
}
