import {joinLines, type Line} from './lines.ts'
import {type Property, propertiesIn, readSharedFile, type Section, type SharedFile} from './read.ts'
import {problemOfName, problemOfValue} from './writable.ts'

/** A change to one profile. A section that is left without properties is removed. */
export interface ProfileEdit {
  readonly profile: string
  readonly set: Readonly<Record<string, string>>
  readonly unset: readonly string[]
}

export interface Obstacle {
  /** Counted from 1; absent if the obstacle is not in the file. */
  readonly line: number | undefined
  /** The end of a sentence. */
  readonly problem: string
}

/** Why an edit can't be made so that every AWS tool reads the same afterwards; `undefined` if it can. */
export function obstacleTo({profile, set, unset}: ProfileEdit, sections: readonly Section[]): Obstacle | undefined {
  const problem = problemOfName(profile) ?? Object.values(set).map(problemOfValue).find(Boolean)
  if (problem) return {line: undefined, problem}
  const [section, again] = sections
  if (!section) return undefined
  if (again) return {line: again.at + 1, problem: 'the profile appears twice'}
  if (section.divisive !== undefined)
    return {line: section.divisive + 1, problem: 'AWS tools disagree on how to read it'}
  return obstacleIn(section, new Set([...Object.keys(set), ...unset]))
}

function obstacleIn({properties}: Section, keys: ReadonlySet<string>): Obstacle | undefined {
  const seen = new Set<string>()
  for (const {key, at, until} of properties) {
    if (!keys.has(key)) continue
    if (seen.has(key)) return {line: at + 1, problem: `"${key}" appears twice`}
    if (until > at + 1) return {line: at + 1, problem: `"${key}" continues on the next line`}
    seen.add(key)
  }
  return undefined
}

// Cached, because callers ask for ten thousand profiles one by one; a file that was read never changes.
const known = new WeakMap<SharedFile, ReadonlyMap<string, readonly Section[]>>()

/** All sections that some tool takes for a profile, by profile name. */
export function sectionsByProfile(file: SharedFile): ReadonlyMap<string, readonly Section[]> {
  const found = known.get(file) ?? groupedByProfile(file)
  known.set(file, found)
  return found
}

function groupedByProfile({sections, seenBySome}: SharedFile): ReadonlyMap<string, readonly Section[]> {
  const found = new Map<string, Section[]>()
  for (const section of [...sections, ...seenBySome]) {
    if (section.kind !== 'profile') continue
    const same = found.get(section.name)
    if (same) same.push(section)
    else found.set(section.name, [section])
  }
  return found
}

/**
 * The file's text with the edits applied and every other byte unchanged. Call `obstacleTo` for each edit first. Throws
 * rather than return a text that would say anything else.
 */
export function editedText(file: SharedFile, edits: readonly ProfileEdit[]): string {
  const waiting = new Map(edits.map(edit => [edit.profile, edit]))
  const end = endOfLines(file)
  const lines = file.lines.slice(0, file.sections[0]?.at ?? file.lines.length)
  for (const [index, section] of file.sections.entries()) {
    const own = file.lines.slice(section.at, file.sections[index + 1]?.at ?? file.lines.length)
    const edit = section.kind === 'profile' ? waiting.get(section.name) : undefined
    if (!edit) {
      for (const line of own) lines.push(line)
      continue
    }
    waiting.delete(section.name)
    const {left, gone} = editedSection(section, own, edit, end)
    // A section is removed together with the blank line between it and its neighbour.
    const parted = gone && isBlank(left[0]) && isBlank(lines.at(-1))
    const rest = parted && lines.pop() === undefined ? left.slice(1) : left
    lines.push(...rest)
  }
  for (const {profile, set} of waiting.values()) {
    if (Object.keys(set).length === 0) continue
    // Added even after a blank line, which is the user's: this one will be removed with the section.
    if (lines.length > 0) lines.push({text: '', end})
    lines.push({text: headerOf(profile, file), end}, ...linesOf(set, end))
  }
  const text = joined(lines, file, end)
  demandMeant(file, edits, text)
  return text
}

/** The remaining lines of a section; of a removed one, its comments. */
function editedSection(
  section: Section,
  own: readonly Line[],
  {set, unset}: ProfileEdit,
  end: Line['end'],
): {readonly left: readonly Line[]; readonly gone: boolean} {
  const properties = new Map(section.properties.map(property => [property.at - section.at, property]))
  const added = {...set}
  const emptied = section.properties.length > 0 && section.properties.every(({key}) => unset.includes(key))
  const gone = emptied && Object.keys(set).length === 0
  const bodyEnd = (section.properties.at(-1)?.until ?? section.at + 1) - section.at
  const left: Line[] = []
  for (const [at, line] of own.slice(0, bodyEnd).entries()) {
    const property = properties.get(at)
    if (at === 0) left.push(...(gone ? commentIn(line, /[ \t]([#;].*)$/s.exec(line.text)?.[1]) : [line]))
    else if (!property) left.push(line)
    else if (Object.hasOwn(set, property.key)) left.push(...replaced(line, property, set[property.key] ?? '', end))
    else if (unset.includes(property.key)) left.push(...commentIn(line, property.comment))
    else left.push(line)
    if (property) delete added[property.key]
  }
  left.push(...linesOf(added, end), ...own.slice(bodyEnd))
  return {left, gone}
}

/** The AWS CLI would take a comment after a value as part of it, so the comment gets a line of its own. */
function replaced(line: Line, {key, comment}: Property, value: string, end: Line['end']): readonly Line[] {
  const separator = /[ \t]*=[ \t]*/.exec(line.text)?.[0] ?? ' = '
  return [...commentIn({...line, end}, comment), {text: `${key}${separator}${value}`, end: line.end}]
}

function commentIn({end}: Line, comment: string | undefined): readonly Line[] {
  return comment === undefined ? [] : [{text: comment, end}]
}

function linesOf(set: Readonly<Record<string, string>>, end: Line['end']): readonly Line[] {
  return Object.entries(set).map(([key, value]) => ({text: `${key} = ${value}`, end}))
}

function headerOf(profile: string, {kind}: SharedFile): string {
  return kind === 'credentials' || profile === 'default' ? `[${profile}]` : `[profile ${profile}]`
}

/** True as well for the places before the first line and after the last one. */
function isBlank(line: Line | undefined): boolean {
  return line === undefined || /^[ \t]*$/.test(line.text)
}

function endOfLines({lines}: SharedFile): Line['end'] {
  return lines[0]?.end || '\n'
}

const mark = '\uFEFF'

function joined(lines: readonly Line[], file: SharedFile, end: Line['end']): string {
  const text = joinLines(lines.map((line, at) => (line.end === '' && at < lines.length - 1 ? {...line, end} : line)))
  return file.lines[0]?.text.startsWith(mark) && !text.startsWith(mark) ? mark + text : text
}

/** The last check before writing: the new text must differ from the old one only as intended. */
function demandMeant(file: SharedFile, edits: readonly ProfileEdit[], text: string): void {
  const after = readSharedFile(file.path, file.kind, text)
  const expected = new Map([...propertiesIn(file)].map(([name, values]) => [name, new Map(values)]))
  for (const {profile, set, unset} of edits) {
    const values = expected.get(profile) ?? new Map<string, string>()
    const had = values.size
    for (const key of unset) values.delete(key)
    for (const [key, value] of Object.entries(set)) values.set(key, value)
    if (values.size > 0) expected.set(profile, values)
    else if (had > 0) expected.delete(profile)
  }
  if (contentOf(expected) !== contentOf(propertiesIn(after)) || othersIn(file) !== othersIn(after)) {
    throw new Error(`the edit of ${file.path} would change more than it should`)
  }
}

function othersIn(file: SharedFile): string {
  return (['sso-session', 'services', 'other'] as const).map(kind => contentOf(propertiesIn(file, kind))).join()
}

function contentOf(profiles: ReadonlyMap<string, ReadonlyMap<string, string>>): string {
  const sorted = [...profiles].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify(sorted.map(([name, values]) => [name, [...values].toSorted(([a], [b]) => (a < b ? -1 : 1))]))
}
