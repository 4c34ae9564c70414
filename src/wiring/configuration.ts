import {join} from 'node:path'
import {fromKept, keptName, toKept} from '../config/kept.ts'
import {parseConfiguration, readConfiguration} from '../config/read.ts'
import type {Configuration} from '../config/schema.ts'
import type {Outside} from '../outside/outside.ts'

/**
 * The configuration as it is now. Its parsed text is kept beside our caches, which spares the next call the parser:
 * that takes half as long as an empty process, and seconds for ten thousand profiles. Rejects with CONFIG_INVALID.
 */
export async function configurationAt(
  path: string,
  version: unknown,
  {files, places, readKeptText}: Pick<Outside, 'files' | 'places' | 'readKeptText'>,
): Promise<Configuration> {
  const text = await files.readGiven(path)
  if (text === undefined) return readConfiguration(path, text)
  // Text from a pipe is not kept: it may be a secret that its sender keeps encrypted.
  const kept = (await files.isFile(path)) ? keptFile(path, places.parsed) : undefined
  const json = kept === undefined ? undefined : readKeptText(kept)
  const known = json === undefined ? undefined : fromKept(json, version)
  if (known?.text === text) return readConfiguration(path, text, known)
  const parsed = parseConfiguration(path, text)
  const configuration = readConfiguration(path, text, parsed)
  if (kept !== undefined && (await files.exists(places.cache ?? ''))) {
    const keeping = toKept(parsed, version)
    // If it can't be written, the next call parses again.
    if (keeping !== undefined) await files.replacePrivate(kept, keeping).catch(() => undefined)
  }
  return configuration
}

/** The file that keeps the parsed text of a configuration; `undefined` if it can't be kept. */
export function keptFile(path: string, folder: string | undefined): string | undefined {
  const name = keptName(path)
  return name === undefined || folder === undefined ? undefined : join(folder, name)
}
