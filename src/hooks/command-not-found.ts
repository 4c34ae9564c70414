import {nearest} from '../config/nearest.ts'

/** oclif's own answer to an unknown command is exit code 127, which means something else to a shell. */
export default async function commandNotFound({id, config}: Unknown): Promise<never> {
  const near = nearest(id, config.commandIDs)
  throw Object.assign(new Error(`There is no command "${typed(id)}".`), {
    suggestions: [near === undefined ? 'aws-oidc help' : `aws-oidc ${typed(near)}`],
    oclif: {exit: 2},
  })
}

interface Unknown {
  readonly id: string
  readonly config: {readonly commandIDs: readonly string[]}
}

function typed(id: string): string {
  return id.replaceAll(':', ' ')
}
