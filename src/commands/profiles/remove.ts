import {Args} from '@oclif/core'
import {AwsOidcCommand} from '../shared/command.ts'

export default class ProfilesRemove extends AwsOidcCommand {
  static override summary = 'Remove a profile from your aws-oidc configuration.'
  static override description =
    'A profile that other profiles switch from is not removed. Cached credentials of the profile are removed by "logout", or when they expire.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> profiles remove admin',
    '<%= config.bin %> profiles remove admin --json',
    {
      description: 'from the AWS tools as well',
      command: '<%= config.bin %> profiles remove admin && <%= config.bin %> profiles sync --prune --yes',
    },
  ]
  static override args = {
    profile: Args.string({description: 'profile to remove', required: true, ignoreStdin: true}),
  }
  static override flags = {}

  async run(): Promise<void> {
    const {flags, args} = await this.parse(ProfilesRemove)
    const {deps} = await this.wire(flags)
    const {removeProfile} = await import('../../settings/profiles.ts')
    await removeProfile(args.profile, deps)
    this.report({removed: args.profile}, [
      `The profile "${args.profile}" is removed.`,
      'To remove it from the AWS CLI and the SDKs, run: aws-oidc profiles sync --prune',
    ])
  }
}
