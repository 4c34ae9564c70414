import {decodeQR} from 'qr/decode.js'

/** The text that a phone reads from a picture of half blocks, light on dark. */
export function readPicture(picture: string): string {
  return decodeQR(photograph(picture))
}

/** What a camera sees: each half of a character is one module, light if drawn. */
function photograph(picture: string): {width: number; height: number; data: Uint8Array} {
  const scale = 4
  const halves: Readonly<Record<string, readonly [boolean, boolean]>> = {
    '█': [true, true],
    '▀': [true, false],
    '▄': [false, true],
    ' ': [false, false],
  }
  const rows = picture.split('\n').flatMap(line => {
    const characters = [...line.replaceAll(/\p{Cc}\[[\d;]*m/gu, '')]
    return [0, 1].map(half => characters.map(character => halves[character]?.[half] ?? false))
  })
  const [width, height] = [(rows[0]?.length ?? 0) * scale, rows.length * scale]
  const data = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const light = rows[Math.floor(y / scale)]?.[Math.floor(x / scale)] ? 255 : 0
      data.set([light, light, light, 255], (y * width + x) * 4)
    }
  }
  return {width, height, data}
}
