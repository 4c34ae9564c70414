import {win32} from 'node:path'

/** What the system must be given to start a program with exactly these arguments. */
export interface WindowsCommand {
  readonly program: string
  readonly args: readonly string[]
  /** Whether the arguments are quoted already. */
  readonly verbatim: boolean
}

export interface NotStarted {
  readonly exitCode: number
  readonly problem: string
}

type Env = Readonly<Record<string, string | undefined>>

/** The extensions that we can start, whatever else PATHEXT lists. */
const startable = ['.com', '.exe', '.bat', '.cmd']

/**
 * Windows finds only `.exe` by itself, but what npm and other package managers install is a `.cmd`: a batch file, which
 * cmd.exe runs. The current folder is not searched, so that a file in a cloned repository can't pose as a program.
 */
export function windowsCommand(
  [name, ...args]: readonly [string, ...string[]],
  env: Env,
  isFile: (path: string) => boolean,
): WindowsCommand | NotStarted {
  const program = windowsProgram(name, env, isFile)
  if (program === undefined) return {exitCode: 127, problem: `${name}: command not found`}
  if (!/\.(bat|cmd)$/i.test(program)) return {program, args, verbatim: false}
  // cmd.exe has no quoting for these characters that survives every batch file (CVE-2024-24576).
  const harmful = [program, ...args].find(text => /["%\r\n]/.test(text))
  if (harmful !== undefined)
    return {exitCode: 126, problem: `${name} is a batch file, which can't be given an argument with ", % or a line end`}
  const line = [program, ...args].map(quoted).join(' ')
  return {
    program: variable(env, 'COMSPEC') || commandPrompt(env),
    args: ['/d', '/s', '/c', `"${line}"`],
    verbatim: true,
  }
}

/** The path of a program that is given by path or looked up on PATH. */
export function windowsProgram(name: string, env: Env, isFile: (path: string) => boolean): string | undefined {
  return candidates(name, env).find(isFile)
}

/** An absolute path: the bare name would be looked up in the current folder. */
export function commandPrompt(env: Env): string {
  return win32.join(variable(env, 'SYSTEMROOT') || String.raw`C:\Windows`, String.raw`System32\cmd.exe`)
}

function candidates(name: string, env: Env): readonly string[] {
  const allowed = (variable(env, 'PATHEXT') ?? startable.join(';')).toLowerCase().split(';')
  const extensions = allowed.filter(extension => startable.includes(extension))
  const names = [
    ...(startable.includes(win32.extname(name).toLowerCase()) ? [name] : []),
    ...extensions.map(e => name + e),
  ]
  if (/[\\/:]/.test(name)) return names
  const folders = (variable(env, 'PATH') ?? '').split(';').map(folder => folder.replaceAll('"', ''))
  return folders.filter(folder => folder !== '').flatMap(folder => names.map(each => win32.join(folder, each)))
}

/** Doubles backslashes before the closing quote, for the program that the batch file starts. */
function quoted(text: string): string {
  return `"${text.replace(/\\+$/, '$&$&')}"`
}

function variable(env: Env, name: string): string | undefined {
  return Object.entries(env).find(([key]) => key.toUpperCase() === name)?.[1]
}
