// What oclif does at each start that only some calls need. Each could be offered to oclif as it stands. A text that is
// not there exactly once fails the build: a changed oclif is looked at again.

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
]

/** @type {import('esbuild').Plugin} */
export const patched = {
  name: 'patches of oclif',
  setup({onLoad, onEnd}) {
    const unused = new Set(patches)
    onLoad({filter: /[\\/]@oclif[\\/]core[\\/]lib[\\/]/}, ({path}) => {
      const name = path.replaceAll('\\', '/').split('/node_modules/').at(-1)
      let contents = readFileSync(path, 'utf8')
      for (const patch of patches.filter(({file}) => file === name)) {
        const {file, from, to} = patch
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
