import {AwsOidcError, printable} from '../errors.ts'
import type {Ask} from '../plugin.ts'

export interface PromptStreams {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
}

/** Questions on the terminal. The prompt library is loaded, and stdin touched, with the first of them only. */
export function promptsOn(streams: () => PromptStreams, signal: AbortSignal): Ask {
  const context = () => ({...streams(), signal})
  return {
    async select(message, choices) {
      const {select} = await import('@inquirer/prompts')
      const options = choices.map(({label, value}) => ({name: printable(label), value}))
      return interruptible(signal, () => select({message, choices: options, loop: false}, context()))
    },
    async text(message) {
      const {input} = await import('@inquirer/prompts')
      return interruptible(signal, () => input({message}, context()))
    },
    async secret(message) {
      const {password} = await import('@inquirer/prompts')
      return interruptible(signal, () => password({message}, context()))
    },
  }
}

/** While a question is open the terminal is raw: Ctrl-C arrives as a key, and the library reports it by this name. */
async function interruptible<Answer>(signal: AbortSignal, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    // The library's own error for this holds the reason as its cause.
    signal.throwIfAborted()
    if (error instanceof Error && error.name === 'ExitPromptError')
      throw new AwsOidcError('INTERRUPTED', 'Interrupted.')
    throw error
  }
}
