import {dotenvLines} from './dotenv.ts'
import {envLines, envLinesWithoutExport} from './env.ts'
import {fishLines} from './fish.ts'
import {nushellRecord} from './nushell.ts'
import {powershellLines} from './powershell.ts'
import type {Assignments} from './variables.ts'
import {windowsCmdLines} from './windows-cmd.ts'

/** One writer for each format that is read by a shell or as a file of variables. */
export const writers = {
  env: envLines,
  'env-no-export': envLinesWithoutExport,
  fish: fishLines,
  powershell: powershellLines,
  'windows-cmd': windowsCmdLines,
  nushell: nushellRecord,
  dotenv: dotenvLines,
} as const satisfies Readonly<Record<string, (assignments: Assignments) => string>>
