import {Args} from '@oclif/core'
import type {ProviderDetails} from '../../settings/providers.ts'
import {AwsOidcCommand} from '../shared/command.ts'

export default class ProvidersShow extends AwsOidcCommand {
  static override summary = 'Show the settings of a provider, without its secrets.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> providers show corp',
    {description: 'for a script', command: '<%= config.bin %> providers show corp --json'},
    {
      description: 'in another configuration file',
      command: 'AWS_OIDC_CONFIG_FILE=./config.yaml <%= config.bin %> providers show corp',
    },
  ]
  static override args = {
    provider: Args.string({description: 'provider to show', required: true, ignoreStdin: true}),
  }
  static override flags = {}

  async run(): Promise<void> {
    const {flags, args} = await this.parse(ProvidersShow)
    const {deps} = await this.wire(flags)
    const {showProvider} = await import('../../settings/providers.ts')
    const details = await showProvider(args.provider, deps)
    this.report(details, this.table(rows(details)))
  }
}

function rows({provider, place, strategy, package: owner, settings, profiles}: ProviderDetails) {
  return [
    ['Provider', provider],
    ['Place', place],
    ['Strategy', owner === undefined ? `${strategy}, which is not installed` : `${strategy} of ${owner}`],
    ...Object.entries(settings).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
    ['Profiles', profiles.join(', ')],
  ]
}
