import {Args} from '@oclif/core'
import {completedShells, setUps, usualShell} from '../../completion/shells.ts'
import {AwsOidcError, printable} from '../../errors.ts'
import {AwsOidcCommand} from '../shared/command.ts'

export default class Autocomplete extends AwsOidcCommand {
  static override summary = 'Say how to set up completion in your shell.'
  static override description =
    'Commands, flags, and values: profiles, providers, roles and regions of the configuration, formats, strategies. A Tab asks nobody, needs no network and writes nothing.'
  static override examples = [
    '<%= config.bin %> autocomplete',
    '<%= config.bin %> autocomplete bash',
    '<%= config.bin %> autocomplete zsh',
  ]
  static override args = {
    shell: Args.string({
      options: [...completedShells],
      description: 'shell, if not the one you are in',
      ignoreStdin: true,
    }),
  }

  async run(): Promise<void> {
    const {args} = await this.parse(Autocomplete)
    const usual = args.shell ?? usualShell(this.outside.env, this.outside.platform)
    const shell = completedShells.find(name => name === usual)
    if (shell === undefined) {
      const which = usual === '' ? 'Your shell is not known here.' : `There is none for ${printable(usual, 60)}.`
      throw new AwsOidcError('USAGE', `${which} There is completion for ${completedShells.join(', ')}.`, {
        hint: `aws-oidc autocomplete ${completedShells[0]}`,
      })
    }
    const {line, file} = setUps[shell]
    this.report({shell, line, file}, [`For completion in ${shell} write this into ${file}:`, '', `    ${line}`])
  }
}
