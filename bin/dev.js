#!/usr/bin/env node
// The same commands straight from src/: Node strips the types. oclif's own TypeScript mode needs another loader.
import {readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {commandFiles} from '../scripts/commands.js'
import {start} from './start.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const text = readFileSync(join(root, 'package.json'), 'utf8')
const pjson = JSON.parse(text.replaceAll(/\.\/dist\/bundle\/([\w-]+)\.cjs/g, './src/hooks/$1.ts'))
pjson.oclif.commands = {strategy: 'pattern', target: './src/commands', globPatterns: ['**/*.ts', '!shared/**']}

const ids = commandFiles(root).map(([id]) => id)
start(root, pjson, ids, true)
