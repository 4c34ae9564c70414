import {readFile, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

/** The addresses of all modules that a call loads; `call` must add these variables to its own. */
export async function loadedBy(
  folder: string,
  call: (env: Readonly<Record<string, string>>) => Promise<unknown>,
): Promise<readonly string[]> {
  const [preload, list] = [join(folder, 'preload.cjs'), join(folder, 'loaded')]
  await writeFile(
    preload,
    `const {writeFileSync} = require('node:fs')
     const loaded = []
     require('node:module').registerHooks({load: (url, context, next) => (loaded.push(url), next(url, context))})
     process.once('exit', () => writeFileSync(process.env.LOADED, loaded.join('\\n')))`,
  )
  try {
    await call({LOADED: list, NODE_OPTIONS: `--require ${preload}`})
    return (await readFile(list, 'utf8')).split('\n')
  } finally {
    for (const path of [preload, list]) await rm(path, {force: true})
  }
}
