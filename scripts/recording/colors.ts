/** Colours for text on `back`: `dim` for dim text, `colors` for the first eight of a terminal. */
export type Palette = Readonly<Record<'back' | 'edge' | 'text' | 'dim' | 'cursor', string>> & {
  readonly colors: readonly string[]
}

// The first of the eight is black, the last white; both must be readable on either background.
export const dark: Palette = {
  back: '#0d1117',
  edge: '#3d444d',
  text: '#e6edf3',
  dim: '#9198a1',
  cursor: '#9198a1',
  colors: ['#9198a1', '#ff7b72', '#3fb950', '#d29922', '#58a6ff', '#bc8cff', '#39c5cf', '#e6edf3'],
}

export const light: Palette = {
  back: '#ffffff',
  edge: '#d1d9e0',
  text: '#1f2328',
  dim: '#59636e',
  cursor: '#818b98',
  colors: ['#59636e', '#cf222e', '#116329', '#7d4e00', '#0969da', '#8250df', '#0f6a73', '#1f2328'],
}

/** The style rules for light and dark desktops; `c0` to `c7`, `b`, `d` and `u` are the looks of cells. */
export const colorRules: readonly string[] = [
  'text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;white-space:pre}',
  '.t{font:13px system-ui,sans-serif;text-anchor:middle}.b{font-weight:bold}.u{text-decoration:underline}',
  rules(light),
  `@media(prefers-color-scheme:dark){${rules(dark)}}`,
]

function rules({back, edge, text, dim, cursor, colors}: Palette): string {
  return [
    `.back{fill:${back};stroke:${edge}}text{fill:${text}}.t,.d{fill:${dim}}.cursor{fill:${cursor};fill-opacity:.6}`,
    ...colors.map((color, number) => `.c${number}{fill:${color}}`),
  ].join('')
}
