import {statSync} from 'node:fs'
import {createRequire} from 'node:module'
import {pathToFileURL} from 'node:url'

/** What a module exports. CommonJS is loaded without import(), whose loader takes extra time to start. */
export async function loadModule(path: string): Promise<unknown> {
  // Node would wait for the end of a pipe.
  if (!statSync(path).isFile()) throw new Error(`${path} is not a file`)
  if (!path.endsWith('.cjs')) return import(pathToFileURL(path).href)
  const exported: unknown = createRequire(path)(path)
  const isCompiled = typeof exported === 'object' && exported !== null && '__esModule' in exported
  return isCompiled ? exported : {default: exported}
}
