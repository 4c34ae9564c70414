import {isShownAsItIs, secrets, withoutUnshown} from './secrets.ts'

declare const safe: unique symbol

/** Text that is safe for a terminal or a log. Only the functions of this file create it. */
export type Printable = string & {readonly [safe]: true}

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'white-on-black'

export interface Painted {
  readonly text: string
  readonly colour: Colour
}

/** Colours are given beside a text, never in it: an escape sequence inside a text came from outside. */
export type Line = string | readonly (string | Painted)[]

/** One line, or several. A line break inside a text does not start a new line. */
export type Message = string | readonly Line[]

// Longer than any sign-in address.
const longestLine = 8_000

// JSON itself escapes the other controls.
const harmfulInJson = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{DI}]/gu
// Controls that we ourselves put into a text: line breaks, colours, and clearing a line.
const ours = new RegExp(String.raw`\n|\r?${'\u001b'}\[[\d;]*[mK]`, 'g')

/**
 * Makes text from outside safe to show: masks secrets, replaces control, direction and invisible characters, joins
 * lines and cuts the text to `limit` characters. Masks before cutting, because half a secret is harder to recognise.
 */
export function printable(text: string, limit = 300): Printable {
  return certified(cut(clean(text).trim(), limit))
}

/** Like {@link printable}, for a JSON value; joins a list of strings with commas. */
export function printableValue(value: unknown, limit?: number): Printable {
  const isList = Array.isArray(value) && value.every(item => typeof item === 'string')
  const text = isList ? value.join(', ') : typeof value === 'string' ? value : JSON.stringify(value)
  return printable(text ?? '', limit)
}

/** A user's name from the provider, made safe to show, at most 100 characters. */
export function shownName(name: string | undefined): Printable | undefined {
  return name === undefined ? undefined : printable(name, 100)
}

/** The text of a message, with every part of it made safe. */
export function onScreen(message: Message): Printable {
  const lines = typeof message === 'string' ? [message] : message
  return certified(lines.map(line => lineOf(line)).join('\n'))
}

/** The text after `lay` has broken it into other lines. Throws if the result is no longer safe. */
export function relaid(text: Printable, lay: (text: string) => string): Printable {
  return certified(lay(text))
}

/** Returns to the start of the line and clears it (ECMA-48, EL). */
export const clearedLine = certified('\r\u001b[K')

/** JSON for programs, safe to show on a terminal: harmful characters are escaped, and secrets masked unless wanted. */
export function jsonText(value: object, {withSecrets}: {readonly withSecrets: boolean}): string {
  const shown = (_: string, member: unknown) =>
    typeof member === 'string' && !withSecrets ? secrets.mask(member) : member
  return `${JSON.stringify(value, shown, 2).replace(harmfulInJson, escapes)}\n`
}

function escapes(character: string): string {
  return character
    .split('')
    .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}

function lineOf(line: Line): string {
  if (typeof line === 'string') return cut(clean(line), longestLine)
  return line.map(part => (typeof part === 'string' ? cut(clean(part), longestLine) : painted(part))).join('')
}

/** ECMA-48, "Select graphic rendition". */
const sgr: Readonly<Record<Colour, readonly [on: string, off: string]>> = {
  red: ['31', '39'],
  green: ['32', '39'],
  yellow: ['33', '39'],
  cyan: ['36', '39'],
  'white-on-black': ['38;5;231;48;5;16', '0'],
}

function painted({text, colour}: Painted): string {
  const [on, off] = sgr[colour]
  return `\u001b[${on}m${cut(clean(text), longestLine)}\u001b[${off}m`
}

function clean(text: string): string {
  return withoutUnshown(secrets.mask(text), ' ')
}

function cut(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit).replace(/[\ud800-\udbff]$/, '')}…` : text
}

function certified(text: string): Printable {
  if (isPrintable(text)) return text
  throw new Error('a text that was made safe is not')
}

function isPrintable(text: string): text is Printable {
  return isShownAsItIs(text.replace(ours, ''))
}
