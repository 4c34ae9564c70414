import {AwsOidcError, printable} from '../errors.ts'
import type {Ask} from '../plugin.ts'

export interface PromptStreams {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
}

// As many as fit a small terminal together with the lines above them.
const longestList = 10
/** A plugin may ask with text from outside. */
export const longestQuestion = 1_000

/** Questions on the terminal. Only the first one loads the prompt library and touches stdin. */
export function promptsOn(streams: () => PromptStreams, signal: AbortSignal): Ask {
  const context = () => ({...streams(), signal})
  return {
    async select(wording, choices) {
      const message = printable(wording, longestQuestion)
      const {search, select} = await import('./questions.ts')
      const options = choices.map(({label, value}) => ({name: printable(label), value}))
      if (options.length > longestList) {
        const source = (term = '') => matching(options, term)
        return interruptible(signal, () => search({message, source, pageSize: longestList}, context()))
      }
      return interruptible(signal, () => select({message, choices: options, loop: false}, context()))
    },
    async text(wording) {
      const {input} = await import('./questions.ts')
      const message = printable(wording, longestQuestion)
      return interruptible(signal, () => input({message}, context()))
    },
    async secret(wording) {
      const {password} = await import('./questions.ts')
      const message = printable(wording, longestQuestion)
      return interruptible(signal, () => password({message}, context()))
    },
  }
}

/** The options whose names contain every typed word. */
function matching<Option extends {readonly name: string}>(options: readonly Option[], term: string): readonly Option[] {
  const words = term.toLowerCase().split(/\s+/)
  return options.filter(({name}) => words.every(word => name.toLowerCase().includes(word)))
}

/** During a question the terminal is raw: Ctrl-C arrives as a key, and the library reports it by this error name. */
export async function interruptible<Answer>(signal: AbortSignal, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    // The library's own error hides the signal's reason in its cause.
    signal.throwIfAborted()
    if (error instanceof Error && error.name === 'ExitPromptError')
      throw new AwsOidcError('INTERRUPTED', 'Interrupted.')
    throw error
  }
}
