import {expect} from 'chai'
import {decodeQR} from 'qr/decode.js'
import {qrCode} from '../../src/terminal/qr.ts'

const address = 'https://sso.example.com/realms/example/device?user_code=FQBC-WQBN'
const wide = {columns: 200, rows: 200, colours: true}
const esc = '\u001b'

/** What a camera sees: each half of a character is one module, light where it is drawn. */
function photograph(picture: string): {width: number; height: number; data: Uint8Array} {
  const scale = 4
  const halves: Readonly<Record<string, readonly [boolean, boolean]>> = {
    '█': [true, true],
    '▀': [true, false],
    '▄': [false, true],
    ' ': [false, false],
  }
  const rows = picture.split('\n').flatMap(line => {
    const characters = [...line.replaceAll(new RegExp(`${esc}\\[[\\d;]*m`, 'g'), '')]
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

describe('a QR code on a terminal', () => {
  it('is read back as the address', async () => {
    expect(decodeQR(photograph((await qrCode(address, wide)) ?? ''))).to.equal(address)
  })

  it('is read back without colours too, where they are not wanted', async () => {
    const picture = (await qrCode(address, {...wide, colours: false})) ?? ''
    expect(picture).not.to.include(esc)
    expect(decodeQR(photograph(picture))).to.equal(address)
  })

  it('is light on dark whatever the colours of the terminal, and leaves them as they were', async () => {
    for (const line of (await qrCode(address, wide))?.split('\n') ?? []) {
      expect(line.startsWith(`${esc}[38;5;231;48;5;16m`) && line.endsWith(`${esc}[0m`)).to.equal(true)
    }
  })

  it('is there when it just fits, and not when it would be cut off', async () => {
    expect(await qrCode(address, {...wide, columns: 37, rows: 19})).to.be.a('string')
    expect(await qrCode(address, {...wide, columns: 36})).to.equal(undefined)
    expect(await qrCode(address, {...wide, rows: 18})).to.equal(undefined)
  })

  it('is left out for an address that no terminal has room for', async () => {
    expect(await qrCode(`https://sso.example.com/${'x'.repeat(5000)}`, wide)).to.equal(undefined)
  })
})
