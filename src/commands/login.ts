import {Flags} from '@oclif/core'
import {AwsOidcCommand, flowFlags, profileFlag} from '../command.ts'
import type {LoginResult} from '../tasks/login.ts'

export default class Login extends AwsOidcCommand {
  static override summary = 'Sign in now.'
  static override description =
    'Signs in at a provider in your browser, or with a code where none is at hand, unless something remembered still works, and gets the credentials of the role.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> login',
    '<%= config.bin %> login --profile developer',
    '<%= config.bin %> login --provider corp --force',
    '<%= config.bin %> login --device',
  ]
  static override flags = {
    profile: profileFlag,
    provider: Flags.string({description: 'provider to sign in at', helpValue: 'NAME', exclusive: ['profile']}),
    force: Flags.boolean({description: 'ask although something remembered would do'}),
    ...flowFlags,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(Login)
    const {profile, provider, force, browser, device} = flags
    const result = await this.app(flags, {browser, device, login: true}).login({
      profile,
      provider,
      force,
      usualProfile: this.profileOf(undefined),
    })
    this.report(result, describe(result))
  }
}

function describe({provider, subject, role, credentialsUntil}: LoginResult): readonly string[] {
  const who = `Signed in as ${subject ?? 'somebody without a name'} at ${provider}.`
  return role && credentialsUntil ? [who, `Credentials of ${role} until ${credentialsUntil.toLocaleString()}.`] : [who]
}
