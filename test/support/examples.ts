import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {root} from './sandbox.ts'

export interface Command {
  readonly name: string
  readonly summary: string
  readonly examples: readonly Example[]
}

export interface Example {
  readonly description?: string
  /** The line as it is typed. */
  readonly line: string
}

/** Our commands with the examples of their `--help`, from oclif.manifest.json. */
export function ourCommands(): readonly Command[] {
  const {commands} = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8'))
  return Object.entries<{summary?: string; examples?: readonly (string | {description: string; command: string})[]}>(
    commands,
  ).map(([id, {summary = '', examples = []}]) => ({
    name: id.replaceAll(':', ' '),
    summary,
    examples: examples.map(example => {
      const {description, command} = typeof example === 'string' ? {command: example} : {...example}
      return {
        ...(description !== undefined && {description}),
        line: command.replaceAll('<%= config.bin %>', 'aws-oidc'),
      }
    }),
  }))
}
