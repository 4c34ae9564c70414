import {AwsOidcCommand} from '../../command.ts'

export default class CacheInfoCommand extends AwsOidcCommand {
  static override summary = 'Say where secrets rest, how protected, and what for.'
  static override enableJsonFlag = true
  static override flags = {}

  async run(): Promise<void> {
    const {flags} = await this.parse(CacheInfoCommand)
    const info = await this.app(flags).cacheInfo()
    this.report(info, [
      `Cache    ${info.cache}: ${info.protection}`,
      `Folder   ${info.folder ?? 'none'}`,
      ...(info.insteadOfKeyring === undefined ? [] : [`Why      ${info.insteadOfKeyring}`]),
      ...info.profiles.map(
        ({profile, credentialsUntil}) =>
          `Profile  ${profile}: ${credentialsUntil ? `until ${credentialsUntil.toLocaleString()}` : 'nothing'}`,
      ),
    ])
  }
}
