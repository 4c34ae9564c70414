import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

/** Writes the files of a package into a folder. */
export async function writePackage(
  folder: string,
  manifest: Readonly<Record<string, unknown>>,
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  for (const [path, text] of Object.entries({'package.json': JSON.stringify(manifest), ...files})) {
    await mkdir(join(folder, path, '..'), {recursive: true})
    await writeFile(join(folder, path), text)
  }
  return folder
}
