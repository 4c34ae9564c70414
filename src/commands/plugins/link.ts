import {Args, Flags} from '@oclif/core'
import {AwsOidcCommand} from '../shared/command.ts'
import {whatOf} from '../shared/plugin.ts'

export default class PluginsLink extends AwsOidcCommand {
  static override summary = 'Use a plugin from the folder where you work on it.'
  static override description =
    'Checks the package as "plugins install" does, and uses its built code where it is. An installed plugin of the same name is replaced. If the folder has a package-lock.json, npm first installs what that lists, without running its scripts.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> plugins link',
    '<%= config.bin %> plugins link ./plugins/keycloak --json',
    {
      description: 'leave its dependencies alone',
      command: '<%= config.bin %> plugins link ./plugins/keycloak --no-install',
    },
  ]
  static override completions = {folder: 'file'}
  static override args = {
    folder: Args.string({description: 'folder of the package', default: '.', ignoreStdin: true}),
  }
  static override flags = {
    install: Flags.boolean({
      description: 'install the dependencies of its package-lock.json',
      allowNo: true,
      default: true,
    }),
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(PluginsLink)
    const builtIn = this.config.commandIDs
    const deps = await this.installDependencies(flags, {unread: false})
    const {linkPlugin} = await import('../../registry/link.ts')
    const linked = await linkPlugin({folder: args.folder, withDependencies: flags.install, builtIn}, deps)
    this.report(linked, [`Linked ${linked.name} ${linked.version}${whatOf(linked)}.`])
  }
}
