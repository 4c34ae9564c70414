import assert from 'node:assert/strict'
import {millisecondsIn, textIn} from '../contract/values.ts'
import type {Ask, AskOptions, Host, Log} from '../plugin.ts'
import type {FakeMemory, LogLine, Question} from './script.ts'

/** A memory that starts with the entries of `before`, expires them by the clock `now`, and reports values to `note`. */
export function memoryUntil(
  now: () => number,
  before: FakeMemory | undefined,
  note: (value: string) => void,
): FakeMemory {
  const entries = new Map(before?.entries)
  for (const {value} of entries.values()) note(value)
  return {
    entries,
    async get(name) {
      const entry = entries.get(name)
      return entry && entry.expiresAt.getTime() > now() ? entry.value : undefined
    },
    async set(name, value, expiresAt) {
      note(value)
      entries.set(name, {value, expiresAt})
    },
    async delete(name) {
      entries.delete(name)
    },
    directory: () => Promise.reject(new assert.AssertionError({message: 'The fake host has no folder.'})),
  }
}

export function logInto(lines: LogLine[]): Log {
  const at = (level: keyof Log) => (message: string) => void lines.push({level, message})
  return {debug: at('debug'), info: at('info'), warn: at('warn')}
}

/** An `Ask` that takes its answers from `ask` and passes typed secrets to `keep`. */
export function askWith(
  available: boolean,
  ask: (question: Question) => Promise<string | number>,
  keep: (answer: string) => void,
): Ask {
  const put = async (question: Omit<Question, 'timeout'>, options: AskOptions | undefined) => {
    if (options?.timeout === undefined) return ask(question)
    return ask({...question, timeout: millisecondsIn(options.timeout, '"timeout" of a question')})
  }
  return {
    available,
    async select(question, choices, options) {
      const answer = await put({kind: 'select', question, choices: choices.map(({label}) => label)}, options)
      const choice = typeof answer === 'number' ? choices[answer] : choices.find(({label}) => label === answer)
      assert.ok(choice, `There is no choice "${answer}" for "${question}".`)
      return choice.value
    },
    text: async (question, options) => String(await put({kind: 'text', question, choices: []}, options)),
    async secret(question, options) {
      const answer = String(await put({kind: 'secret', question, choices: []}, options))
      keep(answer)
      return answer
    },
  }
}

/** The notices that are shown, and `host.notice`. */
export function noticesOf(): {readonly shown: string[]; readonly notice: NonNullable<Host['notice']>} {
  const shown: string[] = []
  return {
    shown,
    notice(text) {
      textIn(text, 'the notice')
      shown.push(text)
      let isShown = true
      return () => {
        if (isShown) shown.splice(shown.indexOf(text), 1)
        isShown = false
      }
    },
  }
}
