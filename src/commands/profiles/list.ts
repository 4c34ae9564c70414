import type {ListedProfile} from '../../settings/profiles.ts'
import {AwsOidcCommand} from '../shared/command.ts'

export default class ProfilesList extends AwsOidcCommand {
  static override summary = 'List the profiles in your aws-oidc configuration.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> profiles list',
    {description: 'for a script', command: '<%= config.bin %> profiles list --json'},
    {
      description: 'in another configuration file',
      command: 'AWS_OIDC_CONFIG_FILE=./config.yaml <%= config.bin %> profiles list',
    },
  ]
  static override flags = {}

  async run(): Promise<void> {
    const {flags} = await this.parse(ProfilesList)
    const {deps} = await this.wire(flags)
    const {listProfiles} = await import('../../settings/profiles.ts')
    const list = await listProfiles(deps)
    const none = [`There is no profile in ${list.path}.`, 'Try: aws-oidc setup']
    const rows = [['PROFILE', 'FROM', 'REGION', 'ROLE'], ...list.profiles.map(row)]
    this.report(list, list.profiles.length === 0 ? none : this.table(rows))
  }
}

function row({profile, providers, source, region, role}: ListedProfile): readonly string[] {
  return [profile, source === undefined ? providers.join(', ') : `profile ${source}`, region ?? '', role ?? '']
}
