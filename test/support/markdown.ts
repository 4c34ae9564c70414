export interface Block {
  /** What stands behind the opening fence, such as `sh`; empty for an indented block. */
  readonly info: string
  readonly code: string
}

const fence = /^( *)```([^\n`]*)\n(.*?)^ *```$/gms

/** The blocks of code: fenced ones, without the indentation that they have in a list, and lines that are indented. */
export function blocksOf(markdown: string): readonly Block[] {
  const fenced = [...markdown.matchAll(fence)].map(([, indent = '', info = '', code = '']) => ({
    info,
    code: code.replaceAll(RegExp(`^${indent}`, 'gm'), ''),
  }))
  const indented = [...withoutFences(markdown).matchAll(/(?:^ {4,}\S[^\n]*\n?)+/gm)].map(([code]) => ({info: '', code}))
  return [...fenced, ...indented]
}

/** What stands between backquotes, in one line each. */
export function spansOf(markdown: string): readonly string[] {
  return withoutFences(markdown)
    .split(/\n\s*\n/)
    .flatMap(paragraph =>
      [...paragraph.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replaceAll(/\s*\n\s*/g, ' ')),
    )
}

/** All code, as it stands in the document. */
export function codeIn(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^```.*?^```$|^ {4}[^\n]*$|`[^`\n]+`/gms)].map(([code]) => code)
}

/** The links to files of the project, and to chapters. */
export function linksIn(markdown: string): readonly string[] {
  const prose = withoutFences(markdown).replaceAll(/`[^`]*`/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter(link => !/^[a-z]+:/.test(link))
}

/** The anchors of the chapters, as GitHub makes them. */
export function chaptersOf(markdown: string): readonly string[] {
  return [...withoutFences(markdown).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function withoutFences(markdown: string): string {
  return markdown.replaceAll(fence, '')
}
