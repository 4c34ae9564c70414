import {AwsOidcCommand} from '../shared/command.ts'

const inMemory = 'role credentials, in memory only, in plain text and readable by you only:'

export default class CacheInfoCommand extends AwsOidcCommand {
  static override summary = 'Show where secrets are kept, how they are protected, and which profiles have credentials.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> cache info',
    {description: 'without a keyring', command: 'AWS_OIDC_CACHE=memory <%= config.bin %> cache info'},
    {description: 'for a script', command: '<%= config.bin %> cache info --json'},
  ]
  static override flags = {}

  async run(): Promise<void> {
    const {flags} = await this.parse(CacheInfoCommand)
    const {deps, cache: place, hotCopies: copies} = await this.wire(flags)
    const {cacheInfo} = await import('../../session/cache.ts')
    const info = await cacheInfo({...place, hotCopies: await copies.place()}, deps)
    const {cache, protection, folder, insteadOfKeyring, hotCopies, profiles} = info
    this.report(
      info,
      this.list([
        ['Cache', `${cache}: ${protection}`],
        ['Folder', folder ?? 'none'],
        ...(insteadOfKeyring === undefined ? [] : [['Why', insteadOfKeyring]]),
        ['Copies', 'folder' in hotCopies ? `${inMemory} ${hotCopies.folder}` : `none. ${hotCopies.none}`],
        ...profiles.map(({profile, credentialsUntil}) => [
          'Profile',
          `${profile}: ${credentialsUntil ? `until ${this.when(credentialsUntil)}` : 'no credentials'}`,
        ]),
      ]),
    )
  }
}
