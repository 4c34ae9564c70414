import {Flags} from '@oclif/core'
import type {LogoutResult} from '../session/logout.ts'
import {AwsOidcCommand, profileFlag} from './shared/command.ts'

export default class Logout extends AwsOidcCommand {
  static override summary = 'Sign out: revoke your tokens at the provider, and remove them here.'
  static override description =
    'Role credentials that AWS has issued are removed here too, but stay valid until they expire. A failure at the provider is reported, and everything is removed here all the same.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> logout',
    '<%= config.bin %> logout --all',
    '<%= config.bin %> logout --provider corp --everywhere',
  ]
  static override flags = {
    profile: profileFlag,
    provider: Flags.string({description: 'provider to sign out of', helpValue: 'NAME', exclusive: ['profile']}),
    all: Flags.boolean({description: 'sign out of every provider', exclusive: ['profile', 'provider']}),
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
    ? `${subject ?? 'A user without a name'} is signed out of ${provider}.`
    : `You were not signed in to ${provider}.`
  return problem ? [who, `${problem.message} Everything kept here is removed.`] : [who]
}
