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
    'Asks on the terminal for what no flag says. With --yes nothing is asked there: what is missing is listed, with exit code 2; the browser still opens for the sign-in, unless --no-test leaves it out. What is there already as it is to be stays, with exit code 0; what differs is named, and changed only with --replace. Plugins are installed on a terminal only, once you agree.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> setup',
    '<%= config.bin %> setup --from aws-cli-oidc',
    '<%= config.bin %> setup --provider corp --strategy oidc --set issuer=https://sso.example.com --set clientId=aws-oidc --role arn:aws:iam::123456789012:role/developer --yes',
  ]
  // Both names are new, so completion offers none that exist.
  static override completions = {provider: 'new', profile: 'new'}
  static override flags = {
    from: Flags.option({
      options: ['aws-cli-oidc'] as const,
      description: 'take over the configuration of another tool instead, and have the AWS tools call us',
      exclusive: ['provider', 'strategy', 'set', 'profile', 'role', 'region'],
    })(),
    provider: Flags.string({description: 'what the provider is to be called here', helpValue: 'NAME'}),
    strategy: Flags.string({description: 'how to sign in there', helpValue: 'ID'}),
    set: Flags.string({
      description: 'a setting of the provider, such as tls.cert=~/me.pem or parameters.prompt=login',
      helpValue: 'NAME=VALUE',
      multiple: true,
    }),
    profile: Flags.string({char: 'p', description: 'what the profile is to be called', helpValue: 'NAME'}),
    role: Flags.string({description: 'role of the profile', helpValue: 'ARN'}),
    region: regionFlag({description: 'AWS region of the profile'}),
    yes: Flags.boolean({description: 'ask nothing on the terminal'}),
    replace: Flags.boolean({description: 'change a provider and a profile of these names that are there already'}),
    test: Flags.boolean({description: 'save only after a sign-in that worked', default: true, allowNo: true}),
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

function describe(result: SetupResult): readonly string[] {
  const {path, provider, profile, unchanged, declined, subject, role, offered, synced} = result
  const what =
    profile === undefined
      ? `The provider "${provider}" is`
      : `The provider "${provider}" and the profile "${profile}" are`
  if (declined) return ['Nothing was written.']
  if (unchanged) return [`${what} in ${path} already; nothing was changed.`]
  const who = subject === undefined ? [] : [`Signed in as ${subject}.`]
  const credentials = role === undefined ? [] : [`AWS gives credentials of ${role}.`]
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
      ? ['For the AWS CLI and the SDKs: aws-oidc profiles sync', `Try: aws-oidc whoami --profile ${profile}`]
      : [`The AWS tools find the profile in ${synced}.`, `Try: aws sts get-caller-identity --profile ${profile}`]),
  ]
}

/** The changes to show: a user who was asked has seen them already. */
function changesOf({awsTools}: ImportResult, unasked: boolean, colours: boolean): readonly Line[] {
  return awsTools && unasked ? differenceLines(awsTools.changes, awsTools.files, colours) : []
}

function describeImport({path, providers, profiles, left, written, synced, awsTools}: ImportResult): readonly string[] {
  const what = [...providers.map(name => `provider "${name}"`), ...profiles.map(name => `profile "${name}"`)]
  const count = what.length === 0 ? 'Nothing could be taken over.' : 'Nothing was written.'
  return [
    ...(written ? [`Into ${path}: ${what.join(', ')}.`] : [count]),
    ...(synced === undefined ? [] : [`In ${synced} these profiles call aws-oidc now.`]),
    ...backupLines(awsTools?.backups ?? []),
    ...(left.length === 0 ? [] : ['Not taken over:', ...left.map(reason => `  ${reason}`)]),
    ...(written && profiles[0] !== undefined ? [`Try: aws-oidc whoami --profile ${profiles[0]}`] : []),
  ]
}
