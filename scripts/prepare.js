// Makes a fresh clone ready: installs dependencies, then builds. Plain JavaScript for Node 20, because the installation
// brings the newer Node that everything else uses. With a script as its argument, it then runs that script on the newer
// Node: a shell that looked up `node` before the installation would keep using the older one.
import {spawnSync} from 'node:child_process'
import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {isDone, markDone, root} from './marker.js'

if (!isDone('installed')) {
  process.stderr.write('Installing dependencies (npm ci) ...\n')
  // Override the user's npm configuration: the build needs the tools, and an install script brings the newer Node.
  const flags = ['--include=dev', '--ignore-scripts=false', '--no-audit', '--no-fund', '--loglevel=error']
  must(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', ...flags])
  markDone('installed')
}
if (!isDone('built')) {
  process.stderr.write('Building ...\n')
  must(nodeOfTheProject(), [join(root, 'scripts/build.js')])
}

const [script, ...args] = process.argv.slice(2)
if (script !== undefined) process.exit(run(nodeOfTheProject(), [join(root, script), ...args], 'inherit'))

function nodeOfTheProject() {
  const own = join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node')
  return existsSync(own) ? own : process.execPath
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function must(command, args) {
  // Output goes to stderr: stdout belongs to the command that follows.
  const status = run(command, args, ['ignore', 2, 2])
  if (status !== 0) process.exit(status)
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').StdioOptions} stdio
 */
function run(command, args, stdio) {
  // A .cmd needs a shell; the arguments are ours and need no quoting.
  const {status, error} = spawnSync(command, args, {cwd: root, stdio, shell: command.endsWith('.cmd')})
  if (error) throw error
  return status ?? 1
}
