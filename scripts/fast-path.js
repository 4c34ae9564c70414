import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {callerLines} from '../src/fast-path/caller-lines.ts'

/**
 * Writes what the readers of the fast path compare, for bin/run.js, and the launcher's template, to dist/bundle/.
 * @param {string} root
 */
export function writeReaders(root) {
  const folder = join(root, 'dist/bundle')
  writeFileSync(join(folder, 'caller-lines.json'), JSON.stringify(callerLines))
  const {format, variables} = callerLines.hotCopy
  const values = variables.map(name => `"\${${name}-}"`).join(' ')
  const source = readFileSync(join(root, 'bin/launcher.sh'), 'utf8')
  writeFileSync(
    join(folder, 'launcher.sh'),
    source.replace('@FORMAT@', format).replace('@VARIABLES@', () => values),
  )
}
