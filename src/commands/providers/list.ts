import {AwsOidcCommand} from '../shared/command.ts'

export default class ProvidersList extends AwsOidcCommand {
  static override summary = 'List the providers in your aws-oidc configuration.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> providers list',
    {description: 'for a script', command: '<%= config.bin %> providers list --json'},
    {
      description: 'in another configuration file',
      command: 'AWS_OIDC_CONFIG_FILE=./config.yaml <%= config.bin %> providers list',
    },
  ]
  static override flags = {}

  async run(): Promise<void> {
    const {flags} = await this.parse(ProvidersList)
    const {deps} = await this.wire(flags)
    const {listProviders} = await import('../../settings/providers.ts')
    const list = await listProviders(deps)
    const rows = list.providers.map(({provider, strategy, profiles}) => [provider, strategy, profiles.join(', ')])
    const none = [`There is no provider in ${list.path}.`, 'Try: aws-oidc setup']
    this.report(list, rows.length === 0 ? none : this.table([['PROVIDER', 'STRATEGY', 'PROFILES'], ...rows]))
  }
}
