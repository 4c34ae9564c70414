import {DOMParser, type Element, MIME_TYPE} from '@xmldom/xmldom'

/** With the entities of a document type declaration the same document can mean one thing here and another one elsewhere. */
export function hasDoctype(text: string): boolean {
  return /<!(DOCTYPE|ENTITY)/i.test(text)
}

/** The root element; `undefined` for anything that is not well-formed. */
export function rootOf(text: string): Element | undefined {
  try {
    const parser = new DOMParser({
      onError: (_level, message) => {
        throw new Error(message)
      },
    })
    return parser.parseFromString(text, MIME_TYPE.XML_TEXT).documentElement ?? undefined
  } catch {
    // The parser's message quotes the document, which holds secrets.
    return undefined
  }
}

export function elementsIn(parent: Element): readonly Element[] {
  return Array.from(parent.children)
}
