import {chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {delimiter, dirname, join} from 'node:path'
import {stringify} from 'yaml'
import {bin} from './home.ts'
import {startProgramOnTerminal, type TerminalSession} from './terminal-session.ts'
import {until} from './until.ts'

/** A shell, and how users set up completion in it. */
export interface TypedShell {
  readonly program: readonly [string, ...string[]]
  readonly setUp: string
  /** Sets the prompt to `ready>`. */
  readonly prompt: string
}

export const typedShells = {
  bash: {
    program: ['bash', '--norc', '--noprofile', '-i'],
    setUp: 'eval "$(aws-oidc autocomplete script bash)"',
    prompt: "PS1='rea''dy> '",
  },
  zsh: {
    program: ['zsh', '-f', '-i'],
    setUp: 'eval "$(aws-oidc autocomplete script zsh)"',
    prompt: "unsetopt PROMPT_SP; PS1='rea''dy> '",
  },
  fish: {
    program: ['fish', '--no-config', '-i'],
    setUp: 'aws-oidc autocomplete script fish | source',
    prompt: "function fish_prompt; printf 'rea''dy> '; end",
  },
} as const satisfies Readonly<Record<string, TypedShell>>

/** A user's machine, on which aws-oidc completes, but otherwise only records its arguments. */
export interface Desk {
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
  configure(configuration: object): Promise<void>
  /** The arguments of all calls so far. */
  calls(): Promise<readonly (readonly string[])[]>
  /** The open terminals, which `clear` closes. */
  readonly sessions: TerminalSession[]
  clear(): Promise<void>
}

export async function makeDesk(): Promise<Desk> {
  const folder = await mkdtemp(join(tmpdir(), 'aws-oidc-desk-'))
  const [programs, noted] = [join(folder, 'programs'), join(folder, 'noted')]
  const config = join(folder, 'config.yaml')
  await Promise.all([mkdir(programs), mkdir(noted), mkdir(join(folder, 'work'))])
  await writeFile(
    join(programs, 'aws-oidc'),
    `#!/bin/sh\n[ "$1" != autocomplete ] || exec "${process.execPath}" "${bin}" "$@"\nexec "${process.execPath}" "${programs}/note.js" "$@"\n`,
  )
  await chmod(join(programs, 'aws-oidc'), 0o755)
  await writeFile(
    join(programs, 'note.js'),
    `const fs = require('node:fs')
    const path = ${JSON.stringify(noted)} + '/' + String(fs.readdirSync(${JSON.stringify(noted)}).length).padStart(6, '0')
    fs.writeFileSync(path + '.new', JSON.stringify(process.argv.slice(2)))
    fs.renameSync(path + '.new', path)`,
  )
  const sessions: TerminalSession[] = []
  return {
    folder,
    sessions,
    env: {
      PATH: [programs, dirname(process.execPath), process.env.PATH].join(delimiter),
      HOME: folder,
      ZDOTDIR: folder,
      INPUTRC: '/dev/null',
      HISTFILE: undefined,
      XDG_CACHE_HOME: join(folder, '.cache'),
      XDG_DATA_HOME: join(folder, '.local/share'),
      XDG_CONFIG_HOME: join(folder, '.config'),
      AWS_OIDC_CONFIG_FILE: config,
    },
    configure: configuration => writeFile(config, stringify(configuration), {mode: 0o600}),
    async calls() {
      const names = (await readdir(noted)).filter(name => !name.endsWith('.new')).sort()
      return Promise.all(names.map(async name => JSON.parse(await readFile(join(noted, name), 'utf8'))))
    },
    async clear() {
      for (const session of sessions) session.hangUp()
      await rm(folder, {recursive: true, force: true, maxRetries: 5, retryDelay: 100})
    },
  }
}

/** A user who types into a shell with completion. */
export interface Typist {
  readonly session: TerminalSession
  /** Types a line, which may include Tabs, and Enter; returns the arguments that aws-oidc then got. */
  call(line: string): Promise<readonly string[]>
}

export async function sitDown({program, setUp, prompt}: TypedShell, desk: Desk): Promise<Typist> {
  const session = startProgramOnTerminal(program, {env: desk.env, columns: 160})
  desk.sessions.push(session)
  session.type(`cd "${desk.folder}/work"\r${setUp}\r${prompt}\r`)
  await session.until('ready> ')
  let prompts = 1
  return {
    session,
    async call(line) {
      const before = (await desk.calls()).length
      session.type(`${line}\r`)
      await until(
        `"${line}" calls aws-oidc: ${session.shown()}`,
        async () => (await desk.calls()).length > before,
        20_000,
      )
      prompts += 1
      await session.until('ready> ', prompts)
      return (await desk.calls()).at(-1) ?? []
    },
  }
}
