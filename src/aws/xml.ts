import {DOMParser, type Element, MIME_TYPE} from '@xmldom/xmldom'

/** Whether the text has a document type declaration, whose entities can make parsers disagree on what it means. */
export function hasDoctype(text: string): boolean {
  return /<!(DOCTYPE|ENTITY)/i.test(text)
}

/** The root element; `undefined` if the text is not well-formed XML. */
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
