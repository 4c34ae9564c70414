import {readdirSync} from 'node:fs'
import {join} from 'node:path'

/**
 * What oclif calls the commands in src/commands/ of the package in `root`, such as "cache:info".
 * @param {string} root
 */
export function commandIds(root) {
  const files = readdirSync(join(root, 'src/commands'), {recursive: true, encoding: 'utf8'})
  const names = files.filter(name => name.endsWith('.ts')).map(name => name.slice(0, -'.ts'.length))
  return names.map(name => name.replaceAll(/[\\/]/g, ':')).toSorted()
}
