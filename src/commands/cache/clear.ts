import {Flags} from '@oclif/core'
import type {Cleared} from '../../session/cache.ts'
import {AwsOidcCommand} from '../shared/command.ts'

export default class CacheClear extends AwsOidcCommand {
  static override summary = 'Remove tokens and credentials from the cache.'
  static override description = 'Nothing is revoked: what was issued stays valid until it expires.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> cache clear',
    '<%= config.bin %> cache clear --provider corp',
    '<%= config.bin %> cache clear --json',
  ]
  static override flags = {
    provider: Flags.string({description: 'clear only what is cached for this provider', helpValue: 'NAME'}),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(CacheClear)
    const {deps} = await this.wire(flags)
    const {clearCache} = await import('../../session/cache.ts')
    const cleared = await clearCache(flags.provider, deps)
    this.report(cleared, describe(cleared, flags.provider))
  }
}

function describe({providers, profiles}: Cleared, provider: string | undefined): readonly string[] {
  const where = provider === undefined ? 'Every cache is empty now.' : `No cache entry of ${provider} is left.`
  const signIns = providers.length === 0 ? [] : [`Removed sign-ins to: ${providers.join(', ')}.`]
  const credentials = profiles.length === 0 ? [] : [`Removed credentials of: ${listed(profiles)}.`]
  if (signIns.length + credentials.length > 0) return [...signIns, ...credentials, where]
  return [`Nothing was cached for ${provider ?? 'the configured providers'}. ${where}`]
}

const most = 10

function listed(names: readonly string[]): string {
  const more = names.length - most
  return names.slice(0, most).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
