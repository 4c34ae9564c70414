import type {Configuration} from '../config/schema.ts'
import type {Outside} from '../outside/outside.ts'
import type {Log} from '../plugin.ts'
import type {InstallParts} from '../tasks/install-plugin.ts'

/** What the installation of a plugin works with; none of it may come with the plugin that is to be installed. */
export async function installPartsOf(
  {env, files, npm, processes}: Outside,
  installation: Pick<InstallParts, 'own' | 'dataFolder'>,
  configuration: Configuration,
  log: Log,
): Promise<InstallParts> {
  const npmOptions = {registry: env.AWS_OIDC_NPM_REGISTRY, signal: processes.interruption}
  return {...installation, configuration, files, npm: await npm(), npmOptions, log}
}
