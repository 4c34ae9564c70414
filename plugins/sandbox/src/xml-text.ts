type Attributes = Readonly<Record<string, string | undefined>>

/** An element as text. Omits attributes without a value. `content` must already be XML. */
export function element(name: string, attributes: Attributes, ...content: readonly string[]): string {
  const written = Object.entries(attributes).map(([key, value]) =>
    value === undefined ? '' : ` ${key}="${escapeXml(value)}"`,
  )
  return `<${name}${written.join('')}>${content.join('')}</${name}>`
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}
