import {type Assignments, demandFit, plainOnly} from './variables.ts'

/**
 * For `docker run --env-file`, `node --env-file`, python-dotenv and `source`. Docker takes quotes as part of the value,
 * the others take them away; `#`, `$` and `\` mean something different in each. What is left is read alike by all.
 */
export function dotenvLines({set}: Assignments): string {
  demandFit(set, plainOnly, 'dotenv')
  return set.map(([name, value]) => `${name}=${value}\n`).join('')
}
