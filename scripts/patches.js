// Replaces work that libraries do at each start but only some calls need. Each patch could be proposed upstream as it
// is. The build fails unless the original text occurs exactly once, so that patches of a changed library are reviewed.

import {readFileSync} from 'node:fs'

/** @type {readonly {readonly file: string; readonly from: string; readonly to: string}[]} */
const patches = [
  // The first localeCompare loads ICU's rules, 8 ms; ids of commands are ASCII.
  {
    file: '@oclif/core/lib/config/plugin.js',
    from: '.sort((a, b) => a.id.localeCompare(b.id))',
    to: '.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))',
  },
  // bin/run.js has checked Node's version already; this check loads semver.
  {
    file: '@oclif/core/lib/index.js',
    from: '\ncheckNodeVersion();',
    to: '',
  },
  // A pattern without special characters matches only itself.
  {
    file: '@oclif/core/lib/config/plugin-loader.js',
    from: 'const minimatch_1 = require("minimatch");',
    to: 'const minimatch_1 = { minimatch: (p, w) => /^[\\w@/.-]+$/.test(w) ? p === w : require("minimatch").minimatch(p, w) };',
  },
  // Without DEBUG the loggers print nothing.
  {
    file: '@oclif/core/lib/logger.js',
    from: 'const debug_1 = __importDefault(require("debug"));',
    to: 'const debug_1 = { default: (ns) => process.env.DEBUG ? require("debug")(ns) : Object.assign(() => {}, { enabled: false }) };',
  },
  // WSL is a Linux; and this check doesn't need all of wsl-utils.
  {
    file: '@oclif/core/lib/util/os.js',
    from: "(await import('wsl-utils')).isWsl ?",
    to: "(0, node_os_1.platform)() === 'linux' && (await import('is-wsl')).default ?",
  },
  // Freezing the 2,125 HTML entities, which XML doesn't have, takes longer than the rest of the library: 9 ms.
  {
    file: '@xmldom/xmldom/lib/entities.js',
    from: "var freeze = require('./conventions').freeze;",
    to: 'var freeze = (entities) => entities;',
  },
]

/**
 * Patches one library where it is bundled.
 * @param {string} library
 * @returns {import('esbuild').Plugin}
 */
export function patched(library) {
  const own = Map.groupBy(
    patches.filter(({file}) => file.startsWith(`${library}/`)),
    ({file}) => file,
  )
  return {
    name: `patches of ${library}`,
    setup({onLoad, onEnd}) {
      const unused = new Set(own.keys())
      for (const [file, changes] of own) {
        const place = file.replaceAll('.', '\\.').replaceAll('/', '[\\\\/]')
        onLoad({filter: RegExp(`[\\\\/]node_modules[\\\\/]${place}$`)}, ({path}) => {
          let contents = readFileSync(path, 'utf8')
          for (const {from, to} of changes) {
            if (contents.split(from).length !== 2) throw new Error(`${file} does not have this once: ${from}`)
            contents = contents.replace(from, () => to)
          }
          unused.delete(file)
          return {contents, loader: 'js'}
        })
      }
      onEnd(() => {
        for (const file of unused) throw new Error(`${file} has a patch and is not part of the bundle.`)
      })
    },
  }
}
