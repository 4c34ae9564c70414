import {join} from 'node:path'
import {AwsOidcError} from '../errors.ts'
import type {Files} from '../outside/files/files.ts'
import type {Npm, NpmOptions} from '../outside/processes/npm.ts'
import {parseObject, readObject} from '../text/json.ts'
import type {InstalledPackage} from './registry.ts'
import type {PluginSource} from './source.ts'

/** The folder where oclif keeps plugins: npm installs into it, and its package.json lists them. */
export interface PluginFolder {
  npm(args: readonly string[]): Promise<unknown>
  /** Lists an installed package as a plugin, for oclif and for us. */
  list(name: string, from: PluginSource): Promise<void>
  /** Removes a plugin from the list. */
  unlist(name: string): Promise<void>
  /** Restores the folder as it was when opened, including another version of the same plugin. */
  restore(): Promise<void>
}

/** Does work that writes into the folder. Rejects with OUTPUT_FAILED if the folder can't be written. */
export async function writingInto<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    const {code} = readObject(error)
    if (error instanceof AwsOidcError || typeof code !== 'string') throw error
    throw new AwsOidcError('OUTPUT_FAILED', `${folder} can't be written: ${code}. Nothing was changed.`, {
      hint: `ls -ld ${folder}; df ${folder}`,
      cause: error,
    })
  }
}

interface FolderDependencies {
  readonly own: InstalledPackage
  readonly dataFolder: string
  readonly files: Files
  readonly npm: Npm
  readonly npmOptions: NpmOptions
}

/** The plugins that npm has installed, without linked ones, and where each came from. */
export async function pluginsByNpm(
  dataFolder: string,
  {readText}: Pick<Files, 'readText'>,
): Promise<readonly {readonly name: string; readonly version: string; readonly source: PluginSource}[]> {
  const read = async (folder: string) => parseObject((await readText(join(folder, 'package.json'))) ?? '')
  const listed = readObject((await read(dataFolder)).oclif).plugins
  const found = (Array.isArray(listed) ? listed : []).map(async entry => {
    const {name, type, tag = 'latest', url} = readObject(entry)
    if (typeof name !== 'string' || typeof tag !== 'string' || type !== 'user') return []
    const {version} = await read(join(dataFolder, 'node_modules', name))
    const source: PluginSource =
      typeof url === 'string' ? {kind: 'elsewhere', spec: url} : {kind: 'registry', name, spec: `${name}@${tag}`, tag}
    return [{name, version: typeof version === 'string' ? version : 'none', source}]
  })
  return (await Promise.all(found)).flat()
}

/** All plugins, including linked ones. */
export async function listedPlugins(
  dataFolder: string,
  {readText}: Pick<Files, 'readText'>,
): Promise<readonly {readonly name: string; readonly linked: boolean}[]> {
  const manifest = parseObject((await readText(join(dataFolder, 'package.json'))) ?? '')
  const {plugins} = readObject(manifest.oclif)
  return (Array.isArray(plugins) ? plugins : []).flatMap(entry => {
    const name = nameOf(entry)
    return name === undefined ? [] : [{name, linked: readObject(entry).type === 'link'}]
  })
}

/** Earlier versions of oclif listed a plugin by its name alone. */
function nameOf(entry: unknown): string | undefined {
  const name = typeof entry === 'string' ? entry : readObject(entry).name
  return typeof name === 'string' ? name : undefined
}

export async function openPluginFolder({
  own,
  dataFolder,
  files,
  npm,
  npmOptions,
}: FolderDependencies): Promise<PluginFolder> {
  const [path, lock] = [join(dataFolder, 'package.json'), join(dataFolder, 'package-lock.json')]
  const run = (args: readonly string[]) => npm.run(args, dataFolder, npmOptions)
  if ((await files.readText(path)) === undefined) {
    // Without a package.json npm would look for another folder to install into.
    const empty = {name: own.name, private: true, oclif: {schema: 1, plugins: []}}
    await writingInto(dataFolder, () => files.replacePrivate(path, JSON.stringify(empty)))
  }
  const before = await Promise.all([path, lock].map(async file => ({file, text: await files.readText(file)})))

  async function changeList(change: (entries: readonly unknown[]) => readonly unknown[]): Promise<void> {
    const manifest = parseObject((await files.readText(path)) ?? '')
    const oclif = readObject(manifest.oclif)
    const plugins = change(Array.isArray(oclif.plugins) ? oclif.plugins : [])
    const after = {...manifest, oclif: {schema: 1, ...oclif, plugins}}
    await writingInto(dataFolder, () => files.replacePrivate(path, `${JSON.stringify(after, null, 2)}\n`))
  }

  return {
    npm: run,

    list: (name, from) =>
      changeList(others => [
        ...others.filter(entry => nameOf(entry) !== name),
        {name, type: 'user', ...(from.kind === 'registry' ? {tag: from.tag} : {url: from.spec})},
      ]),

    unlist: name => changeList(entries => entries.filter(entry => nameOf(entry) !== name)),

    async restore() {
      for (const {file, text} of before) {
        // Skips unchanged files: on a full disk, writing would fail and hide why the installation did.
        if (text === undefined || (await files.readText(file)) === text) continue
        await writingInto(dataFolder, () => files.replacePrivate(file, text))
      }
      // npm removes what package.json does not list.
      await run(['install', '--omit=dev']).catch(() => undefined)
    },
  }
}
