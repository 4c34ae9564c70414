import {nearest} from '../config/nearest.ts'

interface Unknown {
  /** What was typed, with colons between the words. */
  readonly id: string
  readonly config: {
    readonly commands: readonly {readonly id: string; readonly flags: Readonly<Record<string, unknown>>}[]
  }
}

/** Fails with exit code 2 for an unknown command: oclif's own 127 means something else to a shell. */
export default async function commandNotFound({id, config: {commands}}: Unknown): Promise<never> {
  const words = id.split(':')
  const [name = '', ...rest] = words
  const known = commands.find(command => command.id === name)
  const near = nearCommand(words, known ? commands.filter(command => command.id.startsWith(`${name}:`)) : commands)
  if (known && near === undefined) {
    const what = rest.join(' ')
    const instead = 'profile' in known.flags ? `--profile ${what}` : '--help'
    throw usage(`"aws-oidc ${name}" takes no argument "${what}".`, `aws-oidc ${name} ${instead}`)
  }
  throw usage(`There is no command "${typed(id)}".`, near === undefined ? 'aws-oidc help' : `aws-oidc ${typed(near)}`)
}

/** The nearest known command. Which words are arguments is not known, so as many as possible count as the command. */
function nearCommand(words: readonly string[], commands: Unknown['config']['commands']): string | undefined {
  const ids = commands.map(command => command.id)
  for (let count = words.length; count > 0; count--) {
    const near = nearest(words.slice(0, count).join(':'), ids)
    if (near !== undefined) return near
  }
  return undefined
}

function usage(message: string, suggestion: string): Error {
  // oclif's own "Try this:" would look different from all our other hints.
  return Object.assign(new Error(`${message}\nTry: ${suggestion}`), {oclif: {exit: 2}})
}

function typed(id: string): string {
  return id.replaceAll(':', ' ')
}
