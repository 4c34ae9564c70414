import {Flags} from '@oclif/core'
import {tryLines} from '../formats/failure.ts'
import {when} from '../formats/when.ts'
import type {ProfileStatus, ProviderStatus, Status as Standing} from '../session/status.ts'
import {AwsOidcCommand} from './shared/command.ts'

export default class Status extends AwsOidcCommand {
  static override summary = 'Show who is signed in, until when, and which profiles have credentials.'
  static override description =
    'Looks only at this machine: asks nothing, needs no network and changes nothing. With --check the exit code is 0 if "creds" needs no new sign-in for anything listed, and otherwise 3.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> status',
    '<%= config.bin %> status --profile developer --check',
    '<%= config.bin %> status --json',
  ]
  static override flags = {
    profile: Flags.string({
      char: 'p',
      description: 'show only this profile and its providers',
      helpValue: 'NAME',
      exclusive: ['provider'],
    }),
    provider: Flags.string({
      description: 'show only this provider and the profiles that use it',
      helpValue: 'NAME',
    }),
    check: Flags.boolean({description: 'exit with code 3 if you would have to sign in'}),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(Status)
    const {deps, cache} = await this.wire(flags)
    const {statusOf} = await import('../session/status.ts')
    const status = await statusOf({profile: flags.profile, provider: flags.provider}, cache.id, deps)
    const {providers, profiles} = status
    this.report(status, [
      `Cache: ${status.cache}`,
      '',
      ...(providers.length === 0 ? nothingYet('provider', 'aws-oidc setup') : this.table(providerRows(status))),
      ...providers.flatMap(notes(status)),
      ...(profiles.length === 0 && providers.length === 0 ? [] : ['']),
      ...(profiles.length > 0 ? this.table(profileRows(status)) : noProfile(providers)),
    ])
    if (flags.check && !status.ready) this.exit(3)
  }
}

function nothingYet(what: string, next: string): readonly string[] {
  return [`There is no ${what} yet.`, `Try: ${next}`]
}

function noProfile([provider]: readonly ProviderStatus[]): readonly string[] {
  return provider ? nothingYet('profile', `aws-oidc profiles add NAME --provider ${provider.provider} --role ARN`) : []
}

function providerRows(status: Standing): readonly (readonly string[])[] {
  return [['PROVIDER', 'SIGNED IN AS', 'UNTIL', 'RENEWABLE'], ...status.providers.map(providerRow(status))]
}

function profileRows(status: Standing): readonly (readonly string[])[] {
  return [['PROFILE', 'CREDENTIALS', 'UNTIL', 'ROLE'], ...status.profiles.map(profileRow(status))]
}

function providerRow({at}: Standing) {
  return ({provider, signedIn, subject, until, renewable}: ProviderStatus) => [
    provider,
    signedIn ? (subject ?? 'a user without a name') : 'nobody',
    signedIn && until ? when(until, at) : '',
    signedIn ? (renewable ? 'yes' : 'no') : '',
  ]
}

function profileRow({at}: Standing) {
  return ({profile, state, until, role}: ProfileStatus) => [profile, state, until ? when(until, at) : '', role ?? '']
}

/** The brake of a provider, and its last failure. */
function notes({at}: Standing) {
  return ({provider, brake, lastProblem}: ProviderStatus): readonly string[] => [
    ...(brake
      ? [
          '',
          `${provider}: programs may ${brake.kind === 'login' ? 'not ask again' : `ask again at ${when(brake.until, at)}`}.`,
        ]
      : []),
    ...(brake?.kind === 'login' ? [`Try: aws-oidc login --provider ${provider}`] : []),
    ...(lastProblem
      ? [
          '',
          `${provider}, ${lastProblem.at > at ? 'before the clock was set back' : when(lastProblem.at, at)}: ${lastProblem.message}`,
        ]
      : []),
    ...tryLines(lastProblem?.hint),
  ]
}
