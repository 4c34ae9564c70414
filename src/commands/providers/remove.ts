import {Args} from '@oclif/core'
import type {RemovedProvider} from '../../settings/providers.ts'
import {AwsOidcCommand} from '../shared/command.ts'

export default class ProvidersRemove extends AwsOidcCommand {
  static override summary = 'Remove a provider from your aws-oidc configuration, and sign out of it.'
  static override description =
    'A provider that profiles name is not removed. Tokens, credentials and secrets of the provider are removed with it, because nothing could reach them afterwards.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> providers remove corp',
    '<%= config.bin %> providers remove corp --json',
    {
      description: 'after the profiles that name it',
      command: '<%= config.bin %> profiles remove developer && <%= config.bin %> providers remove corp',
    },
  ]
  static override args = {
    provider: Args.string({description: 'provider to remove', required: true, ignoreStdin: true}),
  }
  static override flags = {}

  async run(): Promise<void> {
    const {flags, args} = await this.parse(ProvidersRemove)
    const {deps} = await this.wire(flags, {login: true})
    const {removeProvider} = await import('../../settings/providers.ts')
    const removed = await removeProvider(args.provider, deps)
    this.report(removed, describe(removed))
  }
}

function describe({provider, signedOut, left}: RemovedProvider): readonly string[] {
  const problems = signedOut?.problem ? [signedOut.problem.message, ...left] : left
  return [
    `The provider "${provider}" is removed.`,
    ...(signedOut?.wasSignedIn ? [`${signedOut.subject ?? 'A user without a name'} is signed out of it.`] : []),
    ...problems,
    ...(left.length > 0 ? ['Try: aws-oidc cache clear'] : []),
  ]
}
