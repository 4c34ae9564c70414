// docs/commands.md, made from oclif.manifest.json: `node scripts/command-reference.js` writes it anew.
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {root} from './marker.js'

/**
 * @typedef {object} Flag
 * @property {string} [char]
 * @property {string} [description]
 * @property {string} [helpValue]
 * @property {string[]} [options]
 * @property {string} [default]
 * @property {string} [helpGroup]
 * @property {string} type
 * @property {boolean} [allowNo]
 * @property {boolean} [multiple]
 * @property {boolean} [hidden]
 */

/**
 * @typedef {object} Command
 * @property {string} summary
 * @property {string} [description]
 * @property {(string | {description: string, command: string})[]} [examples]
 * @property {Record<string, Flag>} flags
 * @property {Record<string, {description?: string, required?: boolean, hidden?: boolean}>} args
 * @property {string[]} [aliases]
 */

/**
 * The page as it has to be for a manifest.
 * @param {{commands: Record<string, Command>}} manifest
 */
export function commandReference({commands}) {
  const names = Object.keys(commands).toSorted()
  const intro = `# Commands

This page is generated from the commands. \`--help\` after a command prints the same. Every command also takes
\`--debug\` (show on stderr what aws-oidc does) and \`--no-interactive\` (never ask you anything). A command with
\`--json\` prints its result as JSON, and its errors as \`{"error": {"code", "message", "hint", "exitCode"}}\`. Exit codes:
[exit-codes.md](exit-codes.md).

The plugins of this repository are not on npm yet. Where an example installs one by its name,
[install it from a clone](providers/keycloak.md#install-the-plugin).
`
  return [intro, ...names.map(name => chapter(name, commands[name]))].join('\n')
}

/**
 * @param {string} name
 * @param {Command | undefined} command
 */
function chapter(name, command) {
  if (!command) throw new Error(`There is no command ${name}.`)
  const {summary, description, flags, args, examples = [], aliases = []} = command
  const typed = `aws-oidc ${name.replaceAll(':', ' ')}`
  const shown = Object.entries(flags).filter(([, flag]) => !flag.hidden && flag.helpGroup !== 'GLOBAL')
  return [
    `## ${typed}\n`,
    `${summary}\n`,
    ...(description ? [`${description}\n`] : []),
    ...(aliases.length > 0
      ? [`Also: ${aliases.map(alias => `\`aws-oidc ${alias.replaceAll(':', ' ')}\``).join(', ')}.\n`]
      : []),
    ...table(
      'argument',
      Object.entries(args)
        .filter(([, {hidden}]) => !hidden)
        .map(([arg, {description: what = '', required}]) => [arg, required ? what : `${what} (optional)`]),
    ),
    ...table(
      'flag',
      shown.map(([flag, about]) => [spelled(flag, about), meaning(about)]),
    ),
    ...(examples.length > 0 ? [`Examples:\n\n${examples.flatMap(example => exampleLines(example)).join('\n')}\n`] : []),
  ].join('\n')
}

/**
 * @param {string} what
 * @param {string[][]} rows
 */
function table(what, rows) {
  if (rows.length === 0) return []
  const cell = (/** @type {string} */ text) => text.replaceAll('|', '\\|')
  return [
    [
      `| ${what} | meaning |`,
      '| --- | --- |',
      ...rows.map(([name = '', text = '']) => `| \`${name}\` | ${cell(text)} |`),
      '',
    ].join('\n'),
  ]
}

/**
 * @param {string} name
 * @param {Flag} flag
 */
function spelled(name, {char, type, helpValue, allowNo}) {
  const long = allowNo ? `--[no-]${name}` : `--${name}`
  const value = type === 'option' ? ` ${helpValue ?? name.toUpperCase()}` : ''
  return `${char ? `-${char}, ` : ''}${long}${value}`
}

/** @param {Flag} flag */
function meaning({description = '', options, default: usual, multiple}) {
  return [
    description,
    ...(options ? [`one of ${options.join(', ')}`] : []),
    ...(typeof usual === 'string' ? [`default ${usual}`] : []),
    ...(multiple ? ['may be repeated'] : []),
  ].join('; ')
}

/** @param {string | {description: string, command: string}} example */
function exampleLines(example) {
  const [description, command] =
    typeof example === 'string' ? [undefined, example] : [example.description, example.command]
  return [
    ...(description ? [`    # ${description}`] : []),
    `    ${command.replaceAll('<%= config.bin %>', 'aws-oidc')}`,
  ]
}

if (process.argv[1] === import.meta.filename) {
  const manifest = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8'))
  writeFileSync(join(root, 'docs/commands.md'), commandReference(manifest))
}
