import {createInterface} from 'node:readline/promises'

/** Prints results to stdout, everything else to stderr. */
export interface Terminal {
  print(text: string): void
  complain(text: string): void
  /** The text that the user types; `undefined` without a terminal. */
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
