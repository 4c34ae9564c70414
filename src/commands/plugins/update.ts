import {exitCodeOf} from '../../errors.ts'
import {failureDocument, tryLines} from '../../formats/failure.ts'
import type {PluginUpdate} from '../../registry/update.ts'
import {AwsOidcCommand} from '../shared/command.ts'

export default class PluginsUpdate extends AwsOidcCommand {
  static override summary = 'Install newer versions of the plugins.'
  static override description =
    'Looks where each plugin came from, and installs the version offered there if it is another one, as "plugins install" does. Plugins that were linked, or installed from a tarball, stay as they are; so does one whose new version no longer provides a strategy or cache that the configuration uses, one that "plugins.allow" does not list, and one that is pinned there.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> plugins update',
    {description: 'for a script', command: '<%= config.bin %> plugins update --json'},
    {
      description: 'with packages from another registry',
      command: 'AWS_OIDC_NPM_REGISTRY=https://npm.example.com/ <%= config.bin %> plugins update',
    },
  ]

  /** Ends with the exit code of the first failure. */
  async run(): Promise<void> {
    const {flags} = await this.parse(PluginsUpdate)
    const deps = await this.installDependencies(flags, {unread: false})
    const {updatePlugins} = await import('../../registry/update.ts')
    const updates = await updatePlugins(this.config.commandIDs, deps)
    this.report(
      {plugins: updates.map(documentOf)},
      updates.length ? updates.flatMap(describe) : ['No plugins are installed.'],
    )
    const failed = updates.find(({error}) => error)?.error
    if (failed) this.exit(exitCodeOf(failed.code))
  }
}

function documentOf({error, ...update}: PluginUpdate) {
  return error ? {...update, error: failureDocument(error)} : update
}

function describe({name, before, now, pinned, error}: PluginUpdate): readonly string[] {
  if (error) {
    const {message, hint} = error
    return [`${name} stays at ${before}: ${message}`, ...tryLines(hint)]
  }
  if (pinned) return [`${name} stays at ${before}: it is pinned. (aws-oidc plugins install ${name} --pin)`]
  return [now ? `Updated ${name} from ${before} to ${now.version}.` : `${name} ${before} is up to date.`]
}
