/** Where text goes: results to stdout, everything else to stderr. */
export interface Terminal {
  print(text: string): void
  complain(text: string): void
}

/** The terminal of this process. */
export const processTerminal: Terminal = {
  print: text => void process.stdout.write(`${text}\n`),
  complain: text => void process.stderr.write(`${text}\n`),
}
