import {readConfiguration} from '../config/read.ts'
import type {Configuration} from '../config/schema.ts'
import {AwsOidcError, expectedFailure} from '../errors.ts'
import type {Outside} from '../outside/outside.ts'
import type {Npm} from '../outside/processes/npm.ts'
import type {Log} from '../plugin.ts'
import type {InstallDependencies} from '../registry/install.ts'
import type {Pinning} from '../settings/pin.ts'
import {locksIn} from './locks.ts'
import {logTo} from './said.ts'

/** The dependencies of installing a plugin. None of them may come with the plugin that is to be installed. */
export async function installDependenciesOf(
  outside: Outside,
  installation: Pick<InstallDependencies, 'own' | 'dataFolder'>,
  configuration: Configuration,
  log: Log,
): Promise<InstallDependencies> {
  const {env, files, trees, nodeVersion, npm, processes, terminal} = outside
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
  const exclusively = turnsIn(installation.dataFolder, log, outside)
  return {...installation, configuration, files, trees, nodeVersion, npm: watched, npmOptions, exclusively, log}
}

/** The lock is in the folder that it protects: processes may share that and have different caches. */
function turnsIn(folder: string, log: Log, outside: Outside): InstallDependencies['exclusively'] {
  const {processes, terminal} = outside
  // Where no lock can be made nothing can be written, which is said anyway.
  const locks = locksIn(folder, {...log, warn: log.debug}, outside)
  return async work => {
    let isOurTurn = false
    terminal.waitingFor('Waiting for another aws-oidc, which is changing plugins.')
    try {
      return await locks.hold('plugins.lock', processes.interruption, () => {
        isOurTurn = true
        terminal.waitingFor(undefined)
        return work()
      })
    } catch (error) {
      if (isOurTurn || expectedFailure(error)?.code !== 'TIMED_OUT') throw error
      throw new AwsOidcError('TIMED_OUT', 'Another aws-oidc has been changing plugins for over six minutes.', {
        hint: 'Wait until it has ended, or end it, and try again.',
        cause: error,
      })
    }
  }
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

/** How to pin plugins in the configuration file. */
export async function pinningOf(
  outside: Outside,
  deps: Pick<InstallDependencies, 'dataFolder' | 'files' | 'log'>,
): Promise<Pinning> {
  const {pinFor} = await import('../settings/pin.ts')
  const {places, editedFiles, processes} = outside
  const locks = locksIn(places.locks, deps.log, outside)
  return pinFor(deps, {path: places.configFile, files: editedFiles, locks, signal: processes.interruption})
}

function registryOf(address: string | undefined): string {
  return address && URL.canParse(address) ? ` at ${new URL(address).host}` : ''
}
