import {statSync} from 'node:fs'
import {createRequire} from 'node:module'
import {pathToFileURL} from 'node:url'

/** What a file of code exports. CommonJS needs no import(), which starts a loader of its own. */
export async function loadModule(path: string): Promise<unknown> {
  // Node would wait for the end of a pipe.
  if (!statSync(path).isFile()) throw new Error(`${path} is no file`)
  if (!path.endsWith('.cjs')) return import(pathToFileURL(path).href)
  const exported: unknown = createRequire(path)(path)
  const isCompiled = typeof exported === 'object' && exported !== null && '__esModule' in exported
  return isCompiled ? exported : {default: exported}
}
