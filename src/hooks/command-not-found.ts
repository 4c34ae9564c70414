import {nearest} from '../config/nearest.ts'

interface Unknown {
  /** What was typed, with colons between the words. */
  readonly id: string
  readonly config: {
    readonly commands: readonly {readonly id: string; readonly flags: Readonly<Record<string, unknown>>}[]
  }
}

/** oclif's own answer to an unknown command is exit code 127, which means something else to a shell. */
export default async function commandNotFound({id, config: {commands}}: Unknown): Promise<never> {
  const [name = '', ...rest] = id.split(':')
  const known = commands.find(command => command.id === name)
  if (known) {
    const what = rest.join(' ')
    const instead = 'profile' in known.flags ? `--profile ${what}` : '--help'
    throw usage(`"aws-oidc ${name}" takes no argument "${what}".`, `aws-oidc ${name} ${instead}`)
  }
  const near = nearest(
    id,
    commands.map(command => command.id),
  )
  throw usage(`There is no command "${typed(id)}".`, near === undefined ? 'aws-oidc help' : `aws-oidc ${typed(near)}`)
}

function usage(message: string, suggestion: string): Error {
  // oclif's own "Try this:" would be the only hint of another shape than ours.
  return Object.assign(new Error(`${message}\nTry: ${suggestion}`), {oclif: {exit: 2}})
}

function typed(id: string): string {
  return id.replaceAll(':', ' ')
}
