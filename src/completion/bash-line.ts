/** A line as typed, cut into the words that bash would make of it. */
export interface TypedLine {
  /** Those before the last, without what they are quoted by. */
  readonly before: readonly string[]
  readonly current: string
  /** What the last word's end stands in; undefined where in no quotes. */
  readonly quote: Quote | undefined
}

export type Quote = "'" | '"' | "$'"

/**
 * Cuts a line in which bash completes, up to the cursor. bash itself cuts words at `:` and `=` too, differently from
 * version to version. Nothing is expanded: what a variable holds can't be known here.
 */
export function cutLine(line: string): TypedLine {
  const words: string[] = []
  let word: string | undefined
  let quote: Quote | undefined
  for (let at = 0; at < line.length; at++) {
    const [sign = '', next] = [line[at], line[at + 1]]
    if (quote === undefined && /\s/.test(sign)) {
      if (word !== undefined) words.push(word)
      word = undefined
      continue
    }
    word ??= ''
    if (sign === quote?.at(-1)) quote = undefined
    else if (quote === "'") word += sign
    else if (sign === '\\' && (quote === undefined || quote === "$'" || /["\\$`]/.test(next ?? ''))) {
      word += next ?? ''
      at += 1
    } else if (quote === undefined && sign === '$' && next === "'") {
      quote = "$'"
      at += 1
    } else if (quote === undefined && (sign === "'" || sign === '"')) quote = sign
    else word += sign
  }
  return {before: words, current: word ?? '', quote}
}
