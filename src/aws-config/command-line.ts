import {AwsOidcError} from '../errors.ts'

/** Words that no shell, and no library that splits a line as a shell does, changes or splits. */
const plain = {posix: /^[\w@%+=:,./-]+$/, windows: /^[\w@+=:,./\\~-]+$/}

/**
 * The value of `credential_process` that starts `program` (an absolute path and its first arguments) with `args`.
 * botocore splits it itself; the SDKs pass it to `sh -c`, on Windows to `cmd.exe`. Throws CONFIG_INVALID if one of them
 * would change it.
 */
export function commandLine(program: readonly string[], args: readonly string[], platform: NodeJS.Platform): string {
  const special = platform === 'win32' ? /["%\r\n]|\\$/ : /["$`\\\r\n]/
  const folders = platform === 'win32' ? '%, and without letters outside ASCII,' : '$, `, " and \\'
  for (const part of [...program, ...args]) {
    // On Windows botocore reads the file in the system's code page: one such letter would make the whole file
    // unreadable.
    if (!special.test(part) && (platform !== 'win32' || /^[ -~]*$/.test(part))) continue
    throw new AwsOidcError('CONFIG_INVALID', `AWS tools can't be told to run "${part}": a shell would change it.`, {
      hint: `Install aws-oidc and Node in a folder without ${folders} in its name.`,
    })
  }
  const [first = '', ...others] = program
  return [start(first, platform), ...[...others, ...args].map(part => word(part, platform))].join(' ')
}

/** Whether the SDK for Go can start the command line, too. */
export function isForAll(line: string, platform: NodeJS.Platform): boolean {
  return platform === 'win32' ? !line.includes('"') : !/^".*"$/s.test(line)
}

/**
 * The SDK for Go strips quotes if a value begins and ends with one, so the first character stays outside the quotes. On
 * Windows its `cmd.exe /C` fails for any quoted program (https://github.com/aws/aws-sdk-go-v2/issues/3208); a quoted
 * one is still better than none.
 */
function start(path: string, platform: NodeJS.Platform): string {
  const written = word(path, platform)
  return written === path || platform === 'win32' ? written : path.slice(0, 1) + quoted(path.slice(1))
}

function word(part: string, platform: NodeJS.Platform): string {
  return plain[platform === 'win32' ? 'windows' : 'posix'].test(part) ? part : quoted(part)
}

function quoted(part: string): string {
  return `"${part}"`
}

/** Splits a line into program and arguments as the tools do; `undefined` where a quote is not closed. */
export function splitCommandLine(line: string, platform: NodeJS.Platform): readonly string[] | undefined {
  const parts: string[] = []
  const piece = platform === 'win32' ? /"([^"]*)"|([^\s"]+)/y : /"((?:[^"\\]|\\.)*)"|'([^']*)'|((?:[^\s"'\\]|\\.)+)/sy
  let open = false
  for (let at = 0; at < line.length; at = piece.lastIndex) {
    piece.lastIndex = at
    const [, ...found] = piece.exec(line) ?? []
    if (found.length === 0) {
      if (!/\s/.test(line[at] ?? '')) return undefined
      open = false
      piece.lastIndex = at + 1
      continue
    }
    const text = found.find(group => group !== undefined) ?? ''
    const part = platform === 'win32' || found[1] !== undefined ? text : text.replace(/\\(.)/gs, '$1')
    if (open) parts.push((parts.pop() ?? '') + part)
    else parts.push(part)
    open = true
  }
  return parts
}
