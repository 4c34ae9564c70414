import {existsSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import type {Home} from './home.ts'
import {plantPlugin} from './planted-plugin.ts'

/** The events of oclif around a command. */
export const events = ['init', 'prerun', 'postrun', 'finally', 'command_not_found'] as const

interface Commanding {
  /** The name of its command; the plugin is `aws-oidc-<name>`. */
  readonly name?: string
  /** What its hooks do after they have left a mark. */
  readonly hooks?: Readonly<Partial<Record<(typeof events)[number], string>>>
  /** What its command does after it has left a mark; the command then prints "pong". */
  readonly command?: string
  /** Without one, oclif imports a command to know it. */
  readonly manifest?: boolean
}

/** Links a plugin with one command and a hook for each event. Each piece of its code leaves a mark when it is loaded. */
export async function plantCommand(
  home: Home,
  {name = 'ping', hooks = {}, command = '', manifest = true}: Commanding = {},
): Promise<void> {
  const marking = (what: string) =>
    `import fs from 'node:fs'; fs.writeFileSync(${JSON.stringify(join(home.folder, `ran-${name}-${what}`))}, '')\n`
  const known = {id: name, summary: `Answers ${name}.`, aliases: [], args: {}, hiddenAliases: []}
  // Has oclif load a command to show its help.
  const flags = {loud: {name: 'loud', type: 'boolean', hasDynamicHelp: true}}
  const place = {isESM: true, relativePath: ['commands', `${name}.js`], pluginType: 'link', strict: true}
  await plantPlugin(home, {
    name: `aws-oidc-${name}`,
    hook: marking('strategies'),
    manifest: {
      'aws-oidc': {apiVersion: 1},
      oclif: {
        commands: './commands',
        hooks: Object.fromEntries(events.map(event => [event, `./${event}.js`])),
      },
    },
    files: {
      ...Object.fromEntries(
        events.map(event => [
          `${event}.js`,
          `${marking(event)}export default async function (options) { ${hooks[event] ?? ''} }`,
        ]),
      ),
      [`commands/${name}.js`]: `${marking('command')}
        ${command}
        export default class {
          static summary = 'Answers ${name}.'
          static async run() { console.log('pong') }
        }`,
      ...(manifest && {
        'oclif.manifest.json': JSON.stringify({
          version: '1.0.0',
          commands: {[name]: {...known, flags, hasDynamicHelp: true, ...place}},
        }),
      }),
    },
  })
}

/** What code of planted plugins has run, such as "ping-init". */
export function codeRun(home: Home): readonly string[] {
  return existsSync(home.folder)
    ? readdirSync(home.folder)
        .filter(name => name.startsWith('ran-'))
        .map(name => name.slice('ran-'.length))
        .toSorted()
    : []
}
