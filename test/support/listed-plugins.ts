import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Home} from './home.ts'

/** A plugin as oclif lists it. */
export interface ListedPlugin {
  readonly name: string
  readonly type: 'link' | 'user'
  readonly root?: string
}

/** Adds plugins to oclif's list, without a package manager. */
export async function listPlugins({folder}: Pick<Home, 'folder'>, added: readonly ListedPlugin[]): Promise<void> {
  const data = join(folder, '.local/share/aws-oidc')
  const list = join(data, 'package.json')
  await mkdir(data, {recursive: true})
  const before: {oclif: {plugins: object[]}} = await readFile(list, 'utf8').then(
    text => JSON.parse(text),
    () => ({oclif: {plugins: []}}),
  )
  const plugins = [...before.oclif.plugins, ...added]
  await writeFile(list, JSON.stringify({private: true, oclif: {schema: 1, plugins}}))
}
