import {readdirSync} from 'node:fs'
import {join} from 'node:path'

/**
 * The files in src/commands/ of the package in `root`, without their extension, by oclif's ids of commands: such as
 * "cache:info", or "cache" for a topic's own command.
 * @param {string} root
 * @returns {[id: string, file: string][]}
 */
export function commandFiles(root) {
  const files = readdirSync(join(root, 'src/commands'), {recursive: true, encoding: 'utf8'})
  const names = files.filter(name => name.endsWith('.ts')).map(name => name.slice(0, -'.ts'.length))
  const paths = names.map(name => name.replaceAll('\\', '/')).filter(path => !path.startsWith('shared/'))
  return paths.toSorted().map(path => [path.replace(/\/index$/, '').replaceAll('/', ':'), path])
}
