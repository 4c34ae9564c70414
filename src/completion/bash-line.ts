/** A typed line, split into words as bash would split it. */
export interface TypedLine {
  /** The words before the last one, unquoted. */
  readonly before: readonly string[]
  readonly current: string
  /** The quotes that are open at the end of the line; `undefined` outside of quotes. */
  readonly quote: Quote | undefined
}

export type Quote = "'" | '"' | "$'"

/**
 * Splits a line, typed in bash, up to the cursor. bash itself also splits words at `:` and `=`, differently in each
 * version. Nothing is expanded: the values of variables are unknown here.
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
