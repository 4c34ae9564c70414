import {join} from 'node:path'
import {Args} from '@oclif/core'
import {completedShells, setUps} from '../../completion/shells.ts'
import {AwsOidcCommand} from '../shared/command.ts'

export default class AutocompleteScript extends AwsOidcCommand {
  static override summary = 'Print the completion script for a shell.'
  static override examples = completedShells.map(shell => ({description: shell, command: setUps[shell].line}))
  static override args = {
    shell: Args.custom<(typeof completedShells)[number]>({
      options: [...completedShells],
      description: 'shell that runs the script',
      ignoreStdin: true,
    })({required: true}),
  }

  async run(): Promise<void> {
    const {args} = await this.parse(AutocompleteScript)
    const path = join(this.config.root, 'bin', setUps[args.shell].script)
    const script = await this.outside.files.readText(path)
    if (script === undefined) throw new Error(`${path} is missing`)
    this.hand(script)
  }
}
