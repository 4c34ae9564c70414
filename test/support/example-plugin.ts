import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Home} from './home.ts'
import {plantPlugin} from './planted-plugin.ts'

/** Links the example plugin of that folder, with its own package.json. */
export async function plantExample(home: Home, folder: string): Promise<void> {
  const read = (file: string) => readFile(join(import.meta.dirname, '../examples', folder, file), 'utf8')
  const manifest: {readonly name: string} = JSON.parse(await read('package.json'))
  await plantPlugin(home, {name: manifest.name, hook: '', manifest, files: {'index.js': await read('index.js')}})
}
