// Runs all checks of `npm test` one after the other; they need nothing but npm packages.
import {spawnSync} from 'node:child_process'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const script = (/** @type {string} */ path) => join(root, 'node_modules', path)

/** @type {[string, string[]][]} */
const checks = [
  ['lint, format, import boundaries', [script('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '.']],
  ['types of tests and scripts', [script('typescript/bin/tsc'), '-p', 'tsconfig.test.json']],
  ['dependencies', [script('knip/bin/knip.js'), '--no-progress']],
  ['tests', [script('mocha/bin/mocha.js'), ...process.argv.slice(2)]],
]

for (const [name, args] of checks) {
  process.stdout.write(`\n== ${name}\n`)
  const {status} = spawnSync(process.execPath, args, {cwd: root, stdio: 'inherit'})
  if (status !== 0) {
    process.stdout.write(`\nFailed: ${name}\n`)
    process.exit(status ?? 1)
  }
}
