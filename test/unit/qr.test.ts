import {expect} from 'chai'
import {qrCode, type Screen} from '../../src/terminal/qr.ts'
import {onScreen} from '../../src/text/printable.ts'
import {readPicture} from '../support/qr.ts'

const address = 'https://sso.example.com/realms/example/device?user_code=FQBC-WQBN'
const wide = {columns: 200, rows: 200, colours: true}
const esc = '\u001b'

async function drawn(screen: Screen): Promise<string> {
  return onScreen((await qrCode(address, screen)) ?? '')
}

describe('a QR code on a terminal', () => {
  it('decodes to the address', async () => {
    expect(readPicture(await drawn(wide))).to.equal(address)
  })

  it('decodes without colours too, where they are not wanted', async () => {
    const picture = await drawn({...wide, colours: false})
    expect(picture).not.to.include(esc)
    expect(readPicture(picture)).to.equal(address)
  })

  it('is light on dark whatever the colours of the terminal, and leaves them as they were', async () => {
    for (const line of (await drawn(wide)).split('\n')) {
      expect(line.startsWith(`${esc}[38;5;231;48;5;16m`) && line.endsWith(`${esc}[0m`)).to.equal(true)
    }
  })

  it('is there when it just fits, and not when it would be cut off', async () => {
    expect(await qrCode(address, {...wide, columns: 37, rows: 19})).to.be.an('array')
    expect(await qrCode(address, {...wide, columns: 36})).to.equal(undefined)
    expect(await qrCode(address, {...wide, rows: 18})).to.equal(undefined)
  })

  it('is omitted for an address that no terminal has room for', async () => {
    expect(await qrCode(`https://sso.example.com/${'x'.repeat(5000)}`, wide)).to.equal(undefined)
  })
})
