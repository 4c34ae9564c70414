import {stripVTControlCharacters} from 'node:util'
import type {TerminalSession} from './terminal-session.ts'
import {until} from './until.ts'

export const enter = '\r'
export const up = '\u001b[A'
export const down = '\u001b[B'
/** Selects the last item of a list, which goes back. */
export const last = down.repeat(40) + enter
export const ctrlC = '\u0003'
/** Removes what was typed so far. */
export const clear = '\u0015'

/** A user who answers the questions of a wizard. */
export interface Respondent {
  /** Types once a text has appeared since the last answer. */
  answer(text: string, keys: string): Promise<void>
  /** Resolves when a text has appeared since the last answer. */
  sees(text: string): Promise<void>
  /** Everything shown on the terminal, without control sequences. */
  seen(): string
}

export function respondentAt(session: TerminalSession): Respondent {
  let from = 0
  const seen = () => stripVTControlCharacters(session.shown())
  async function sees(text: string): Promise<void> {
    try {
      await until(`"${text}" is seen`, () => seen().slice(from).includes(text), 20_000)
    } catch (error) {
      throw new Error(`instead of "${text}" this is seen: ${seen().slice(from)}`, {cause: error})
    }
  }

  return {
    seen,
    sees,
    async answer(text, keys) {
      await sees(text)
      from = seen().length
      session.type(keys)
    },
  }
}
