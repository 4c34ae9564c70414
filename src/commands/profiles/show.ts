import {Args} from '@oclif/core'
import type {ProfileDetails} from '../../settings/profiles.ts'
import {AwsOidcCommand} from '../shared/command.ts'

export default class ProfilesShow extends AwsOidcCommand {
  static override summary = 'Show a profile as it is used, with the settings that its provider and sources add.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> profiles show developer',
    {description: 'a profile that switches to a role', command: '<%= config.bin %> profiles show admin'},
    {description: 'for a script', command: '<%= config.bin %> profiles show developer --json'},
  ]
  static override args = {
    profile: Args.string({description: 'profile to show', required: true, ignoreStdin: true}),
  }
  static override flags = {}

  async run(): Promise<void> {
    const {flags, args} = await this.parse(ProfilesShow)
    const {deps} = await this.wire(flags)
    const {showProfile} = await import('../../settings/profiles.ts')
    const details = await showProfile(args.profile, deps)
    this.report(details, this.table(rows(details)))
  }
}

function rows(details: ProfileDetails): readonly (readonly string[])[] {
  const {profile, place, providers, chain, role, accountName, region, durationSeconds, sessionName} = details
  const {stsEndpoint, usedBy, awsTools} = details
  return [
    ['Profile', profile],
    ['Place', place],
    ['From', providers.length > 0 ? providers.join(', ') : chain.join(' > ')],
    ['Role', role ?? 'the only one offered, or the one you choose'],
    ...(accountName === undefined ? [] : [['Account', accountName]]),
    ['Region', region ?? ''],
    ['Duration', `${durationSeconds} s`],
    ['Session name', sessionName ?? 'the user who signed in'],
    ['STS', stsEndpoint],
    ['Source of', usedBy.join(', ')],
    ['AWS tools', awsTools.upToDate ? 'up to date' : [awsTools.why, awsTools.hint].filter(Boolean).join(' Try: ')],
  ]
}
