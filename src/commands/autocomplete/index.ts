import {Args} from '@oclif/core'
import {completedShells, setUps, usualShell} from '../../completion/shells.ts'
import {AwsOidcError, printable} from '../../errors.ts'
import {AwsOidcCommand} from '../shared/command.ts'

export default class Autocomplete extends AwsOidcCommand {
  static override summary = 'Show how to set up completion in your shell.'
  static override description =
    'Completes commands, flags and their values: profiles, providers, roles and regions in your configuration, formats and strategies. Pressing Tab asks nothing, needs no network and writes nothing.'
  static override examples = [
    '<%= config.bin %> autocomplete',
    '<%= config.bin %> autocomplete bash',
    '<%= config.bin %> autocomplete zsh',
  ]
  static override args = {
    shell: Args.string({
      options: [...completedShells],
      description: 'shell to set up, if it is not the one you are in',
      ignoreStdin: true,
    }),
  }

  async run(): Promise<void> {
    const {args} = await this.parse(Autocomplete)
    const usual = args.shell ?? usualShell(this.outside.env, this.outside.platform)
    const shell = completedShells.find(name => name === usual)
    if (shell === undefined) {
      const which = usual === '' ? 'Your shell is unknown.' : `There is no completion for ${printable(usual, 60)}.`
      throw new AwsOidcError('USAGE', `${which} Supported shells: ${completedShells.join(', ')}.`, {
        hint: `aws-oidc autocomplete ${completedShells[0]}`,
      })
    }
    const {line, file} = setUps[shell]
    this.report({shell, line, file}, [`To set up completion in ${shell}, add this line to ${file}:`, '', `    ${line}`])
  }
}
