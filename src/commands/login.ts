import {Flags} from '@oclif/core'
import {exitCodeOf} from '../errors.ts'
import {failureDocument, tryLines} from '../formats/failure.ts'
import type {LoginFailure, LoginResult} from '../session/login.ts'
import {AwsOidcCommand, flowFlags, profileFlag} from './shared/command.ts'

export default class Login extends AwsOidcCommand {
  static override summary = 'Sign in now.'
  static override description =
    'Signs in to a provider in your browser, or with a code if there is no browser, and gets the credentials of the role. You are not asked if a remembered sign-in still works.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> login',
    '<%= config.bin %> login --profile developer',
    '<%= config.bin %> login --if-needed && terraform apply',
    '<%= config.bin %> login --provider corp --force',
    '<%= config.bin %> login --device',
  ]
  static override flags = {
    profile: profileFlag,
    provider: Flags.string({description: 'provider to sign in to', helpValue: 'NAME', exclusive: ['profile']}),
    all: Flags.boolean({description: 'sign in to every provider in turn', exclusive: ['profile', 'provider']}),
    'if-needed': Flags.boolean({description: 'ask you to sign in only if "creds" would', exclusive: ['force']}),
    force: Flags.boolean({description: 'ask you even if a remembered sign-in still works'}),
    ...flowFlags,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(Login)
    const {profile, provider, all, force, browser, device, 'if-needed': ifNeeded} = flags
    const {deps} = await this.wire(flags, {browser, device, login: true})
    const {login, loginEverywhere} = await import('../session/login.ts')
    if (all) return this.reportAll(await loginEverywhere({force, ifNeeded}, deps))
    const usualProfile = this.profileOf(undefined)
    const result = await login({profile, provider, force, ifNeeded, usualProfile}, deps)
    return this.report(result, this.describe(result))
  }

  /** Ends with the exit code of the first failure. */
  private reportAll(outcomes: readonly (LoginResult | LoginFailure)[]): void {
    const providers = outcomes.map(outcome =>
      'error' in outcome ? {provider: outcome.provider, error: failureDocument(outcome.error)} : outcome,
    )
    this.report(
      {providers},
      outcomes.flatMap(outcome => this.describe(outcome)),
    )
    const failed = outcomes.find(outcome => 'error' in outcome)
    if (failed) this.exit(exitCodeOf(failed.error.code))
  }

  private describe(outcome: LoginResult | LoginFailure): readonly string[] {
    if ('error' in outcome) {
      const {message, hint} = outcome.error
      return [`${outcome.provider}: ${message}`, ...tryLines(hint)]
    }
    const {provider, subject, role, credentialsUntil} = outcome
    const who = `Signed in as ${subject ?? 'a user without a name'} at ${provider}.`
    return role && credentialsUntil
      ? [who, `Credentials of ${role} are valid until ${this.when(credentialsUntil)}.`]
      : [who]
  }
}
