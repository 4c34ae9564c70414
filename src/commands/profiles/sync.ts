import {Args, Flags} from '@oclif/core'
import {exitCodeOf} from '../../errors.ts'
import {backupLines, differenceLines} from '../../formats/difference.ts'
import {tryLines} from '../../formats/failure.ts'
import type {SyncResult} from '../../sync/sync.ts'
import {AwsOidcCommand} from '../shared/command.ts'

export default class ProfilesSync extends AwsOidcCommand {
  static override summary = 'Write your aws-oidc profiles into the configuration of the AWS tools.'
  static override description =
    'Writes to ~/.aws/config, or to the file that AWS_CONFIG_FILE names. Shows the difference, asks, and writes nothing else. A profile there that aws-oidc did not write is changed only if you name it, and so are keys in ~/.aws/credentials that would win over it.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> profiles sync',
    '<%= config.bin %> profiles sync developer --yes',
    '<%= config.bin %> profiles sync --from-roles --provider corp --name-template "{accountName}-{role}"',
    {description: 'in a job that watches for changes', command: '<%= config.bin %> profiles sync --check'},
  ]
  static override args = {
    profile: Args.string({
      description: 'write only these profiles, even over ones that aws-oidc did not write',
      multiple: true,
      ignoreStdin: true,
    }),
  }
  static override flags = {
    yes: Flags.boolean({char: 'y', description: 'write without asking', exclusive: ['dry-run', 'check']}),
    'dry-run': Flags.boolean({description: 'only show the difference'}),
    check: Flags.boolean({
      description: 'write nothing, and exit with code 7 if something is out of date or left alone',
    }),
    prune: Flags.boolean({description: 'remove profiles of aws-oidc that are no longer configured'}),
    chain: Flags.option({
      options: ['process', 'aws'] as const,
      description: 'what switches the role of a profile with a source: aws-oidc (process) or the AWS tool (aws)',
      default: 'process' as const,
    })(),
    'from-roles': Flags.boolean({description: 'also write a profile for each role that a provider offers'}),
    provider: Flags.string({
      description: 'provider that offers the roles',
      helpValue: 'NAME',
      dependsOn: ['from-roles'],
    }),
    'name-template': Flags.string({
      description: 'how to name those profiles, with {account} {accountName} {role} {provider} {samlProvider}',
      default: '{account}-{role}',
    }),
  }

  async run(): Promise<void> {
    const {flags, args} = await this.parse(ProfilesSync)
    const {yes, check, prune, chain, provider, 'name-template': nameTemplate} = flags
    const write = yes ? 'yes' : check || flags['dry-run'] ? 'no' : 'ask'
    const fromRoles = flags['from-roles'] ? {provider, nameTemplate} : undefined
    const profiles = args.profile ?? []
    const {deps} = await this.wire(flags, {login: true})
    const {sync} = await import('../../sync/sync.ts')
    const result = await sync({profiles, chain, prune, fromRoles, write}, deps)
    this.report(result, [
      ...(write === 'ask' ? [] : differenceLines(result.changes, result.files, this.colours)),
      ...result.left.flatMap(({why, hint}) => [why, ...tryLines(hint)]),
      ...summaryOf(result),
    ])
    const asked = result.left.some(({profile}) => profiles.includes(profile))
    if (check ? !result.upToDate : asked && !flags['dry-run']) this.exit(exitCodeOf('CHECK_FAILED'))
  }
}

function summaryOf({changes, left, files, written, backups}: SyncResult): readonly string[] {
  const kept = countOf(left)
  const rest = kept === undefined ? '' : `; ${kept} left alone, for the reasons above`
  if (changes.length === 0) return [kept === undefined ? `${files.config} is up to date.` : `Nothing to write${rest}.`]
  if (!written) return [`Nothing was changed; ${deedsOf(changes, ' would be')}${rest}.`]
  return [`${deedsOf(changes, '')}${rest}.`, ...backupLines(backups)]
}

/** What happens to how many profiles: one that is removed from both files is gone, any other is written. */
function deedsOf(changes: SyncResult['changes'], verb: string): string {
  const written = changes.filter(({action}) => action !== 'remove')
  const names = new Set(written.map(({profile}) => profile))
  const removed = changes.filter(({profile}) => !names.has(profile))
  const deeds = Object.entries({written, removed}).map(([deed, of]) => [deed, countOf(of)] as const)
  return deeds.flatMap(([deed, count]) => (count === undefined ? [] : [`${count}${verb} ${deed}`])).join(', ')
}

function countOf(parts: readonly {readonly profile: string}[]): string | undefined {
  const {size} = new Set(parts.map(({profile}) => profile))
  return size === 0 ? undefined : size === 1 ? '1 profile' : `${size} profiles`
}
