import {AwsOidcCommand} from '../shared/command.ts'

export default class PluginsReset extends AwsOidcCommand {
  static override summary = 'Remove all plugins.'
  static override description =
    'Removes all plugins with all that was installed for them, even if a plugin or the folder of plugins is damaged. Of linked plugins, only the links are removed.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> plugins reset',
    '<%= config.bin %> plugins reset --json',
    {
      description: 'begin anew with one plugin',
      command: '<%= config.bin %> plugins reset && <%= config.bin %> plugins install aws-oidc-keycloak',
    },
  ]
  static override flags = {}

  async run(): Promise<void> {
    const {flags} = await this.parse(PluginsReset)
    const deps = await this.installDependencies(flags, {unread: true})
    const {resetPlugins} = await import('../../registry/reset.ts')
    const plugins = await resetPlugins(deps)
    this.report(
      {plugins},
      plugins.length ? plugins.map(name => `The plugin ${name} is removed.`) : ['There were no plugins.'],
    )
  }
}
