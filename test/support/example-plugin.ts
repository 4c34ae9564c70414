import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Home} from './home.ts'
import {root} from './sandbox.ts'

/** Links a plugin of `test/examples` as `plugins link` would. */
export async function linkExample(home: Home, name: string): Promise<void> {
  const folder = join(root, 'test/examples', name)
  const {name: plugin} = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const data = join(home.folder, '.local/share/aws-oidc')
  await mkdir(data, {recursive: true})
  const oclif = {schema: 1, plugins: [{name: plugin, type: 'link', root: folder}]}
  await writeFile(join(data, 'package.json'), JSON.stringify({private: true, oclif}))
}
