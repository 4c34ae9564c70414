import type {SyncDependencies} from '../credentials/dependencies.ts'
import {type SyncResult, sync} from './sync.ts'

/**
 * What `profiles sync` would change, and writes nothing. Whoever has chosen to have roles switched by the AWS tools is not
 * told that we could do it.
 */
export async function syncAsChosen(parts: SyncDependencies): Promise<SyncResult> {
  const request = {profiles: [], prune: false, fromRoles: undefined, write: 'no'} as const
  const byUs = await sync({...request, chain: 'process'}, parts)
  if (byUs.changes.length === 0) return byUs
  // What there is to warn of has been said.
  const quiet = {...parts, log: {...parts.log, warn: () => undefined}}
  const byTools = await sync({...request, chain: 'aws'}, quiet)
  return sizeOf(byTools) < sizeOf(byUs) ? byTools : byUs
}

function sizeOf({changes}: SyncResult): number {
  return changes.reduce((sum, {keys}) => sum + keys.length, 0)
}
