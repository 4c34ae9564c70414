import {execFile} from 'node:child_process'
import {win32} from 'node:path'
import {promisify} from 'node:util'
import {commandPrompt} from './windows-command.ts'

type Env = Readonly<Record<string, string | undefined>>

/** A Windows path's name for command lines that allow only ASCII and no quotes. */
export type ShortNames = (path: string) => Promise<string>

/**
 * The 8.3 name of a path that has a space or a letter outside ASCII, if the disk keeps such names; else the path
 * itself. cmd.exe tells the name (`for /?`, the modifier `~s`).
 */
export async function shortName(path: string, ask: ShortNames): Promise<string> {
  const isPlain = (text: string) => /^[\w:.\\~-]+$/.test(text)
  if (isPlain(path) || /["%\r\n]/.test(path)) return path
  const short = (await ask(path).catch(() => '')).trim()
  return isPlain(short) && win32.isAbsolute(short) ? short : path
}

export function systemShortNames(env: Env): ShortNames {
  return async path => {
    const command = `for %I in ("${path}") do @echo %~sI`
    const {stdout} = await promisify(execFile)(commandPrompt(env), ['/d', '/c', command], {
      windowsVerbatimArguments: true,
      windowsHide: true,
    })
    return stdout
  }
}
