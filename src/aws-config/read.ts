import {AwsOidcError} from '../errors.ts'
import {type Line, splitLines} from './lines.ts'

export type FileKind = 'config' | 'credentials'

/** A shared configuration file of the AWS tools, with the position of everything in it. */
export interface SharedFile {
  readonly path: string
  readonly kind: FileKind
  readonly lines: readonly Line[]
  readonly sections: readonly Section[]
  /** Sections that only some readers see, while others read them as part of another section. */
  readonly seenBySome: readonly Section[]
}

export interface Section {
  readonly kind: 'profile' | 'sso-session' | 'services' | 'other'
  readonly name: string
  /** `[profile default]`, which hides `[default]`. */
  readonly prefixed: boolean
  /** The index of the header's line. */
  readonly at: number
  readonly properties: readonly Property[]
  /** The first line whose meaning differs among readers of these files. */
  readonly divisive: number | undefined
}

export interface Property {
  /** In lower case. */
  readonly key: string
  /** With its continuation lines, each after a newline. */
  readonly value: string
  /** The lines of the property: from `at`, up to but excluding `until`. */
  readonly at: number
  readonly until: number
  /** The comment after the value; the AWS CLI takes it as part of the value. */
  readonly comment: string | undefined
  /** Whether all readers find the same key and value here. */
  readonly agreed: boolean
}

/**
 * Reads a file by the grammar that the AWS SDKs share. Throws CONFIG_INVALID, naming the line, for an error in it: some
 * of the tools would refuse the whole file.
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
export function readSharedFile(path: string, kind: FileKind, text: string): SharedFile {
  const lines = splitLines(path, text)
  const drafts: Drafts = {kind, sections: [], seenBySome: []}
  for (const [at, {text: line}] of lines.entries()) {
    const content = at === 0 ? line.replace(/^\uFEFF/, '') : line
    const problem = take(content, at, drafts)
    if (problem) throw damaged(`${path}:${at + 1}`, problem)
  }
  return {...drafts, path, lines}
}

interface Drafts {
  readonly kind: FileKind
  readonly sections: Draft[]
  readonly seenBySome: Draft[]
}

interface Draft extends Section {
  readonly properties: DraftProperty[]
  divisive: number | undefined
}

interface DraftProperty extends Property {
  value: string
  until: number
  agreed: boolean
}

/** Adds one line to the drafts, or returns what is wrong with it. */
function take(line: string, at: number, drafts: Drafts): string | undefined {
  if (/^[ \t]*$/.test(line) || /^[#;]/.test(line)) return undefined
  if (line.startsWith('[')) return takeHeader(line, at, drafts)
  const section = drafts.sections.at(-1)
  if (!section) return 'Expected a profile definition'
  return /^[ \t]/.test(line) ? takeContinuation(line, at, section, drafts) : takeProperty(line, at, section)
}

// Headers that every reader recognizes, even with a comment after them; the plain ones have the same name for all.
const header = /^\[[^[\]#;]+\](?:[ \t]*|[ \t]+[#;][^\]]*)$/
const plainConfig = /^\[(?:default|profile[ \t][\w\-/.%@:+]+)\]/
const plainCredentials = /^\[[\w\-/.%@:+]+\]/

function takeHeader(line: string, at: number, {kind, sections}: Drafts): string | undefined {
  const content = trim(line.replace(/[#;].*$/s, ''))
  if (!content.endsWith(']')) return "Profile definition must end with ']'"
  const seenByAll = header.test(line)
  const plain = seenByAll && (kind === 'config' ? plainConfig : plainCredentials).test(line)
  const before = sections.at(-1)
  // A reader that sees no header here continues the section before.
  if (before && !seenByAll) before.divisive ??= at
  sections.push({...nameIn(content.slice(1, -1), kind), at, properties: [], divisive: plain ? undefined : at})
  return undefined
}

function nameIn(bracketed: string, kind: FileKind): Pick<Section, 'kind' | 'name' | 'prefixed'> {
  const content = trim(bracketed)
  if (kind === 'credentials') return {kind: isName(content) ? 'profile' : 'other', name: content, prefixed: false}
  if (content === 'default') return {kind: 'profile', name: content, prefixed: false}
  const [, prefix, quoted = ''] = /^(profile|sso-session|services)[ \t]+(.*)$/s.exec(content) ?? []
  // The AWS CLI parses the name as a shell would.
  const name = quoted.replace(/["'\\]/g, '')
  if (prefix === undefined || !isName(name)) return {kind: 'other', name: content, prefixed: false}
  const other = prefix === 'services' ? 'services' : 'sso-session'
  return {kind: prefix === 'profile' ? 'profile' : other, name, prefixed: true}
}

/** Whether all readers accept a section of this name. */
export function isName(name: string): boolean {
  return /^[A-Za-z0-9_\-/.%@:+]+$/.test(name)
}

function takeProperty(line: string, at: number, section: Draft): string | undefined {
  const [, content = '', comment] = /^(.*?)(?:[ \t]([#;].*))?$/s.exec(line) ?? []
  const equals = content.indexOf('=')
  if (equals < 0) return "Expected an '=' sign defining a property"
  const written = trim(content.slice(0, equals))
  const key = written.toLowerCase()
  if (key === '') return 'Property did not have a name'
  if (!isKey(key)) section.divisive ??= at
  const value = trim(content.slice(equals + 1))
  section.properties.push({key, value, at, until: at + 1, comment, agreed: key === written && comment === undefined})
  return undefined
}

export function isKey(key: string): boolean {
  return /^[a-z0-9_-]+$/.test(key)
}

function takeContinuation(line: string, at: number, section: Draft, drafts: Drafts): string | undefined {
  const property = section.properties.at(-1)
  if (!property) return 'Expected a property definition, found continuation: the line is indented'
  const content = trim(line)
  const nested = property.value === '' || property.value.startsWith('\n')
  property.until = at + 1
  property.agreed = false
  // The AWS SDK for JavaScript takes this line for a property or header of its own.
  if (!nested || content.startsWith('[')) section.divisive ??= at
  const inner = /^\[(.*)\]/s.exec(content)?.[1]
  if (inner !== undefined) drafts.seenBySome.push({...nameIn(inner, drafts.kind), at, properties: [], divisive: at})
  if (nested && /^[#;]/.test(content)) return undefined
  if (nested && !content.includes('=')) return "Expected an '=' sign defining a sub-property"
  if (nested && content.startsWith('=')) return 'Sub-property did not have a name'
  property.value += `\n${content}`
  return undefined
}

function trim(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '')
}

function damaged(place: string, problem: string): AwsOidcError {
  return new AwsOidcError('CONFIG_INVALID', `${place}: ${problem}.`, {
    hint: 'Fix that line: some AWS tools refuse the whole file.',
  })
}

/** The sections of a kind as the tools see them, with sections of the same name merged. */
export function propertiesIn(
  {sections}: SharedFile,
  wanted: Section['kind'] = 'profile',
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const merged = new Map<string, Map<string, string>>()
  const hidden = sections.some(({kind, name, prefixed}) => kind === 'profile' && name === 'default' && prefixed)
  for (const {kind, name, prefixed, properties} of sections) {
    if (kind !== wanted || (hidden && kind === 'profile' && name === 'default' && !prefixed)) continue
    const values = merged.get(name) ?? new Map<string, string>()
    for (const {key, value} of properties) if (isKey(key)) values.set(key, value)
    merged.set(name, values)
  }
  return merged
}
