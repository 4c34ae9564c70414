import {Flags} from '@oclif/core'
import type {LogoutResult} from '../session/logout.ts'
import {AwsOidcCommand, profileFlag} from './shared/command.ts'

export default class Logout extends AwsOidcCommand {
  static override summary = 'Sign out: revoke what the provider gave, and remove it here.'
  static override description =
    'Role credentials that AWS has issued stay valid until they expire; they are only forgotten here. What the provider can not be told is said, and removed here all the same.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> logout',
    '<%= config.bin %> logout --all',
    '<%= config.bin %> logout --provider corp --everywhere',
  ]
  static override flags = {
    profile: profileFlag,
    provider: Flags.string({description: 'provider to sign out of', helpValue: 'NAME', exclusive: ['profile']}),
    all: Flags.boolean({description: 'every provider', exclusive: ['profile', 'provider']}),
    everywhere: Flags.boolean({description: "end the provider's session in your browser too"}),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(Logout)
    const {profile, provider, all, everywhere} = flags
    const {deps} = await this.wire(flags, {login: true})
    const {logout} = await import('../session/logout.ts')
    const usualProfile = this.profileOf(undefined)
    const results = await logout({profile, provider, all, everywhere, usualProfile}, deps)
    this.report({signedOut: results}, results.flatMap(describe))
  }
}

function describe({provider, subject, wasSignedIn, problem}: LogoutResult): readonly string[] {
  const who = wasSignedIn
    ? `${subject ?? 'Somebody without a name'} is signed out of ${provider}.`
    : `Nobody was signed in at ${provider}.`
  return problem ? [who, `${problem.message} What was kept here is removed.`] : [who]
}
