import {join} from 'node:path'
import {fromKept, keptName, toKept} from '../config/kept.ts'
import {parseConfiguration, readConfiguration} from '../config/read.ts'
import type {Configuration} from '../config/schema.ts'
import type {Outside} from '../outside/outside.ts'

/**
 * The configuration as it is now. What its text says is kept beside our caches, which spares the next call the parser: it takes
 * half as long as an empty process, and seconds for ten thousand profiles. Rejects with CONFIG_INVALID.
 */
export async function configurationAt(
  path: string,
  version: unknown,
  {files, places, readKeptText}: Pick<Outside, 'files' | 'places' | 'readKeptText'>,
): Promise<Configuration> {
  const text = await files.readText(path)
  const kept = keptFile(path, places.parsed)
  const json = kept === undefined || text === undefined ? undefined : readKeptText(kept)
  const known = json === undefined ? undefined : fromKept(json, version)
  const configuration = readConfiguration(path, text, known)
  if (kept !== undefined && text !== undefined && known?.text !== text && (await files.identify(places.cache ?? ''))) {
    const parsed = toKept(parseConfiguration(path, text), version)
    // Where it can't be written the parser does its work each time.
    if (parsed !== undefined) await files.replacePrivate(kept, parsed).catch(() => undefined)
  }
  return configuration
}

/** Where that is kept. */
export function keptFile(path: string, folder: string | undefined): string | undefined {
  const name = keptName(path)
  return name === undefined || folder === undefined ? undefined : join(folder, name)
}
