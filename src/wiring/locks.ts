import {fileLocks, type Locks} from '../coordination/lock.ts'
import type {Outside} from '../outside/outside.ts'
import type {Log} from '../plugin.ts'

/** The locks in a folder. `waitedFor` names the providers whose sign-ins wait for this process. */
export function locksIn(
  folder: string | undefined,
  log: Log,
  {files, clock}: Pick<Outside, 'files' | 'clock'>,
  waitedFor: readonly string[] = [],
): Locks {
  const {touchPrivate: touch, identify} = files
  const {elapsed, sleep} = clock
  return fileLocks({folder, waitedFor, touch, identify, elapsed, sleep, log})
}
