import {colorRules, lookClass} from './colors.ts'
import {type Piece, piecesOf} from './pieces.ts'
import type {Screen} from './screen.ts'

/** A screen that is shown for a while. */
export interface Moment {
  readonly screen: Screen
  /** A description above the terminal. */
  readonly caption: string
  readonly milliseconds: number
}

export interface Frame {
  /** A description for readers who can't see the picture. */
  readonly title: string
  readonly columns: number
  /** How many rows are visible, always the lowest ones. */
  readonly rows: number
}

const [cellWidth, rowHeight, margin, barHeight] = [8.4, 19, 14, 34]

/**
 * An SVG that plays by itself where scripts and other files are not allowed, as in an `<img>`: CSS does all the
 * animation. Viewers without animation, or with reduced motion, show the end.
 */
export function movingPicture(moments: readonly Moment[], {title, columns, rows}: Frame): string {
  const timed = withTimes(moments)
  const total = moments.reduce((sum, {milliseconds}) => sum + milliseconds, 0)
  const percent = (time: number) => `${round((100 * time) / total)}%`
  const [width, height] = [round(columns * cellWidth + 2 * margin), rows * rowHeight + barHeight + 2 * margin]
  const keyframes: string[] = []
  const names = new Map<string, string>()

  /** A class that is visible only between the two times. */
  function seen({from, until}: Pick<Piece, 'from' | 'until'>): string {
    const [begins, ends] = [from > 0 && percent(from), until !== undefined && percent(until)]
    const steps = [
      begins && `0%{opacity:0}${begins}{opacity:1}`,
      ends && `${begins ? '' : '0%{opacity:1}'}${ends}{opacity:0}`,
    ].filter(step => step !== false)
    return steps.length === 0 ? '' : named(steps.join(''))
  }

  function named(steps: string): string {
    const name = names.get(steps) ?? `k${names.size}`
    if (!names.has(steps)) keyframes.push(`@keyframes ${name}{${steps}}.${name}{animation-name:${name}}`)
    names.set(steps, name)
    return name
  }

  /** A class that moves from place to place, each starting at its time; unchanged places are left out. */
  function travel(places: readonly {readonly from: number; readonly place: string}[]): string {
    const moves = places.filter(({place}, at) => place !== places[at - 1]?.place)
    return named(moves.map(({from, place}) => `${percent(from)}{${place}}`).join(''))
  }

  const texts = piecesOf(timed).map(piece => textElement(piece, seen(piece)))
  const captions = captionsOf(timed).map(
    piece =>
      `<text class="${classes('t', seen(piece), piece.until !== undefined && 'g')}" x="${width / 2}" y="22">${escaped(piece.text)}</text>`,
  )
  const scrolls = timed.map(({screen, from}) => ({from, place: `transform:translateY(${-scrolledBy(screen, rows)}px)`}))
  const cursors = timed.map(({screen: {cursor}, from}) => ({from, place: cursor ? cursorAt(cursor) : 'opacity:0'}))
  const camera = travel(scrolls)
  const cursor = travel(cursors)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${escaped(title)}</title>`,
    '<style>',
    ...colorRules,
    '.g{opacity:0}',
    `[class*=k]{animation-duration:${total}ms;animation-iteration-count:infinite;animation-timing-function:step-end}`,
    `.camera{${scrolls.at(-1)?.place}}.cursor{${cursors.at(-1)?.place}}`,
    ...keyframes,
    '@media(prefers-reduced-motion:reduce){[class*=k]{animation-name:none}}',
    '</style>',
    // Not even the lower edge of the line above the first one is visible.
    `<clipPath id="c"><rect y="${margin - 5}" width="${width}" height="${rows * rowHeight + margin}"/></clipPath>`,
    `<rect class="back" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    ...captions,
    `<g transform="translate(0 ${barHeight})" clip-path="url(#c)"><g class="camera ${camera}">`,
    ...texts,
    `<rect class="cursor ${cursor}" x="${margin}" y="${margin - 4}" width="${cellWidth}" height="${rowHeight}"/>`,
    '</g></g>',
    '</svg>',
    '',
  ].join('\n')
}

function withTimes(moments: readonly Moment[]): readonly (Moment & {readonly from: number})[] {
  let next = 0
  return moments.map(moment => {
    const from = next
    next += moment.milliseconds
    return {...moment, from}
  })
}

/** The text has an explicit length, so that characters stay in their columns in any font. */
function textElement({row, column, cells, until}: Piece, name: string): string {
  const text = cells.map(({character}) => character).join('')
  const names = classes(lookClass(cells[0]?.look ?? {}), name, until !== undefined && 'g')
  const length = cells.length > 1 ? ` textLength="${round(cells.length * cellWidth)}"` : ''
  const [x, y] = [round(margin + column * cellWidth), margin + row * rowHeight + 10]
  return `<text${names && ` class="${names}"`} x="${x}" y="${y}"${length}>${escaped(text)}</text>`
}

function captionsOf(moments: readonly (Moment & {readonly from: number})[]) {
  const captions: {text: string; from: number; until?: number}[] = []
  for (const {caption, from} of moments) {
    const last = captions.at(-1)
    if (last?.text === caption) continue
    if (last) last.until = from
    captions.push({text: caption, from})
  }
  return captions
}

function cursorAt({row, column}: {readonly row: number; readonly column: number}): string {
  return `opacity:1;transform:translate(${round(column * cellWidth)}px,${row * rowHeight}px)`
}

function scrolledBy({lines, cursor}: Screen, rows: number): number {
  return Math.max(0, Math.max(lines.length, (cursor?.row ?? 0) + 1) - rows) * rowHeight
}

function classes(...names: readonly (string | false)[]): string {
  return names.filter(name => name !== false && name !== '').join(' ')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
