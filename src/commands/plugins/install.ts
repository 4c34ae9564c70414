import {Args, Flags} from '@oclif/core'
import {AwsOidcCommand} from '../shared/command.ts'
import {whatOf} from '../shared/plugin.ts'

export default class PluginsInstall extends AwsOidcCommand {
  static override summary = 'Install a plugin.'
  static override description =
    'Shows the name, version, publisher and integrity of the package, when it was released, whether the registry has a statement of how it was built (which is not verified), what it brings, and which plugins depend on it, then installs it for you alone. Its install scripts do not run, but once installed it runs with all your rights: install only what you trust. If "plugins: {allow: [...]}" is in the configuration, only the plugins it lists may be installed, linked and used. With --pin, the version and integrity are kept there, and no other one is used from then on. Packages come from the registry in your npm configuration, or from AWS_OIDC_NPM_REGISTRY.'
  static override aliases = ['plugins:add']
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> plugins install aws-oidc-keycloak',
    '<%= config.bin %> plugins install aws-oidc-keycloak@1.0.0',
    {
      description: 'a package file on this machine',
      command: '<%= config.bin %> plugins install ./aws-oidc-keycloak-1.0.0.tgz',
    },
    '<%= config.bin %> plugins install https://example.com/aws-oidc-keycloak-1.0.0.tgz',
    {
      description: 'and use only this version of it from now on',
      command: '<%= config.bin %> plugins install aws-oidc-keycloak --pin',
    },
  ]
  static override completions = {plugin: 'file'}
  static override args = {
    plugin: Args.string({
      description: 'name, with a version if it matters, or path or address of a tarball',
      required: true,
      ignoreStdin: true,
    }),
  }
  static override flags = {
    pin: Flags.boolean({description: 'keep version and integrity in the configuration, and use no other ones'}),
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(PluginsInstall)
    const builtIn = this.config.commandIDs
    const deps = await this.installDependencies(flags, {unread: false})
    const {installPlugin} = await import('../../registry/install.ts')
    const {pin} = flags
    const pins = pin ? await this.pinning(deps) : undefined
    const installed = await installPlugin({plugin: args.plugin, builtIn, pin}, deps, pins?.draft)
    await pins?.write(installed)
    const how = pin ? ' It is pinned in the configuration.' : ''
    this.report({...installed, ...(pin && {pinned: true})}, [
      `Installed ${installed.name} ${installed.version}${whatOf(installed)}.${how}`,
    ])
  }
}
