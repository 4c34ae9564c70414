import {type Assignments, demandFit, plainOnly} from './variables.ts'

/**
 * For `docker run --env-file`, `node --env-file`, python-dotenv and `source`. Docker keeps quotes as part of the value,
 * the others remove them; `#`, `$` and `\` mean something different in each. All of them read the remaining characters
 * alike.
 */
export function dotenvLines({set}: Assignments): string {
  demandFit(set, plainOnly, 'dotenv')
  return set.map(([name, value]) => `${name}=${value}\n`).join('')
}
