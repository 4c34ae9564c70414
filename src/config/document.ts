import {type Document, isScalar, type LineCounter, parseDocument, visit, YAMLParseError} from 'yaml'

/**
 * Parses a YAML text; mistakes are among `errors`. Names are kept as written: as a number, `012345678901` would lose
 * its zero and `1.0` its decimal. Duplicate names are found here, because the parser compares all pairs of names, which
 * takes seconds for ten thousand.
 */
export function documentOf(text: string, lineCounter?: LineCounter): Document {
  const options = {stringKeys: true, uniqueKeys: false, prettyErrors: false} as const
  const document = parseDocument(text, lineCounter ? {...options, lineCounter} : options)
  visit(document, {
    Map(_, {items}) {
      const names = new Set<unknown>()
      for (const {key} of items) {
        if (!isScalar(key)) continue
        const [from = 0] = key.range ?? []
        if (names.has(key.value)) {
          document.errors.push(new YAMLParseError([from, from + 1], 'DUPLICATE_KEY', 'Map keys must be unique'))
        }
        names.add(key.value)
      }
    },
  })
  document.errors.sort((a, b) => a.pos[0] - b.pos[0])
  return document
}

/** The values of a document. Throws if aliases would make it huge. */
export function contentOf(document: Document): unknown {
  return document.toJS({maxAliasCount: 100})
}
