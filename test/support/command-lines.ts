import {execFileSync} from 'node:child_process'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {blocksOf, spansOf} from './markdown.ts'
import {root} from './sandbox.ts'

interface Command {
  readonly aliases: readonly string[]
  readonly args: Readonly<Record<string, unknown>>
  readonly flags: Readonly<Record<string, {readonly char?: string; readonly allowNo?: boolean}>>
  /** Without it, a command reads its arguments itself. */
  readonly strict?: boolean
}

/** The calls of `aws-oidc` in a document's blocks of code and between its backquotes, without the name. */
export function commandLines(markdown: string): readonly string[] {
  const code = [...blocksOf(markdown).map(block => block.code.replaceAll(/\\\n\s*/g, '')), ...spansOf(markdown)]
  return code
    .flatMap(text => text.split('\n'))
    .flatMap(line => line.split(/(?<![\w.@=-])aws-oidc(?= )/).slice(1))
    .map(ownPart)
    .filter(line => /^[a-z]/.test(line))
}

/** Without the next program or the rest of the sentence: what follows "--", "|", "&&", a bracket or a comment. */
function ownPart(line: string): string {
  return (line.split(/ (?:--|\\?\||&&|#) |[;)]/)[0] ?? '').replaceAll('"', '').trim()
}

/** Says what is wrong with a call: an unknown command or flag. */
export function callChecker(): (line: string) => string | undefined {
  const commands = allCommands()
  const ofSandbox = flagsIn(execFileSync(process.execPath, [join(root, 'plugins/sandbox/bin/run.js'), '--help']))
  return line => {
    const words = line.split(/\s+/)
    const found = [2, 1].map(count => words.slice(0, count).join(':')).find(id => commands.has(id))
    const command = commands.get(found ?? '')
    if (found === undefined || !command) return 'no such command'
    const rest = words.slice(found.split(':').length)
    const takesArguments = Object.keys(command.args).length > 0 || command.strict === false
    if (!takesArguments && /^\w/.test(rest[0] ?? '')) return `it takes no ${rest[0]}`
    const known = ['--help', ...(found === 'sandbox' ? ofSandbox : flagsOf(command))]
    return rest.find(word => word.startsWith('-') && !known.includes(word.replace(/=.*/, '')))
  }
}

/** Ours, those of oclif's plugins that ours do not replace, and those of our plugins. By id, and by each alias. */
function allCommands(): ReadonlyMap<string, Command> {
  const {oclif} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const folders = [
    ...oclif.plugins.map((name: string) => join('node_modules', name)),
    ...readdirSync(join(root, 'plugins')).map(name => join('plugins', name)),
    '.',
  ]
  return new Map(folders.flatMap(commandsIn))
}

function commandsIn(folder: string): readonly (readonly [id: string, command: Command])[] {
  let text: string
  try {
    text = readFileSync(join(root, folder, 'oclif.manifest.json'), 'utf8')
  } catch {
    return []
  }
  const commands: Readonly<Record<string, Command>> = JSON.parse(text).commands
  return Object.entries(commands).flatMap(([id, command]) =>
    [id, ...command.aliases].map(name => [name, command] as const),
  )
}

function flagsOf({flags}: Command): readonly string[] {
  return Object.entries(flags).flatMap(([flag, {char, allowNo}]) => [
    `--${flag}`,
    ...(char ? [`-${char}`] : []),
    ...(allowNo ? [`--no-${flag}`] : []),
  ])
}

function flagsIn(help: Buffer): readonly string[] {
  return help.toString().match(/--[a-z-]+/g) ?? []
}
