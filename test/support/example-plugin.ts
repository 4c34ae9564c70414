import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Home} from './home.ts'
import {listPlugins} from './listed-plugins.ts'
import {root} from './sandbox.ts'

/** Links a plugin of `test/examples` as `plugins link` would. */
export async function linkExample(home: Home, name: string): Promise<void> {
  const folder = join(root, 'test/examples', name)
  const {name: plugin} = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  await listPlugins(home, [{name: plugin, type: 'link', root: folder}])
}
