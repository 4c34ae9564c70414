/** The contrast ratio of two opaque colours from `getComputedStyle`: WCAG 2.2, "contrast ratio". */
export function contrast(colors: unknown): number {
  const [lighter = 0, darker = 0] = [colors]
    .flat()
    .map(luminance)
    .sort((left, right) => right - left)
  return (lighter + 0.05) / (darker + 0.05)
}

function luminance(color: unknown): number {
  const [red = 0, green = 0, blue = 0] = [...String(color).matchAll(/[\d.]+/g)].map(([value]) => linear(Number(value)))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function linear(channel: number): number {
  const value = channel / 255
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}
