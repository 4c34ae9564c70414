import {awsFileChecks} from './aws-files.ts'
import {awsProfileChecks} from './aws-profiles.ts'
import type {Check, Patient} from './check.ts'
import {configurationChecks} from './configuration.ts'
import {environmentChecks} from './environment.ts'

/** Everything that is looked at, in the order in which it is told. */
export function checksFor(_patient: Patient, _network: boolean): readonly Check[] {
  return [...configurationChecks, ...environmentChecks, ...awsFileChecks, ...awsProfileChecks]
}
