import {Args} from '@oclif/core'
import {completedShells, setUps} from '../../completion/shells.ts'
import {AwsOidcCommand} from '../shared/command.ts'

export default class AutocompleteScript extends AwsOidcCommand {
  static override summary = 'Print what a shell is to run for completion.'
  static override examples = completedShells.map(shell => ({description: shell, command: setUps[shell].line}))
  static override args = {
    shell: Args.custom<(typeof completedShells)[number]>({
      options: [...completedShells],
      description: 'for which shell',
      ignoreStdin: true,
    })({required: true}),
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(AutocompleteScript)
    this.hand(await this.app(flags).completionScript(args.shell))
  }
}
