import {Args} from '@oclif/core'
import {AwsOidcCommand} from '../shared/command.ts'

export default class PluginsUninstall extends AwsOidcCommand {
  static override summary = 'Remove a plugin.'
  static override description =
    'Providers with its strategy no longer work, nor does its cache, if it has one. Of a linked plugin, only the link is removed.'
  static override aliases = ['plugins:unlink', 'plugins:remove']
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> plugins uninstall aws-oidc-keycloak',
    '<%= config.bin %> plugins uninstall aws-oidc-keycloak --json',
    {
      description: 'replace a plugin from this machine with the published one',
      command:
        '<%= config.bin %> plugins uninstall aws-oidc-keycloak && <%= config.bin %> plugins install aws-oidc-keycloak',
    },
  ]
  static override args = {
    plugin: Args.string({description: 'name of the plugin', required: true, ignoreStdin: true}),
  }
  static override flags = {}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(PluginsUninstall)
    const deps = await this.installDependencies(flags, {unread: true})
    const {uninstallPlugin} = await import('../../registry/uninstall.ts')
    const removed = await uninstallPlugin(args.plugin, deps)
    this.report(removed, [`The plugin ${removed.name} is removed.`])
  }
}
