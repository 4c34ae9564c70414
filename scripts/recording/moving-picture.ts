import {colorRules} from './colors.ts'
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
  let total = 0
  const timed = moments.map(moment => {
    const from = total
    total += moment.milliseconds
    return {...moment, from}
  })
  const percent = (time: number) => `${round((100 * time) / total)}%`
  const [width, height] = [round(columns * cellWidth + 2 * margin), rows * rowHeight + barHeight + 2 * margin]
  const names = new Map<string, string>()

  /** Classes for what is visible only between the two times; `g` if it is gone at the end. */
  function seen({from, until}: Pick<Piece, 'from' | 'until'>): string {
    const begin = from > 0 ? `0%{opacity:0}${percent(from)}{opacity:1}` : '0%{opacity:1}'
    if (until !== undefined) return `${named(`${begin}${percent(until)}{opacity:0}`)} g`
    return from > 0 ? named(begin) : ''
  }

  function named(steps: string): string {
    const name = names.get(steps) ?? `k${names.size}`
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
    piece => `<text class="${classes('t', seen(piece))}" x="${width / 2}" y="22">${escaped(piece.text)}</text>`,
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
    ...Array.from(names, ([steps, name]) => `@keyframes ${name}{${steps}}.${name}{animation-name:${name}}`),
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

/** The text has an explicit length, so that characters stay in their columns in any font. */
function textElement({row, column, cells}: Piece, seen: string): string {
  const text = cells.map(({character}) => character).join('')
  const names = classes(cells[0]?.look ?? '', seen)
  const length = cells.length > 1 ? ` textLength="${round(cells.length * cellWidth)}"` : ''
  const [x, y] = [round(margin + column * cellWidth), margin + row * rowHeight + 10]
  return `<text${names && ` class="${names}"`} x="${x}" y="${y}"${length}>${escaped(text)}</text>`
}

function captionsOf(moments: readonly (Moment & {readonly from: number})[]) {
  const first = moments.filter(({caption}, at) => caption !== moments[at - 1]?.caption)
  return first.map(({caption, from}, at) => ({text: caption, from, until: first[at + 1]?.from}))
}

function cursorAt({row, column}: {readonly row: number; readonly column: number}): string {
  return `opacity:1;transform:translate(${round(column * cellWidth)}px,${row * rowHeight}px)`
}

function scrolledBy({lines, cursor}: Screen, rows: number): number {
  return Math.max(0, Math.max(lines.length, (cursor?.row ?? 0) + 1) - rows) * rowHeight
}

function classes(...names: readonly string[]): string {
  return names.filter(name => name !== '').join(' ')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
