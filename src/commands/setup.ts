import {Flags} from '@oclif/core'
import {backupLines, differenceLines} from '../formats/difference.ts'
import type {ImportResult} from '../import/import.ts'
import type {SetupResult} from '../setup/result.ts'
import type {Line} from '../text/printable.ts'
import {AwsOidcCommand, flowFlags} from './shared/command.ts'
import {regionFlag} from './shared/region-flag.ts'

export default class Setup extends AwsOidcCommand {
  static override summary = 'Set up a provider and a profile, and try them before anything is saved.'
  static override description =
    'Asks on the terminal for everything that no flag sets. With --yes it asks nothing there: missing settings are listed, with exit code 2, and the browser still opens for the sign-in, unless --no-test skips it. If everything is already set up as requested, nothing changes, with exit code 0. Existing settings that differ are named, and changed only with --replace. Plugins are installed only on a terminal, and only if you agree.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> setup',
    '<%= config.bin %> setup --from aws-cli-oidc',
    {
      description: 'from [sso-session] sections and sso_ profiles of ~/.aws/config',
      command: '<%= config.bin %> setup --from aws',
    },
    '<%= config.bin %> setup --provider corp --strategy oidc --set issuer=https://sso.example.com --set clientId=aws-oidc --role arn:aws:iam::123456789012:role/developer --yes',
  ]
  // Both names are new, so completion offers none that exist.
  static override completions = {provider: 'new', profile: 'new'}
  static override flags = {
    from: Flags.option({
      options: ['aws-cli-oidc', 'aws'] as const,
      description:
        'import what another tool has instead: aws-cli-oidc, whose profiles then call aws-oidc; or aws, for IAM Identity Center',
      exclusive: ['provider', 'strategy', 'set', 'profile', 'role', 'region'],
    })(),
    provider: Flags.string({description: 'name for the provider', helpValue: 'NAME'}),
    strategy: Flags.string({description: 'how to sign in to the provider', helpValue: 'ID'}),
    set: Flags.string({
      description: 'a setting of the provider, such as tls.cert=~/me.pem or parameters.prompt=login',
      helpValue: 'NAME=VALUE',
      multiple: true,
    }),
    profile: Flags.string({char: 'p', description: 'name for the profile', helpValue: 'NAME'}),
    role: Flags.string({description: 'role of the profile', helpValue: 'ARN'}),
    region: regionFlag({description: 'AWS region of the profile'}),
    yes: Flags.boolean({description: 'ask nothing on the terminal'}),
    replace: Flags.boolean({description: 'change an existing provider and profile of these names'}),
    test: Flags.boolean({description: 'save only after a successful sign-in', default: true, allowNo: true}),
    ...flowFlags,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(Setup)
    const {provider, strategy, set = [], profile, role, region, yes, replace, test, browser, device} = flags
    const {deps} = await this.wire(flags, {browser, device, login: true})
    if (flags.from) {
      const {importConfiguration} = await import('../import/import.ts')
      const taken = await importConfiguration({from: flags.from, yes}, deps)
      return this.report(taken, [...changesOf(taken, yes, this.colours), ...describeImport(taken)])
    }
    const {setup} = await import('../setup/setup.ts')
    const builtIn = this.config.commandIDs
    const request = {provider, strategy, set, profile, role, region, yes, replace, test, builtIn}
    const result = await setup(request, deps)
    return this.report(result, describe(result))
  }
}

// A user of many accounts has thousands.
const [mostNamed, mostListed] = [5, 20]

function describe(result: SetupResult): readonly string[] {
  const {path, provider, profile, unchanged, declined, subject, role, offered, synced} = result
  const what =
    profile === undefined
      ? `The provider "${provider}" is`
      : `The provider "${provider}" and the profile "${profile}" are`
  if (declined) return ['Nothing was written.']
  if (unchanged) return [`${what} already in ${path}; nothing was changed.`]
  const who = subject === undefined ? [] : [`Signed in as ${subject}.`]
  const credentials = role === undefined ? [] : [`AWS issued credentials for ${role}.`]
  const offers = offered === undefined ? [] : [`Roles offered: ${offered}.`]
  if (profile === undefined) {
    const next = `Try: aws-oidc profiles add NAME --provider ${provider} --role ARN`
    return [...who, ...offers, `${what} in ${path}.`, next]
  }
  return [
    ...who,
    ...offers,
    ...credentials,
    `${what} in ${path}.`,
    ...(synced === undefined
      ? [
          'To use it with the AWS CLI and the SDKs, run: aws-oidc profiles sync',
          `Try: aws-oidc whoami --profile ${profile}`,
        ]
      : [`The AWS tools find the profile in ${synced}.`, `Try: aws sts get-caller-identity --profile ${profile}`]),
  ]
}

/** The changes to show: a user who was asked has seen them already. */
function changesOf({awsTools}: ImportResult, unasked: boolean, colours: boolean): readonly Line[] {
  return awsTools && unasked ? differenceLines(awsTools.changes, awsTools.files, colours) : []
}

function describeImport(result: ImportResult): readonly string[] {
  const {path, providers, profiles, untouched, left, written, synced, awsTools} = result
  const named =
    profiles.length > mostListed ? [`${profiles.length} profiles`] : profiles.map(name => `profile "${name}"`)
  const what = [...providers.map(name => `provider "${name}"`), ...named]
  const count = what.length === 0 ? 'Nothing could be imported.' : 'Nothing was written.'
  return [
    ...(written ? [`Wrote to ${path}: ${what.join(', ')}.`] : [count]),
    ...(synced === undefined ? [] : [`These profiles in ${synced} now call aws-oidc.`]),
    ...(written && untouched.length > 0
      ? [
          'The AWS tools go on signing in to these profiles in their own way.',
          untouched.length > mostNamed
            ? `To have one of them call aws-oidc: aws-oidc profiles sync ${untouched[0]}`
            : `To have them call aws-oidc: aws-oidc profiles sync ${untouched.join(' ')}`,
        ]
      : []),
    ...backupLines(awsTools?.backups ?? []),
    ...(left.length === 0 ? [] : ['Not imported:', ...left.map(reason => `  ${reason}`)]),
    ...(written && profiles[0] !== undefined ? [`Try: aws-oidc whoami --profile ${profiles[0]}`] : []),
  ]
}
