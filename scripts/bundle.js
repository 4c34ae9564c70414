// Bundles the installed program into few files: oclif and our own code into one, each large library into one of its
// own. Parts that only some calls need are loaded on first use. For the reasons and gains see
// docs/decisions/0017-bundle.md.
import {writeFileSync} from 'node:fs'
import {findPackageJSON} from 'node:module'
import {join} from 'node:path'
import {build} from 'esbuild'
import {commandFiles} from './commands.js'
import {licencesOf} from './licences.js'
import {loadedLate} from './loaded-late.js'
import {patched} from './patches.js'

/** Libraries in files of their own: large ones, or those that few calls use. */
const apart = [
  '@smithy/signature-v4',
  '@xmldom/xmldom',
  'cli-spinners',
  'cli-table3',
  'debug',
  'lilconfig',
  'minimatch',
  'openid-client',
  'qr',
  'semver',
  'tinyglobby',
  'yaml',
]

/** Not bundled: native code, a package with a program of its own beside it, and what is absent at run time. */
const external = ['@napi-rs/keyring', 'open', 'typescript']

/** Loaded on first use, in addition to those in `apart`. */
const late = [
  'ansi-escapes',
  'ansis',
  'clean-stack',
  'ejs',
  'indent-string',
  'supports-color',
  'widest-line',
  'wordwrap',
  'wrap-ansi',
  'node:child_process',
  'node:crypto',
  'node:http',
  'node:https',
  'node:net',
  'node:perf_hooks',
  'node:readline',
  'node:sqlite',
  'node:stream/consumers',
  'node:timers/promises',
  'node:tls',
]

/**
 * Writes dist/bundle/ of the package in `root`.
 * @param {string} root
 */
export async function bundle(root) {
  const folder = join(root, 'dist/bundle')
  demandOneOfEach(root)
  /** @type {string[]} */
  const inputs = []
  /** @param {import('esbuild').BuildOptions} options */
  async function write(options) {
    const {metafile} = await build({
      absWorkingDir: root,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node24',
      external,
      define: {'import.meta.url': '__filename'},
      // Names are kept for stack traces.
      minifyWhitespace: true,
      minifySyntax: true,
      legalComments: 'inline',
      logLevel: 'warning',
      metafile: true,
      ...options,
    })
    for (const output of Object.values(metafile?.outputs ?? {})) {
      inputs.push(...Object.keys(output.inputs).filter(path => output.inputs[path]?.bytesInOutput))
    }
  }

  const inFiles = apart.map(name => [name, `./${fileOf(name)}`])
  const later = loadedLate(Object.fromEntries([...late.map(name => [name, name]), ...inFiles]), root)
  await write({
    stdin: {contents: entry(commandFiles(root)), resolveDir: join(root, 'bin'), sourcefile: 'main.ts', loader: 'ts'},
    outfile: join(folder, 'main.cjs'),
    plugins: [later, patched('@oclif/core')],
  })
  await write({entryPoints: ['src/wiring/complete.ts'], outfile: join(folder, 'complete.cjs'), plugins: [later]})
  // The lanes choose themselves when to load what: while the keyring answers, there is time for `node:crypto`.
  for (const name of ['file', 'keyring']) {
    await write({entryPoints: [`src/fast-path/lane/${name}.ts`], outfile: join(folder, `lane-${name}.cjs`)})
  }
  for (const name of ['strategies', 'caches', 'command-not-found']) {
    await write({entryPoints: [`src/hooks/${name}.ts`], outfile: join(folder, `${name}.cjs`), plugins: [besides]})
  }
  await write({
    entryPoints: ['src/identity-center/strategy.ts'],
    outfile: join(folder, 'identity-center.cjs'),
    plugins: [withoutCredentialChain],
  })
  for (const name of apart) {
    // The first use of Node's `Response` loads its whole fetch (43 ms), so this library gets our light one.
    const inject = name === 'openid-client' ? ['src/http/fetched.ts'] : []
    await write({entryPoints: [name], outfile: join(folder, fileOf(name)), inject, plugins: [patched(name)]})
  }
  writeFileSync(join(folder, 'LICENCES.txt'), licencesOf(root, inputs))
}

/**
 * A strategy with libraries that no other one needs is a file of its own, loaded where it is used.
 * @type {import('esbuild').Plugin}
 */
const besides = {
  name: 'besides',
  setup({onResolve}) {
    onResolve({filter: /\/identity-center\/strategy\.ts$/}, () => ({path: './identity-center.cjs', external: true}))
  },
}

/**
 * The SDK's clients bring its chain of credentials, although these services take none: a person's keys must not be
 * looked for, nor the code be loaded.
 * @type {import('esbuild').Plugin}
 */
const withoutCredentialChain = {
  name: 'without the chain of credentials',
  setup({onResolve, onLoad}) {
    onResolve({filter: /^@aws-sdk\/credential-provider-node$/}, ({path}) => ({path, namespace: 'no-chain'}))
    onLoad({filter: /^/, namespace: 'no-chain'}, () => ({
      contents: 'exports.defaultProvider = () => () => { throw new Error("there is no chain of credentials") }',
    }))
  },
}

/**
 * The bundle resolves `apart` and `late` from `root`, even for oclif. Throws if oclif has another copy of one.
 * @param {string} root
 */
function demandOneOfEach(root) {
  const [here, oclif] = [join(root, 'package.json'), join(root, 'node_modules/@oclif/core/package.json')]
  for (const name of [...apart, ...late].filter(name => !name.startsWith('node:'))) {
    if (findPackageJSON(name, here) !== findPackageJSON(name, oclif)) throw new Error(`oclif has a ${name} of its own.`)
  }
}

/**
 * The bundle's entry; each command is evaluated on demand.
 * @param {[id: string, file: string][]} files of all commands
 */
function entry(files) {
  const getters = files.map(([id, file]) => `get '${id}'() { return require('../src/commands/${file}.ts').default },`)
  const ids = JSON.stringify(files.map(([id]) => id))
  return `
    import {start as handOver} from './start.js'
    export const commands = {${getters.join('\n')}}
    export const start = (root, pjson) => handOver(root, pjson, ${ids})`
}

/** @param {string} name of a package */
function fileOf(name) {
  return `${name.replace('@', '').replace('/', '-')}.cjs`
}
