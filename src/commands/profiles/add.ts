import {Args, Flags} from '@oclif/core'
import {AwsOidcCommand} from '../shared/command.ts'
import {durationFlag} from '../shared/duration-flag.ts'
import {regionFlag} from '../shared/region-flag.ts'

export default class ProfilesAdd extends AwsOidcCommand {
  static override summary = 'Add a profile to your aws-oidc configuration.'
  static override description =
    'The profile assumes a role by signing in to a provider, or switches to a role from another profile. Everything else in the file stays as it is.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> profiles add developer --provider corp --role arn:aws:iam::123456789012:role/developer',
    {
      description: 'switch to a role from another profile',
      command: '<%= config.bin %> profiles add admin --source developer --role arn:aws:iam::123456789012:role/admin',
    },
    '<%= config.bin %> profiles add short --provider corp --duration 15m --region eu-central-1',
  ]
  static override completions = {profile: 'new'}
  static override args = {
    profile: Args.string({description: 'name of the new profile', required: true, ignoreStdin: true}),
  }
  static override flags = {
    provider: Flags.string({
      description: 'provider to sign in to; of several, the first that applies',
      helpValue: 'NAME',
      multiple: true,
      exactlyOne: ['provider', 'source'],
    }),
    source: Flags.string({description: 'profile whose credentials assume the role', helpValue: 'NAME'}),
    role: Flags.string({description: 'role to assume; its account may have a name', helpValue: 'ARN'}),
    region: regionFlag({description: 'AWS region'}),
    duration: durationFlag,
    'session-name': Flags.string({description: 'name of the role session', helpValue: "'{email}'"}),
    'external-id': Flags.string({
      description: 'external ID that the role requires',
      helpValue: 'ID',
      dependsOn: ['source'],
    }),
    output: Flags.string({description: 'output format of the AWS CLI', helpValue: 'json'}),
  }

  async run(): Promise<void> {
    const {flags, args} = await this.parse(ProfilesAdd)
    const {provider: providers = [], source, role, region, duration: durationSeconds, output} = flags
    const [sessionName, externalId] = [flags['session-name'], flags['external-id']]
    const request = {
      name: args.profile,
      providers,
      source,
      role,
      region,
      durationSeconds,
      sessionName,
      externalId,
      output,
    }
    const {deps} = await this.wire(flags, {login: true})
    const {addProfile} = await import('../../settings/profiles.ts')
    const added = await addProfile(request, deps)
    this.report(added, [
      `Added the profile "${added.profile}" to ${added.path}.`,
      'To use it with the AWS CLI and the SDKs, run: aws-oidc profiles sync',
    ])
  }
}
