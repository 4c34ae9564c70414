import assert from 'node:assert/strict'
import type {Ask, Log} from '../plugin.ts'
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
export function askWith(ask: (question: Question) => Promise<string | number>, keep: (answer: string) => void): Ask {
  return {
    async select(question, choices) {
      const answer = await ask({kind: 'select', question, choices: choices.map(({label}) => label)})
      const choice = typeof answer === 'number' ? choices[answer] : choices.find(({label}) => label === answer)
      assert.ok(choice, `There is no choice "${answer}" for "${question}".`)
      return choice.value
    },
    text: async question => String(await ask({kind: 'text', question, choices: []})),
    async secret(question) {
      const answer = String(await ask({kind: 'secret', question, choices: []}))
      keep(answer)
      return answer
    },
  }
}
