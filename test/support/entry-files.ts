import {readdir} from 'node:fs/promises'
import {join} from 'node:path'

/** The files of the entries in a cache; a process that is writing one has its temporary file beside them. */
export async function entryFiles(cache: string): Promise<readonly string[]> {
  const folder = join(cache, 'v1')
  const names = await readdir(folder).catch((): string[] => [])
  return names.filter(name => name.endsWith('.json')).map(name => join(folder, name))
}
