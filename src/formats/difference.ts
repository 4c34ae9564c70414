import type {Colour, Line} from '../text/printable.ts'

/** A change to one section of an AWS configuration file. */
export interface Change {
  readonly profile: string
  readonly file: 'config' | 'credentials'
  readonly action: 'add' | 'change' | 'remove'
  readonly keys: readonly ChangedKey[]
}

export interface ChangedKey {
  readonly key: string
  /** Secrets are masked. */
  readonly from?: string
  readonly to?: string
}

/** A profile that is not written, and why. */
export interface LeftAlone {
  readonly profile: string
  readonly kind: 'foreign' | 'shadowed' | 'stale' | 'unwritable'
  readonly why: string
  readonly hint?: string
}

/** The changes for users: removals with a minus, additions with a plus, in colours if wanted. */
export function differenceLines(
  changes: readonly Change[],
  paths: Readonly<Record<Change['file'], string>>,
  colours: boolean,
): readonly Line[] {
  const {gone, come} = paints(colours)
  return (['config', 'credentials'] as const).flatMap(file => {
    const own = changes.filter(change => change.file === file)
    if (own.length === 0) return []
    const sections = own.flatMap(({profile, action, keys}) => [
      {add: come, change: unchanged, remove: gone}[action](`${signs[action]} ${headerOf(profile, file)}`),
      ...keys.flatMap(({key, from, to}) => [
        ...(from === undefined ? [] : [gone(`- ${key} = ${from}`)]),
        ...(to === undefined ? [] : [come(`+ ${key} = ${to}`)]),
      ]),
      '',
    ])
    return [paths[file], ...sections]
  })
}

/** Where the user finds the earlier content of a file. */
export function backupLines(backups: readonly string[]): readonly string[] {
  return backups.map(backup => `The version from before today is saved in ${backup}.`)
}

/** The difference of two texts, line by line, with the unchanged lines; empty if there is none. */
export function textDifference(before: string, after: string, colours: boolean): readonly Line[] {
  if (before === after) return []
  const {gone, come} = paints(colours)
  const now = linesOf(after)
  let from = 0
  const lines = linesOf(before).flatMap(line => {
    const at = now.indexOf(line, from)
    if (at < 0) return [gone(`- ${line}`)]
    const added = now.slice(from, at)
    from = at + 1
    return [...added.map(text => come(`+ ${text}`)), `  ${line}`]
  })
  return [...lines, ...now.slice(from).map(text => come(`+ ${text}`))]
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.trimEnd().split('\n')
}

const signs = {add: '+', change: ' ', remove: '-'} as const

function headerOf(profile: string, file: Change['file']): string {
  return file === 'credentials' || profile === 'default' ? `[${profile}]` : `[profile ${profile}]`
}

function paints(colours: boolean) {
  return colours ? {gone: paint('red'), come: paint('green')} : {gone: unchanged, come: unchanged}
}

function paint(colour: Colour): (text: string) => Line {
  return text => [{text, colour}]
}

function unchanged(text: string): string {
  return text
}
