import {AwsOidcError, printable} from '../errors.ts'
import type {Ask} from '../plugin.ts'

export interface PromptStreams {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
  /** Aborts when the input has ended, so that no answer can come. */
  readonly ended: AbortSignal
}

/** The input ended before a question was answered: there is nobody at a terminal, or the pipe has no more lines. */
export class InputEnded extends AwsOidcError {
  constructor(question: string) {
    super('USAGE', `The input ended before the question "${question}" was answered.`, {
      hint: 'the same command on a terminal',
    })
  }
}

// As many as fit a small terminal together with the lines above them.
const longestList = 10
/** A plugin may ask with text from outside. */
export const longestQuestion = 1_000

/** Questions on the terminal, where `available` says that somebody sits there. Only the first one loads the prompt library and touches stdin. */
export function promptsOn(streams: () => PromptStreams, signal: AbortSignal, available = false): Ask {
  const put = answering(streams, signal)
  return {
    available,
    async select(wording, choices) {
      const message = printable(wording, longestQuestion)
      const {search, select} = await import('./questions.ts')
      const options = choices.map(({label, value}) => ({name: printable(label), value}))
      if (options.length > longestList) {
        const source = (term = '') => matching(options, term)
        return put(message, context => search({message, source, pageSize: longestList}, context))
      }
      return put(message, context => select({message, choices: options, loop: false}, context))
    },
    async text(wording) {
      const {input} = await import('./questions.ts')
      const message = printable(wording, longestQuestion)
      return put(message, context => input({message}, context))
    },
    async secret(wording) {
      const {password} = await import('./questions.ts')
      const message = printable(wording, longestQuestion)
      return put(message, context => password({message}, context))
    },
  }
}

/** The options whose names contain every typed word. */
function matching<Option extends {readonly name: string}>(options: readonly Option[], term: string): readonly Option[] {
  const words = term.toLowerCase().split(/\s+/)
  return options.filter(({name}) => words.every(word => name.toLowerCase().includes(word)))
}

export interface PromptContext {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
  readonly signal: AbortSignal
  /** Read by the library when the question is over: whether to remove it. */
  readonly clearPromptOnDone: boolean
}

/**
 * Puts questions until the signal aborts, and rejects with its reason then; with InputEnded if the input ends first.
 * During a question the terminal is raw: Ctrl-C arrives as a key, and the library reports it by an error's name.
 */
export function answering(streams: () => PromptStreams, signal: AbortSignal) {
  return async function put<Answer>(
    question: string,
    ask: (context: PromptContext) => Promise<Answer>,
  ): Promise<Answer> {
    const {input, output, ended} = streams()
    try {
      return await ask({
        input,
        output,
        signal: AbortSignal.any([signal, ended]),
        get clearPromptOnDone() {
          return signal.aborted
        },
      })
    } catch (error) {
      // The library's own error hides the signal's reason in its cause.
      signal.throwIfAborted()
      if (ended.aborted) throw new InputEnded(question)
      if (error instanceof Error && error.name === 'ExitPromptError')
        throw new AwsOidcError('INTERRUPTED', 'Interrupted.')
      throw error
    }
  }
}
