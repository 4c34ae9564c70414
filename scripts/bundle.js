// Puts the program into few files, as they are installed: oclif and our own code into one, each large library into one
// of its own that is read with its first use. Why, and what it gains: docs/decisions/0017-bundle.md.
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {build} from 'esbuild'
import {commandIds} from './commands.js'
import {patches} from './oclif-patches.js'

const packages = /[\\/]node_modules[\\/]/

/** Libraries that only some calls need. */
const apart = [
  '@aws-sdk/client-sts',
  '@inquirer/prompts',
  '@xmldom/xmldom',
  'cli-table3',
  'openid-client',
  'qr',
  'semver',
  'yaml',
]
// The one has native code for each platform, the other a program of its own beside it.
const external = ['@napi-rs/keyring', 'open']

/**
 * Writes dist/bundle/ of the package in `root`.
 * @param {string} root
 */
export async function bundle(root) {
  const folder = join(root, 'dist/bundle')
  /** @type {import('esbuild').BuildOptions} */
  const common = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node24',
    external,
    legalComments: 'inline',
    logLevel: 'warning',
  }
  /** @type {import('esbuild').BuildOptions} */
  const plain = {...common, format: 'cjs', define: {'import.meta.url': '__filename'}}
  const contents = entry(commandIds(root))
  await build({
    ...plain,
    stdin: {contents, resolveDir: join(root, 'bin'), sourcefile: 'main.ts', loader: 'ts'},
    outfile: join(folder, 'main.cjs'),
    plugins: [leftApart, patched],
  })
  for (const name of apart) await build({...plain, entryPoints: [name], outfile: join(folder, fileOf(name))})
  await build({
    ...common,
    format: 'esm',
    splitting: true,
    entryPoints: ['src/hooks/strategies.ts', 'src/hooks/caches.ts', 'src/hooks/command-not-found.ts'],
    outdir: join(folder, 'hooks'),
  })
}

/**
 * Each command is evaluated when it is asked for.
 * @param {readonly string[]} ids of all commands
 */
function entry(ids) {
  const getters = ids.map(
    id => `get '${id}'() { return require('../src/commands/${id.replaceAll(':', '/')}.ts').default },`,
  )
  return `
    import {start as handOver} from './start.js'
    export const commands = {${getters.join('\n')}}
    export const start = (root, pjson) => handOver(root, pjson, ${JSON.stringify(ids)})`
}

/** @param {string} name of a package */
function fileOf(name) {
  return `${name.replace('@', '').replace('/', '-')}.cjs`
}

/** @type {import('esbuild').Plugin} */
const leftApart = {
  name: 'libraries in files of their own',
  setup({onResolve}) {
    onResolve({filter: /^[^.]/}, ({path, importer}) =>
      apart.includes(path) && !packages.test(importer) ? {path: `./${fileOf(path)}`, external: true} : undefined,
    )
  },
}

/** @type {import('esbuild').Plugin} */
const patched = {
  name: 'patches of oclif',
  setup({onLoad, onEnd}) {
    const unused = new Set(patches)
    onLoad({filter: packages}, ({path}) => {
      const name = path.replaceAll('\\', '/').split('/node_modules/').at(-1)
      const mine = patches.filter(({file}) => file === name)
      if (mine.length === 0) return undefined
      let contents = readFileSync(path, 'utf8')
      for (const patch of mine) {
        const {file, from, to} = patch
        if (contents.split(from).length !== 2)
          throw new Error(`scripts/oclif-patches.js: ${file} does not have: ${from}`)
        contents = contents.replace(from, () => to)
        unused.delete(patch)
      }
      return {contents, loader: 'js'}
    })
    onEnd(() => {
      for (const {file} of unused) throw new Error(`scripts/oclif-patches.js: ${file} is not part of the bundle.`)
    })
  },
}
