import {createInterface} from 'node:readline/promises'

/** Where text goes: results to stdout, everything else to stderr. */
export interface Terminal {
  print(text: string): void
  complain(text: string): void
  /** What a person types; nothing where nobody can. */
  ask(question: string): Promise<string | undefined>
}

/** The terminal of this process. */
export const processTerminal: Terminal = {
  print: text => void process.stdout.write(`${text}\n`),
  complain: text => void process.stderr.write(`${text}\n`),
  async ask(question) {
    if (!process.stdin.isTTY) return undefined
    const lines = createInterface({input: process.stdin, output: process.stderr})
    try {
      return (await lines.question(question)).trim()
    } finally {
      lines.close()
    }
  },
}
