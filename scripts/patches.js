// What libraries do at each start that only some calls need. Each could be offered to them as it stands. A text that is
// not there exactly once fails the build: a changed library is looked at again.

import {readFileSync} from 'node:fs'

/** @type {readonly {readonly file: string; readonly from: string; readonly to: string}[]} */
const patches = [
  // The first comparison by a locale loads ICU's rules for it, 8 ms; ids of commands are ASCII.
  {
    file: '@oclif/core/lib/config/plugin.js',
    from: '.sort((a, b) => a.id.localeCompare(b.id))',
    to: '.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))',
  },
  // bin/run.js has checked the version of Node; this loads semver for it.
  {
    file: '@oclif/core/lib/index.js',
    from: '\ncheckNodeVersion();',
    to: '',
  },
  // A name without a character of a pattern matches itself only.
  {
    file: '@oclif/core/lib/config/plugin-loader.js',
    from: 'const minimatch_1 = require("minimatch");',
    to: 'const minimatch_1 = { minimatch: (p, w) => /^[\\w@/.-]+$/.test(w) ? p === w : require("minimatch").minimatch(p, w) };',
  },
  // Without DEBUG its loggers print nothing.
  {
    file: '@oclif/core/lib/logger.js',
    from: 'const debug_1 = __importDefault(require("debug"));',
    to: 'const debug_1 = { default: (ns) => process.env.DEBUG ? require("debug")(ns) : Object.assign(() => {}, { enabled: false }) };',
  },
  // WSL is a Linux; and all of wsl-utils is more than this question needs.
  {
    file: '@oclif/core/lib/util/os.js',
    from: "(await import('wsl-utils')).isWsl ?",
    to: "(0, node_os_1.platform)() === 'linux' && (await import('is-wsl')).default ?",
  },
  // To freeze the 2,125 entities of HTML, which XML has not, takes longer than all else of that library: 9 ms.
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
  const unused = new Set(patches.filter(({file}) => file.startsWith(`${library}/`)))
  const [scope, name] = library.split('/')
  return {
    name: `patches of ${library}`,
    setup({onLoad, onEnd}) {
      onLoad({filter: RegExp(`[\\\\/]${scope}[\\\\/]${name}[\\\\/]lib[\\\\/]`)}, ({path}) => {
        const file = path.replaceAll('\\', '/').split('/node_modules/').at(-1)
        let contents = readFileSync(path, 'utf8')
        for (const patch of patches.filter(one => one.file === file)) {
          const {from, to} = patch
          if (contents.split(from).length !== 2) throw new Error(`${file} does not have this once: ${from}`)
          contents = contents.replace(from, () => to)
          unused.delete(patch)
        }
        return {contents, loader: 'js'}
      })
      onEnd(() => {
        for (const {file} of unused) throw new Error(`${file} has a patch and is not part of the bundle.`)
      })
    },
  }
}
