import {readConfiguration} from '../config/read.ts'
import type {Configuration} from '../config/schema.ts'
import type {Outside} from '../outside/outside.ts'
import type {Npm} from '../outside/processes/npm.ts'
import type {Log} from '../plugin.ts'
import type {InstallDependencies} from '../registry/install.ts'
import {logTo} from './said.ts'

/** The dependencies of installing a plugin. None of them may come with the plugin that is to be installed. */
export async function installDependenciesOf(
  {env, files, npm, processes, terminal}: Outside,
  installation: Pick<InstallDependencies, 'own' | 'dataFolder'>,
  configuration: Configuration,
  log: Log,
): Promise<InstallDependencies> {
  const npmOptions = {registry: env.AWS_OIDC_NPM_REGISTRY, signal: processes.interruption}
  const {run} = await npm()
  const watched: Npm = {
    async run(...wanted) {
      terminal.waitingFor(`Waiting for npm and its registry${registryOf(npmOptions.registry)}.`)
      try {
        return await run(...wanted)
      } finally {
        terminal.waitingFor(undefined)
      }
    },
  }
  return {...installation, configuration, files, npm: watched, npmOptions, log}
}

/** The same without wiring all dependencies: those may need the plugin that is to be installed. */
export async function installDependenciesFor(
  outside: Outside,
  installation: Pick<InstallDependencies, 'own' | 'dataFolder'>,
  {debug, unread}: {readonly debug: boolean; readonly unread: boolean},
): Promise<InstallDependencies> {
  const {files, places, terminal} = outside
  const path = places.configFile ?? 'config.yaml'
  const configuration = readConfiguration(path, unread ? undefined : await files.readGiven(path))
  return installDependenciesOf(outside, installation, configuration, logTo(terminal.say, debug))
}

function registryOf(address: string | undefined): string {
  return address && URL.canParse(address) ? ` at ${new URL(address).host}` : ''
}
