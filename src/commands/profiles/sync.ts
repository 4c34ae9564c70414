import {Args, Flags} from '@oclif/core'
import {exitCodeOf} from '../../errors.ts'
import {backupLines, differenceLines} from '../../formats/difference.ts'
import {tryLines} from '../../formats/failure.ts'
import type {SyncResult} from '../../sync/sync.ts'
import {AwsOidcCommand} from '../shared/command.ts'

export default class ProfilesSync extends AwsOidcCommand {
  static override summary = 'Write the profiles of our configuration for the AWS tools.'
  static override description =
    'Into ~/.aws/config, or where AWS_CONFIG_FILE says: shows the difference, asks, and writes nothing else. A profile that is there already and not ours is changed only where it is named; so are keys in ~/.aws/credentials that would win over it.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> profiles sync',
    '<%= config.bin %> profiles sync developer --yes',
    '<%= config.bin %> profiles sync --from-roles --provider corp --name-template "{accountName}-{role}"',
    {description: 'in a job that watches', command: '<%= config.bin %> profiles sync --check'},
  ]
  static override args = {
    profile: Args.string({description: 'only these, also where they are not ours', multiple: true, ignoreStdin: true}),
  }
  static override flags = {
    yes: Flags.boolean({char: 'y', description: 'write without asking', exclusive: ['dry-run', 'check']}),
    'dry-run': Flags.boolean({description: 'show the difference only'}),
    check: Flags.boolean({description: 'exit code 7 where something is out of date or left alone; writes nothing'}),
    prune: Flags.boolean({description: 'remove what is ours and no longer configured'}),
    chain: Flags.option({
      options: ['process', 'aws'] as const,
      description: 'who switches the role of a profile with a source: aws-oidc, or the AWS tool',
      default: 'process' as const,
    })(),
    'from-roles': Flags.boolean({description: 'a profile for each role that a provider offers, too'}),
    provider: Flags.string({description: 'that provider', helpValue: 'NAME', dependsOn: ['from-roles']}),
    'name-template': Flags.string({
      description: 'names of those profiles, of {account} {accountName} {role} {provider} {samlProvider}',
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
  const [wanted, kept] = [countOf(changes), countOf(left)]
  const rest = kept === undefined ? '' : `; ${kept} left alone, for the reasons above`
  if (wanted === undefined) return [kept === undefined ? `${files.config} is up to date.` : `Nothing to write${rest}.`]
  if (!written) return [`Nothing was changed; ${wanted} would be${rest}.`]
  return [`${wanted} written${rest}.`, ...backupLines(backups)]
}

function countOf(parts: readonly {readonly profile: string}[]): string | undefined {
  const {size} = new Set(parts.map(({profile}) => profile))
  return size === 0 ? undefined : size === 1 ? '1 profile' : `${size} profiles`
}
