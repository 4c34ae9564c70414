import {printable} from '../errors.ts'
import {answering, longestQuestion, type PromptStreams} from './prompts.ts'

/** The answer of a user who wants to return to the previous question. */
export const back = Symbol('back')
export type Back = typeof back

/** The questions of a wizard. They have defaults, check each answer at once, and let the user go back. */
export interface Dialogue {
  /** `check` returns what is wrong with an answer; the question is then asked again. */
  text(message: string, options: TextOptions): Promise<string | Back>
  choose<Value>(message: string, choices: readonly Choice<Value>[], preferred?: Value): Promise<Value | Back>
  secret(message: string): Promise<string>
}

export interface TextOptions {
  readonly default?: string | undefined
  readonly check: (answer: string) => string | undefined
}

export interface Choice<Value> {
  readonly label: string
  readonly value: Value
}

const goBack = '<'
const longestList = 12

export function dialogueOn(streams: () => PromptStreams, signal: AbortSignal): Dialogue {
  const put = answering(streams, signal)
  return {
    async text(wording, {default: usual, check}) {
      const {input} = await import('./questions.ts')
      const message = printable(wording, longestQuestion)
      const validate = (typed: string) => {
        const problem = typed.trim() === goBack ? undefined : check(typed.trim())
        return problem === undefined || printable(problem, longestQuestion)
      }
      const question = {message, validate, ...(usual !== undefined && {default: usual})}
      const answer = (await put(message, context => input(question, context))).trim()
      return answer === goBack ? back : answer
    },
    async choose(wording, choices, preferred) {
      const {select} = await import('./questions.ts')
      const message = printable(wording, longestQuestion)
      const options = choices.map(({label}, index) => ({name: printable(label, 200), value: index}))
      const chosen = await put(message, context =>
        select(
          {
            message,
            choices: [...options, {name: `${goBack} back`, value: -1}],
            default: Math.max(
              0,
              choices.findIndex(({value}) => preferred !== undefined && value === preferred),
            ),
            loop: false,
            pageSize: longestList,
          },
          context,
        ),
      )
      const choice = choices[chosen]
      return choice ? choice.value : back
    },
    async secret(wording) {
      const {password} = await import('./questions.ts')
      const message = printable(wording, longestQuestion)
      return put(message, context => password({message}, context))
    },
  }
}
