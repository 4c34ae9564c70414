import {AwsOidcError} from '../errors.ts'

/** What no shell, and no library that takes a line apart as one, changes or parts. */
const plain = /^[\w@+=:,./-]+$/

/**
 * The value of `credential_process` that starts `program` with `args`: botocore takes it apart by itself, the SDKs hand
 * it to `sh -c`, on Windows to `cmd.exe`. Throws CONFIG_INVALID where some of them would change it.
 */
export function commandLine(program: readonly string[], args: readonly string[], platform: NodeJS.Platform): string {
  const special = platform === 'win32' ? /["%\r\n]|\\$/ : /["$`\\\r\n]/
  for (const part of [...program, ...args]) {
    if (!special.test(part)) continue
    throw new AwsOidcError('CONFIG_INVALID', `AWS tools can not be told to run "${part}": a shell would change it.`, {
      hint: `Install aws-oidc and Node in a folder without ${platform === 'win32' ? '%' : '$, `, " and \\'} in its name.`,
    })
  }
  return [...program.map(quoted), ...args.map(arg => (plain.test(arg) ? arg : quoted(arg)))].join(' ')
}

function quoted(part: string): string {
  return `"${part}"`
}

/** The program and arguments of a line as the tools take it apart; `undefined` where a quote has no end. */
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
