import {Args, Flags} from '@oclif/core'
import {AwsOidcError} from '../../errors.ts'
import {AwsOidcCommand} from '../shared/command.ts'

export default class ProvidersSetSecret extends AwsOidcCommand {
  static override summary = "Store a provider's secret in the keyring of this system."
  static override description =
    'Asks for the secret on the terminal without showing it, or reads it from a pipe. The secret is never in an argument or a file.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> providers set-secret corp clientSecret',
    {
      description: 'from a password manager',
      command: 'op read op://work/corp/secret | <%= config.bin %> providers set-secret corp clientSecret',
    },
    '<%= config.bin %> providers set-secret corp clientSecret --remove',
  ]
  // The pipe holds the secret: without `ignoreStdin` oclif would take it for a missing argument, and repeat it.
  static override args = {
    provider: Args.string({description: 'provider that has the secret', required: true, ignoreStdin: true}),
    setting: Args.string({description: 'its secret setting, such as clientSecret', required: true, ignoreStdin: true}),
    // oclif would also repeat an argument that it does not know.
    secret: Args.string({hidden: true, ignoreStdin: true, parse: refuseSecret}),
  }
  static override flags = {
    remove: Flags.boolean({description: 'remove the secret from the keyring'}),
  }

  async run(): Promise<void> {
    const {flags, args} = await this.parse(ProvidersSetSecret)
    const {provider, setting} = args
    const {deps} = await this.wire(flags, {login: true})
    const {setSecret} = await import('../../settings/set-secret.ts')
    const result = await setSecret({provider, setting, remove: flags.remove}, deps)
    const {name, removed, missingLine} = result
    this.report(result, [
      removed ? `The secret "${name}" is removed from the keyring.` : `The secret "${name}" is in the keyring.`,
      ...(missingLine === undefined
        ? []
        : [`Now add this line under "${provider}" in the configuration:`, '', `  ${missingLine}`, '']),
    ])
  }
}

async function refuseSecret(): Promise<never> {
  throw new AwsOidcError('USAGE', 'Every program here can see a secret in an argument, and shell histories keep it.', {
    hint: 'Leave it out: aws-oidc asks for it on the terminal, or reads it from a pipe.',
  })
}
