import {join} from 'node:path'
import {parseObject, readObject} from '../json.ts'
import type {Files} from '../outside/files.ts'
import type {Npm, NpmOptions} from '../outside/npm.ts'
import type {InstalledPackage} from '../registry.ts'
import type {PluginSource} from './plugin-source.ts'

/** The folder that oclif keeps plugins in: npm's, with a list of them in its package.json. */
export interface PluginFolder {
  npm(args: readonly string[]): Promise<unknown>
  /** Has oclif and us take an installed package for a plugin. */
  list(name: string, from: PluginSource): Promise<void>
  /** Makes everything as it was when the folder was opened; another version of the same plugin comes back too. */
  restore(): Promise<void>
}

interface FolderParts {
  readonly own: InstalledPackage
  readonly dataFolder: string
  readonly files: Files
  readonly npm: Npm
  readonly npmOptions: NpmOptions
}

export async function openPluginFolder({own, dataFolder, files, npm, npmOptions}: FolderParts): Promise<PluginFolder> {
  const [path, lock] = [join(dataFolder, 'package.json'), join(dataFolder, 'package-lock.json')]
  const run = (args: readonly string[]) => npm.run(args, dataFolder, npmOptions)
  if ((await files.readText(path)) === undefined) {
    // Without a package.json npm would look for another folder to install into.
    const empty = {name: own.name, private: true, oclif: {schema: 1, plugins: []}}
    await files.replacePrivate(path, JSON.stringify(empty))
  }
  const before = await Promise.all([path, lock].map(async file => ({file, text: await files.readText(file)})))

  return {
    npm: run,

    async list(name, from) {
      const manifest = parseObject((await files.readText(path)) ?? '')
      const oclif = readObject(manifest.oclif)
      const listed = Array.isArray(oclif.plugins) ? oclif.plugins : []
      const others = listed.filter(entry => entry !== name && readObject(entry).name !== name)
      const entry = {name, type: 'user', ...(from.kind === 'registry' ? {tag: from.tag} : {url: from.spec})}
      const after = {...manifest, oclif: {schema: 1, ...oclif, plugins: [...others, entry]}}
      await files.replacePrivate(path, `${JSON.stringify(after, null, 2)}\n`)
    },

    async restore() {
      for (const {file, text} of before) if (text !== undefined) await files.replacePrivate(file, text)
      // What is not in package.json goes with it.
      await run(['install', '--omit=dev']).catch(() => undefined)
    },
  }
}
