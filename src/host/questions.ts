import type {Ask} from '../plugin.ts'
import {InputEnded} from '../terminal/prompts.ts'

/** Questions behind the door that every way to the user has. */
export interface Door {
  readonly interactive: boolean
  /** Throws SIGN_IN_REQUIRED if nobody may be asked. */
  readonly beforeAsking: () => void
  /** The error if nobody can answer any more, and why. */
  readonly unanswered: (because: string) => Error
}

/** The questions, each asked only if somebody may be asked. Rejects with SIGN_IN_REQUIRED also if the input ends. */
export function questionsBehind({interactive, beforeAsking, unanswered}: Door, ask: Ask): Ask {
  async function put<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    beforeAsking()
    try {
      return await question()
    } catch (error) {
      throw error instanceof InputEnded ? unanswered(error.message) : error
    }
  }
  return {
    available: interactive && ask.available === true,
    select: (question, choices, options) => put(() => ask.select(question, choices, options)),
    text: (question, options) => put(() => ask.text(question, options)),
    secret: (question, options) => put(() => ask.secret(question, options)),
  }
}
