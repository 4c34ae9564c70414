import {Args} from '@oclif/core'
import {AwsOidcCommand} from '../shared/command.ts'

export default class PluginsSearch extends AwsOidcCommand {
  static override summary = 'Find plugins at the npm registry.'
  static override description =
    'Lists up to ten packages with the keyword "aws-oidc-plugin", and what the registry says of them. Anybody can publish such a package: nobody has checked those listed. Nothing is downloaded or installed. The registry is the one in your npm configuration, or AWS_OIDC_NPM_REGISTRY.'
  static override enableJsonFlag = true
  static override strict = false
  static override examples = [
    '<%= config.bin %> plugins search',
    '<%= config.bin %> plugins search keycloak',
    {description: 'for a script', command: '<%= config.bin %> plugins search --json'},
  ]
  static override args = {
    word: Args.string({description: 'words that the package must match', ignoreStdin: true}),
  }
  static override flags = {}

  async run(): Promise<void> {
    const {argv, flags} = await this.parse(PluginsSearch)
    const deps = await this.installDependencies(flags, {unread: false})
    const {searchPlugins} = await import('../../registry/search.ts')
    const {bringsOf, dayOf} = await import('../../registry/offered.ts')
    const plugins = await searchPlugins(argv.map(String), deps)
    const rows = plugins.map(({name, version, publisher = 'unknown', published, brings}) => [
      ...[name, version, publisher, dayOf(published)],
      brings ? bringsOf(brings) : 'unknown',
    ])
    const none = ['The registry has no package with the keyword "aws-oidc-plugin" that matches.']
    const heads = ['NAME', 'VERSION', 'PUBLISHER', 'RELEASED', 'BRINGS']
    this.report({plugins}, rows.length === 0 ? none : this.table([heads, ...rows]))
  }
}
