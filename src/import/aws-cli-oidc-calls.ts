import {splitCommandLine} from '../aws-config/command-line.ts'
import {sectionsByProfile} from '../aws-config/edit.ts'
import type {Section, SharedFile} from '../aws-config/read.ts'

/** A profile of the AWS tools that calls aws-cli-oidc. */
export interface ForeignCall {
  readonly profile: string
  /** The number of the line, counted from 1. */
  readonly line: number
  readonly provider: string | undefined
  readonly role: string | undefined
  readonly duration: string | undefined
  readonly region: string | undefined
  readonly output: string | undefined
}

/** The profiles that get their credentials from `aws-cli-oidc get-cred`. */
export function foreignCalls(file: SharedFile, platform: NodeJS.Platform): readonly ForeignCall[] {
  return [...sectionsByProfile(file)].flatMap(([profile, [section]]) => {
    const property = section?.properties.find(({key}) => key === 'credential_process')
    const args = property && ownArguments(property.value, platform)
    if (!section || !property || !args) return []
    return [
      {
        profile,
        line: property.at + 1,
        ...readFlags(args),
        region: textOf(section, 'region'),
        output: textOf(section, 'output'),
      },
    ]
  })
}

function textOf({properties}: Section, wanted: string): string | undefined {
  return properties.find(({key}) => key === wanted)?.value || undefined
}

/** The arguments after `get-cred`; `undefined` for any other command. */
function ownArguments(line: string, platform: NodeJS.Platform): readonly string[] | undefined {
  const [program = '', command, ...args] = splitCommandLine(line, platform) ?? []
  const name = program
    .split(/[\\/]/)
    .at(-1)
    ?.replace(/\.exe$/i, '')
  return name === 'aws-cli-oidc' && command === 'get-cred' ? args : undefined
}

const longNames: ReadonlyMap<string, string> = new Map([
  ['provider', 'p'],
  ['role', 'r'],
  ['max-duration', 'd'],
])
const withValue = 'prd'

/** Reads the flags as pflag does: https://pkg.go.dev/github.com/spf13/pflag#hdr-Command_line_flag_syntax */
function readFlags(args: readonly string[]): Pick<ForeignCall, 'provider' | 'role' | 'duration'> {
  const found = new Map<string, string>()
  const rest = [...args]
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [, long, , value] = /^--([\w-]+)(=(.*))?$/s.exec(arg) ?? []
    if (long !== undefined) {
      const name = longNames.get(long)
      if (name !== undefined) found.set(name, value ?? rest.shift() ?? '')
    } else if (/^-\w/.test(arg)) {
      readShort(arg.slice(1), rest, found)
    } else if (!found.has('first')) {
      found.set('first', arg)
    }
  }
  // The first versions of aws-cli-oidc took the provider without a flag.
  return {provider: found.get('p') ?? found.get('first'), role: found.get('r') || undefined, duration: found.get('d')}
}

/** `-p NAME`, `-pNAME`, `-p=NAME`, and several in one: `-jsp NAME`. */
function readShort(letters: string, rest: string[], found: Map<string, string>): void {
  const at = [...letters].findIndex(letter => withValue.includes(letter))
  const name = letters[at]
  if (name === undefined || letters.slice(0, at).includes('=')) return
  const value = letters.slice(at + 1).replace(/^=/, '')
  found.set(name, value === '' ? (rest.shift() ?? '') : value)
}
