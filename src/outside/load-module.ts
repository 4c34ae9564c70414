import {createRequire} from 'node:module'
import {pathToFileURL} from 'node:url'

/** What a file of code exports. CommonJS needs no import(), which starts a loader of its own. */
export async function loadModule(path: string): Promise<unknown> {
  if (!path.endsWith('.cjs')) return import(pathToFileURL(path).href)
  const exported: unknown = createRequire(path)(path)
  const isCompiled = typeof exported === 'object' && exported !== null && '__esModule' in exported
  return isCompiled ? exported : {default: exported}
}
