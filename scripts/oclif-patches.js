// What oclif does at each start that we can't pay for. Each could be offered to oclif as it stands; a text that is not
// there exactly once fails the build.

/** @type {readonly {readonly file: string; readonly from: string; readonly to: string}[]} */
export const patches = [
  // The first comparison by a locale loads ICU's rules for it, 8 ms; ids of commands are ASCII.
  {
    file: '@oclif/core/lib/config/plugin.js',
    from: '.sort((a, b) => a.id.localeCompare(b.id))',
    to: '.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))',
  },
  // bin/run.js has checked the version of Node; this would load semver for it.
  {
    file: '@oclif/core/lib/index.js',
    from: '\ncheckNodeVersion();',
    to: '',
  },
]
