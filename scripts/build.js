// Compiles the host and all plugins, then writes oclif.manifest.json from the compiled commands.
import {execFileSync} from 'node:child_process'
import {existsSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {bundle} from './bundle.js'
import {writeReaders} from './fast-path.js'
import {writeManifest} from './manifest.js'
import {markDone, root} from './marker.js'

const tsc = join(root, 'node_modules/typescript/bin/tsc')

// Otherwise the compiled code of a deleted source file would stay.
for (const folder of [root, ...plugins()]) {
  rmSync(join(folder, 'dist'), {recursive: true, force: true})
  execFileSync(process.execPath, [tsc, '-p', join(folder, 'tsconfig.json')], {stdio: 'inherit'})
}
await bundle(root)
writeReaders(root)
for (const folder of [root, ...plugins().filter(hasCommands)]) await writeManifest(folder)
markDone('built')

/** @param {string} folder */
function hasCommands(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).oclif?.commands !== undefined
}

function plugins() {
  return readdirSync(join(root, 'plugins'))
    .map(name => join(root, 'plugins', name))
    .filter(folder => existsSync(join(folder, 'tsconfig.json')))
}
