import {awsFileChecks} from './aws-files.ts'
import {awsProfileChecks} from './aws-profiles.ts'
import {browserChecks} from './browser.ts'
import type {Check, CheckContext} from './check.ts'
import {configurationChecks} from './configuration.ts'
import {environmentChecks} from './environment.ts'
import {installationChecks} from './installation.ts'
import {leftoverChecks} from './leftovers.ts'
import {pluginChecks} from './plugins.ts'
import {privateFileChecks} from './private-files.ts'
import {providerChecks, strategyCheck} from './provider.ts'
import {secretChecks} from './secrets.ts'
import {serverChecks} from './servers.ts'

/** All checks, in the order of the report. */
export function checksFor(context: CheckContext): readonly Check[] {
  return [
    ...configurationChecks,
    ...installationChecks,
    ...pluginChecks,
    ...privateFileChecks,
    ...leftoverChecks,
    ...secretChecks,
    ...browserChecks,
    ...environmentChecks,
    ...awsFileChecks,
    ...awsProfileChecks,
    ...context.providers.flatMap(providerChecks),
    ...(context.network ? [...context.providers.map(strategyCheck), ...serverChecks(context)] : []),
  ]
}
