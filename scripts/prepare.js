// Makes a fresh clone ready: dependencies, then the build. Plain JavaScript that Node 20 runs, because what is
// installed here brings the newer Node that everything else uses. With a script as its argument it then runs that one
// on the newer Node: a shell that looked up `node` before the installation would go on with the older one.
import {spawnSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const modules = join(root, 'node_modules')

once('installed', fingerprint(['package-lock.json', 'package.json']), () => {
  process.stderr.write('Installing dependencies (npm ci) ...\n')
  // npm writes its notices to stderr and its summary to stdout, which belongs to the command that follows.
  must(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
})
once('built', fingerprint(['src', 'plugins', 'scripts', 'package.json', 'tsconfig.base.json', 'tsconfig.json']), () => {
  process.stderr.write('Building ...\n')
  must(nodeOfTheProject(), [join(root, 'scripts/build.js')])
})

const [script, ...args] = process.argv.slice(2)
if (script !== undefined) process.exit(run(nodeOfTheProject(), [join(root, script), ...args], 'inherit'))

/**
 * Does the work unless it was done for the same fingerprint.
 * @param {string} name
 * @param {string} wanted
 * @param {() => void} work
 */
function once(name, wanted, work) {
  const marker = join(modules, '.cache', 'aws-oidc', name)
  const products = name === 'built' ? [join(root, 'dist')] : [modules]
  const done = existsSync(marker) && products.every(existsSync) && readFileSync(marker, 'utf8') === wanted
  if (done) return
  work()
  mkdirSync(dirname(marker), {recursive: true})
  writeFileSync(marker, wanted)
}

/** @param {string[]} paths */
function fingerprint(paths) {
  const hash = createHash('sha256')
  for (const path of paths)
    for (const file of filesIn(path)) hash.update(`${file}\0`).update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesIn(path) {
  if (!statSync(join(root, path)).isDirectory()) return [path]
  const names = readdirSync(join(root, path)).filter(name => name !== 'dist' && name !== 'node_modules')
  return names.sort().flatMap(name => filesIn(`${path}/${name}`))
}

function nodeOfTheProject() {
  const own = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  return existsSync(own) ? own : process.execPath
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function must(command, args) {
  const status = run(command, args, ['ignore', 2, 2])
  if (status !== 0) process.exit(status)
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').StdioOptions} stdio
 */
function run(command, args, stdio) {
  // A .cmd can be started through a shell only; the arguments are ours and hold nothing to quote.
  const {status, error} = spawnSync(command, args, {cwd: root, stdio, shell: command.endsWith('.cmd')})
  if (error) throw error
  return status ?? 1
}
