import type {SyncDependencies} from '../credentials/dependencies.ts'
import {type SyncResult, sync} from './sync.ts'

/**
 * What `profiles sync` would change, without writing. Assumes the `--chain` that changes fewer keys: a user who lets
 * the AWS tools switch roles is not told to change that.
 */
export async function syncAsChosen(deps: SyncDependencies): Promise<SyncResult> {
  const request = {profiles: [], prune: false, fromRoles: undefined, write: 'no'} as const
  const byUs = await sync({...request, chain: 'process'}, deps)
  if (byUs.changes.length === 0) return byUs
  // The first call has warned already.
  const quiet = {...deps, log: {...deps.log, warn: () => undefined}}
  const byTools = await sync({...request, chain: 'aws'}, quiet)
  return sizeOf(byTools) < sizeOf(byUs) ? byTools : byUs
}

function sizeOf({changes}: SyncResult): number {
  return changes.reduce((sum, {keys}) => sum + keys.length, 0)
}
