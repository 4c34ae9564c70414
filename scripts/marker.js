// Records what was installed and built, so that neither is repeated for unchanged files. Runs on Node 20.
import {createHash} from 'node:crypto'
import {existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')

const inputs = {
  installed: ['package-lock.json', 'package.json'],
  built: [
    'bin',
    'src',
    'plugins',
    'scripts',
    'package-lock.json',
    'package.json',
    'tsconfig.base.json',
    'tsconfig.json',
  ],
}
const products = {installed: 'node_modules', built: 'dist'}

/** Whether the step was done for the current files. @param {keyof typeof inputs} what */
export function isDone(what) {
  const marker = markerOf(what)
  const there = existsSync(marker) && existsSync(join(root, products[what]))
  return there && readFileSync(marker, 'utf8') === fingerprint(inputs[what])
}

/** @param {keyof typeof inputs} what */
export function markDone(what) {
  mkdirSync(dirname(markerOf(what)), {recursive: true})
  writeFileSync(markerOf(what), fingerprint(inputs[what]))
}

/** @param {string} what */
function markerOf(what) {
  return join(root, 'node_modules/.cache/aws-oidc', what)
}

/** @param {string[]} paths */
function fingerprint(paths) {
  const hash = createHash('sha256')
  for (const path of paths) {
    for (const file of filesIn(path)) hash.update(`${file}\0`).update(readFileSync(join(root, file)))
  }
  return hash.digest('hex')
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesIn(path) {
  if (!statSync(join(root, path)).isDirectory()) return [path]
  const names = readdirSync(join(root, path)).filter(
    name => name !== 'dist' && name !== 'node_modules' && !name.startsWith('.'),
  )
  return names.sort().flatMap(name => filesIn(`${path}/${name}`))
}
