/** Characters that a terminal doesn't show as they are: controls, line ends, direction marks, zero-width characters. */
const unshown = String.raw`\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}`
const unshownRuns = new RegExp(`[${unshown}]+`, 'gu')
const unshownAnywhere = new RegExp(`[${unshown}]`, 'u')

export function isShownAsItIs(text: string): boolean {
  return !unshownAnywhere.test(text)
}

export function withoutUnshown(text: string, instead: string): string {
  return text.replace(unshownRuns, instead)
}

const shortestSecret = 6
const shortestPart = 16
// A secret is divided into blocks of 8, so any 16 characters of it contain a whole block.
const blockLength = shortestPart / 2
// Limits the search for a secret that repeats one block endlessly.
const mostRepetitions = 8

interface Range {
  readonly from: number
  readonly to: number
}

interface Place {
  readonly form: string
  readonly at: number
}

/** All secrets that this process has met, to mask them, and recognizable parts of them, in everything printed. */
export class Secrets {
  readonly #forms = new Set<string>()
  readonly #short: string[] = []
  readonly #blocks = new Map<string, Place[]>()
  /** A filter by hash: rules out nearly all places in a text where no block begins, without slicing the text. */
  readonly #beginnings = new Uint8Array(2 ** 16)
  #unindexed: string[] = []
  #names: readonly string[] | undefined
  #readNames: () => readonly string[] = () => []

  /** Masks `secret` from now on, also as encoded in addresses and JSON. Ignores secrets of fewer than 6 characters. */
  add(secret: string | undefined): void {
    if (secret === undefined || this.#forms.has(secret)) return
    for (const form of formsOf(secret)) {
      if (form.length < shortestSecret || this.#forms.has(form)) continue
      this.#forms.add(form)
      if (form.length < shortestPart) this.#short.push(form)
      else this.#unindexed.push(form)
    }
  }

  /** Sets names to leave unmasked, although a secret may contain them. Calls `names` once part of a secret is found. */
  spare(names: () => readonly string[]): void {
    this.#readNames = names
    this.#names = undefined
  }

  /** Masks whole secrets and parts of at least 16 characters, even with characters in between that are not shown. */
  mask(text: string): string {
    if (this.#forms.size === 0) return text
    const {bare, indexes} = bareOf(text)
    const short = this.#short.flatMap(form => rangesOf(form, bare))
    const ranges = [...short, ...this.#parts(bare)].toSorted((a, b) => a.from - b.from)
    let masked = ''
    let [done, at] = [0, 0]
    for (const {from, to} of ranges) {
      if (to <= done) continue
      if (from > done || at === 0) masked += `${text.slice(at, indexes(from))}***`
      done = to
      at = indexes(to - 1) + 1
    }
    return masked + text.slice(at)
  }

  #parts(text: string): readonly Range[] {
    this.#index()
    const ranges: Range[] = []
    for (let at = 0; at + blockLength <= text.length; at++) {
      if (this.#beginnings[beginningAt(text, at)] === 0) continue
      const places = this.#blocks.get(text.slice(at, at + blockLength))
      if (!places) continue
      const runs = places.map(place => sharedRun(text, at, place))
      const longest = runs.reduce((a, b) => (b.to - b.from > a.to - a.from ? b : a))
      if (longest.to - longest.from < shortestPart) continue
      const isWhole = this.#forms.has(text.slice(longest.from, longest.to))
      ranges.push(...(isWhole ? [longest] : this.#withoutNames(longest, text)))
      at = Math.max(at, longest.to - blockLength)
    }
    return ranges
  }

  #index(): void {
    for (const form of this.#unindexed) {
      const counts = new Map<string, number>()
      for (let at = 0; at + blockLength <= form.length; at += blockLength) {
        const block = form.slice(at, at + blockLength)
        this.#beginnings[beginningAt(form, at)] = 1
        const count = counts.get(block) ?? 0
        counts.set(block, count + 1)
        if (count >= mostRepetitions) continue
        const places = this.#blocks.get(block)
        if (places) places.push({form, at})
        else this.#blocks.set(block, [{form, at}])
      }
    }
    this.#unindexed = []
  }

  /** The pieces of a part outside the names in it, if they are still long enough. */
  #withoutNames({from, to}: Range, text: string): readonly Range[] {
    this.#names ??= this.#readNames().filter(name => name.length >= shortestPart)
    const spared = this.#names
      .flatMap(name => {
        const start = Math.max(0, from - name.length)
        return rangesOf(name, text.slice(start, to + name.length)).map(each => ({
          from: Math.min(Math.max(from, start + each.from), to),
          to: Math.max(Math.min(to, start + each.to), from),
        }))
      })
      .toSorted((a, b) => a.from - b.from)
    const left: Range[] = []
    let at = from
    for (const name of [...spared, {from: to, to}]) {
      if (name.from - at >= shortestPart) left.push({from: at, to: name.from})
      at = Math.max(at, name.to)
    }
    return left
  }
}

/** The secrets of this process. */
export const secrets = new Secrets()

function formsOf(secret: string): readonly string[] {
  const forms = [
    secret,
    encodeURIComponent(secret.toWellFormed()),
    new URLSearchParams({'': secret}).toString().slice(1),
    JSON.stringify(secret).slice(1, -1),
  ]
  return forms.map(form => withoutUnshown(form, ''))
}

/** A text without the characters that are not shown, and the original index of each remaining character. */
function bareOf(text: string): {readonly bare: string; readonly indexes: (at: number) => number} {
  if (isShownAsItIs(text)) return {bare: text, indexes: at => at}
  const gaps: {readonly at: number; readonly index: number}[] = []
  let bare = ''
  let index = 0
  for (const {0: unshown, index: start} of text.matchAll(unshownRuns)) {
    bare += text.slice(index, start)
    index = start + unshown.length
    gaps.push({at: bare.length, index})
  }
  return {
    bare: bare + text.slice(index),
    indexes(place) {
      const gap = gaps.findLast(({at}) => at <= place)
      return gap ? gap.index + place - gap.at : place
    },
  }
}

function rangesOf(part: string, text: string): readonly Range[] {
  const ranges: Range[] = []
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) {
    ranges.push({from: at, to: at + part.length})
  }
  return ranges
}

function beginningAt(text: string, at: number): number {
  return (text.charCodeAt(at) + text.charCodeAt(at + 1) * 67 + text.charCodeAt(at + 2) * 4_523) & 0xffff
}

/** How far text and secret agree on both sides of a block that they share. */
function sharedRun(text: string, at: number, place: Place): Range {
  let before = 0
  while (before < Math.min(at, place.at) && text[at - before - 1] === place.form[place.at - before - 1]) before++
  const most = Math.min(text.length - at, place.form.length - place.at)
  let length = blockLength
  while (length < most && text[at + length] === place.form[place.at + length]) length++
  return {from: at - before, to: at + length}
}
