import {pluginFailure} from '../../errors.ts'
import {rejectionOf, systemClock} from '../system/clock.ts'
import {complain} from '../terminal/output.ts'
import {watchThread} from './blocked-thread.ts'
import {lastWords, lineOf} from './plugin-guard.ts'

const limitSeconds = 10

/** How to say what a plugin did wrong, as the end of "The plugin x failed: ...". */
export interface Blame {
  /** That it took too long. */
  readonly late: string
  /** That it ended the process. */
  readonly ended: string
}

/**
 * Runs code of a plugin around a command of that plugin, whose stdout it may use. Rejects with PLUGIN_FAILED after ten
 * seconds, or ends the process if its thread is blocked; else as the work does. If the work ends the process, that is
 * said, with exit code 1.
 */
export async function withinPluginLimit<Result>(
  plugin: string,
  {late, ended}: Blame,
  work: () => Promise<Result>,
): Promise<Result> {
  const tooLate = `${late} within ${limitSeconds} seconds`
  const limit = systemClock.limit(limitSeconds * 1000, pluginFailure(plugin, tooLate))
  const watchdog = watchThread(lastWords([plugin], tooLate), limitSeconds)
  const onExit = () => {
    complain(lineOf([plugin], ended))
    process.exitCode = 1
  }
  process.once('exit', onExit)
  try {
    return await Promise.race([work(), rejectionOf(limit.signal)])
  } finally {
    limit.cancel()
    watchdog.stop()
    process.removeListener('exit', onExit)
  }
}
