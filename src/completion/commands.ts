import {parseObject, readObject, readTexts} from '../text/json.ts'

/** What completion knows of a command, all from manifests: a Tab loads no command. */
export interface CommandShape {
  /** The words of the command, joined by colons. */
  readonly id: string
  readonly summary: string
  /** Completed, but not offered: hidden commands and aliases. */
  readonly hidden: boolean
  readonly flags: readonly FlagShape[]
  readonly args: readonly ValueShape[]
  /** The kind of value after `--`, such as a program. */
  readonly rest: string | undefined
}

/** What can be typed in one place. */
export interface ValueShape {
  /** The kind of values: a name in the table in values.ts; other names have no values. */
  readonly kind: string
  /** The only values accepted, if not empty. */
  readonly options: readonly string[]
  readonly multiple: boolean
}

export interface FlagShape extends ValueShape {
  readonly name: string
  readonly char: string | undefined
  readonly description: string
  readonly takesValue: boolean
  readonly allowNo: boolean
  readonly exclusive: readonly string[]
}

export interface Catalogue {
  readonly commands: readonly CommandShape[]
  /** Descriptions of words that only lead to commands. */
  readonly topics: ReadonlyMap<string, string>
}

/**
 * The commands of several packages, from their package.json and oclif.manifest.json; the first package to define a
 * command wins.
 */
export function catalogueOf(packages: readonly {readonly manifest: string; readonly pjson: string}[]): Catalogue {
  const commands = new Map<string, CommandShape>()
  const topics = new Map<string, string>()
  for (const {manifest, pjson} of packages) {
    for (const [id, value] of Object.entries(readObject(parseObject(manifest).commands))) {
      const found = readCommand(id, readObject(value))
      for (const shape of [
        found,
        ...readTexts(readObject(value).aliases).map(alias => ({...found, id: alias, hidden: true})),
      ]) {
        if (!commands.has(shape.id)) commands.set(shape.id, shape)
      }
    }
    for (const [topic, value] of Object.entries(readObject(readObject(parseObject(pjson).oclif).topics))) {
      if (!topics.has(topic)) topics.set(topic, text(readObject(value).description))
    }
  }
  return {commands: [...commands.values()], topics}
}

function readCommand(id: string, command: Readonly<Record<string, unknown>>): CommandShape {
  const kinds = readObject(command.completions)
  const kindOf = (name: string) => text(kinds[name]) || name
  return {
    id,
    // Summaries of oclif's own commands contain templates.
    summary: (text(command.summary) || text(command.description)).replaceAll('<%= config.bin %>', 'aws-oidc'),
    hidden: command.hidden === true,
    flags: Object.entries(readObject(command.flags)).flatMap(([name, value]) =>
      readFlag(name, kindOf(name), readObject(value)),
    ),
    args: Object.entries(readObject(command.args)).flatMap(([name, value]) => {
      const arg = readObject(value)
      return arg.hidden === true
        ? []
        : [{kind: kindOf(name), options: readTexts(arg.options), multiple: arg.multiple === true}]
    }),
    rest: text(kinds['--']) || undefined,
  }
}

function readFlag(name: string, kind: string, flag: Readonly<Record<string, unknown>>): readonly FlagShape[] {
  if (flag.hidden === true) return []
  const description = text(flag.summary) || text(flag.description)
  const takesValue = flag.type === 'option'
  const [multiple, allowNo] = [flag.multiple === true, flag.allowNo === true]
  const shape = {kind, options: readTexts(flag.options), multiple, allowNo, exclusive: readTexts(flag.exclusive)}
  return [{name, char: text(flag.char) || undefined, description, takesValue, ...shape}]
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
