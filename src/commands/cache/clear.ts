import {Flags} from '@oclif/core'
import {AwsOidcCommand} from '../../command.ts'

export default class CacheClear extends AwsOidcCommand {
  static override summary = 'Remove tokens and credentials from the cache.'
  static override description = 'What the provider has issued stays valid until it expires; it is only forgotten here.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> cache clear',
    '<%= config.bin %> cache clear --provider corp',
    '<%= config.bin %> cache clear --json',
  ]
  static override flags = {
    provider: Flags.string({description: 'only those of this provider', helpValue: 'NAME'}),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(CacheClear)
    await this.app(flags).clearCache(flags.provider)
    const what =
      flags.provider === undefined
        ? 'The cache is empty.'
        : `What ${flags.provider} has kept under its present settings is removed.`
    this.report({cleared: flags.provider ?? 'all'}, [what])
  }
}
