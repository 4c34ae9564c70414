import {randomUUID} from 'node:crypto'
import {basename, dirname, join} from 'node:path'
import {AwsOidcError} from '../errors.ts'
import type {Files} from '../outside/files/files.ts'
import type {Trees} from '../outside/files/trees.ts'
import type {Npm, NpmOptions} from '../outside/processes/npm.ts'
import type {Log} from '../plugin.ts'
import {parseObject, readObject} from '../text/json.ts'
import type {InstalledPackage} from './registry.ts'
import type {PluginSource} from './source.ts'

const [manifestName, lockName, modulesName] = ['package.json', 'package-lock.json', 'node_modules']
/** Where copies are made and stay: `node_modules` is a link into one of them. */
const treesName = 'trees'

/**
 * A copy of the folder where oclif keeps plugins: npm installs into it, and its package.json lists them. Nobody reads
 * the copy before it is complete.
 */
export interface PluginFolder {
  readonly root: string
  npm(args: readonly string[]): Promise<unknown>
  /** Lists a package as a plugin, for oclif and for us, in place of one of the same name. */
  list(name: string, from: PluginSource | LinkedFolder): Promise<void>
  /** Removes a plugin from the list. */
  unlist(name: string): Promise<void>
}

/** The folder of a plugin that somebody works on. */
export interface LinkedFolder {
  readonly kind: 'folder'
  readonly root: string
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

export interface FolderDependencies {
  readonly own: InstalledPackage
  readonly dataFolder: string
  readonly files: Files
  readonly trees: Trees
  readonly npm: Npm
  readonly npmOptions: NpmOptions
  /** Does the work while no other aws-oidc changes plugins. */
  readonly exclusively: <Result>(work: () => Promise<Result>) => Promise<Result>
  readonly log: Log
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

export interface ListedPlugin {
  readonly name: string
  readonly linked: boolean
  /** The folder that it is linked to. */
  readonly root: string | undefined
}

/** All plugins, including linked ones, whether or not they are there. */
export async function listedPlugins(
  dataFolder: string,
  {readText}: Pick<Files, 'readText'>,
): Promise<readonly ListedPlugin[]> {
  const manifest = parseObject((await readText(join(dataFolder, 'package.json'))) ?? '')
  const {plugins} = readObject(manifest.oclif)
  return (Array.isArray(plugins) ? plugins : []).flatMap(entry => {
    const name = nameOf(entry)
    const {type, root} = readObject(entry)
    return name === undefined
      ? []
      : [{name, linked: type === 'link', root: typeof root === 'string' ? root : undefined}]
  })
}

/** Earlier versions of oclif listed a plugin by its name alone. */
function nameOf(entry: unknown): string | undefined {
  const name = typeof entry === 'string' ? entry : readObject(entry).name
  return typeof name === 'string' ? name : undefined
}

/**
 * Changes the plugins, one process at a time: npm and the list work on a copy, which then takes the place of the folder
 * as a whole. If anything fails, all stays as it was.
 */
export function changePlugins<Result>(
  deps: FolderDependencies,
  change: (copy: PluginFolder) => Promise<Result>,
): Promise<Result> {
  return withCopy(deps, async ({folder, putInPlace}) => {
    const result = await change(folder)
    await putInPlace()
    return result
  })
}

/** Does the same to a copy that nobody gets to see. */
export function tryOnPlugins<Result>(
  deps: FolderDependencies,
  change: (copy: PluginFolder) => Promise<Result>,
): Promise<Result> {
  return withCopy(deps, ({folder}) => change(folder))
}

/** Removes all plugins, and all that npm installed for them. The caller lets nobody else change plugins meanwhile. */
export async function emptyPluginFolder(deps: FolderDependencies): Promise<void> {
  const {dataFolder, files} = deps
  // First, so that a reader misses no file that the list promises.
  await writingInto(dataFolder, () => files.replacePrivate(join(dataFolder, manifestName), emptyManifest(deps)))
  for (const name of [modulesName, lockName, treesName]) await files.removeFolder(join(dataFolder, name))
}

interface Copy {
  readonly folder: PluginFolder
  /** The plugins that are no longer listed. */
  readonly unlisted: ReadonlySet<string>
  putInPlace(): Promise<void>
}

function withCopy<Result>(deps: FolderDependencies, work: (copy: Copy) => Promise<Result>): Promise<Result> {
  const {dataFolder, files, trees, log} = deps
  const inUse = async () => basename(dirname((await trees.whereLeads(join(dataFolder, modulesName))) ?? ''))
  return deps.exclusively(async () => {
    const before = await inUse()
    try {
      const copy = await newCopy(deps)
      const result = await work(copy)
      // Of a plugin that was removed, nothing of its own stays.
      for (const name of copy.unlisted) {
        await files.removeFolder(join(dataFolder, treesName, before, modulesName, name))
      }
      return result
    } finally {
      // A program that has begun to load a plugin goes on with the copy it began with.
      const kept = [before, await inUse()]
      const left = () => log.debug('copies of plugins that are no longer used could not be removed')
      await trees.keepOnly(join(dataFolder, treesName), kept).catch(left)
    }
  })
}

async function newCopy(deps: FolderDependencies): Promise<Copy> {
  const {dataFolder, files, trees, npm, npmOptions} = deps
  // Each is as deep as the one it was made of: npm writes the paths of tarballs relative to it.
  const root = join(dataFolder, treesName, randomUUID())
  const write = (path: string, text: string) => writingInto(dataFolder, () => files.replacePrivate(path, text))
  const usual = await files.readText(join(dataFolder, manifestName))
  if (usual === undefined) await write(join(dataFolder, manifestName), emptyManifest(deps))
  let manifest = usual ?? emptyManifest(deps)
  let npmHasRun = false
  const unlisted = new Set<string>()

  async function prepareForNpm(): Promise<void> {
    await write(join(root, manifestName), manifest)
    const lock = await files.readText(join(dataFolder, lockName))
    if (lock !== undefined) await write(join(root, lockName), lock)
    await writingInto(dataFolder, () => trees.copy(join(dataFolder, modulesName), join(root, modulesName)))
    npmHasRun = true
  }

  async function changeList(change: (entries: readonly unknown[]) => readonly unknown[]): Promise<void> {
    const read = parseObject(manifest)
    const oclif = readObject(read.oclif)
    const plugins = change(Array.isArray(oclif.plugins) ? oclif.plugins : [])
    manifest = `${JSON.stringify({...read, oclif: {schema: 1, ...oclif, plugins}}, null, 2)}\n`
    if (npmHasRun) await write(join(root, manifestName), manifest)
  }

  const folder: PluginFolder = {
    root,

    async npm(args) {
      if (!npmHasRun) await prepareForNpm()
      const answer = await npm.run(args, root, npmOptions)
      manifest = (await files.readText(join(root, manifestName))) ?? manifest
      return answer
    },

    list: (name, from) =>
      changeList(others => [...others.filter(entry => nameOf(entry) !== name), {name, ...placeOf(from)}]),

    unlist(name) {
      unlisted.add(name)
      return changeList(entries => entries.filter(entry => nameOf(entry) !== name))
    },
  }

  return {
    folder,
    unlisted,
    async putInPlace() {
      if (npmHasRun) {
        const lock = await files.readText(join(root, lockName))
        const modules = join(root, modulesName)
        await writingInto(dataFolder, async () => {
          await files.makePrivateFolder(modules)
          await trees.lead(join(dataFolder, modulesName), modules)
        })
        if (lock !== undefined) await write(join(dataFolder, lockName), lock)
      }
      // Last, so that the list promises no file that a reader can't find.
      await write(join(dataFolder, manifestName), manifest)
    },
  }
}

function placeOf(from: PluginSource | LinkedFolder): object {
  if (from.kind === 'folder') return {type: 'link', root: from.root}
  return {type: 'user', ...(from.kind === 'registry' ? {tag: from.tag} : {url: from.spec})}
}

/** Without a package.json npm would look for another folder to install into. */
function emptyManifest({own}: Pick<FolderDependencies, 'own'>): string {
  return JSON.stringify({name: own.name, private: true, oclif: {schema: 1, plugins: []}})
}
