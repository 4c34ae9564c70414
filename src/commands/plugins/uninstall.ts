import {Args} from '@oclif/core'
import {AwsOidcCommand} from '../shared/command.ts'

export default class PluginsUninstall extends AwsOidcCommand {
  static override summary = 'Remove a plugin.'
  static override description =
    'What it brought is gone: providers with its strategy, and a cache of its own, can no longer be used. Of a plugin that is linked only the link goes.'
  static override aliases = ['plugins:unlink', 'plugins:remove']
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> plugins uninstall aws-oidc-keycloak',
    '<%= config.bin %> plugins uninstall aws-oidc-keycloak --json',
    {
      description: 'instead of the one on this machine, the one that is published',
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
    const deps = await this.installParts(flags, {unread: true})
    const {uninstallPlugin} = await import('../../registry/uninstall.ts')
    const removed = await uninstallPlugin(args.plugin, deps)
    this.report(removed, [`The plugin ${removed.name} is removed.`])
  }
}
