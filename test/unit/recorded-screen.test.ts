import {expect} from 'chai'
import {screenAfter} from '../support/screen.ts'

describe('A recorded screen', () => {
  it('has the lines that were written, even where the terminal had to wrap them', async () => {
    const {texts, cursor} = await screenAfter('one\r\n\r\nabcdefghijklmnopqrstuvwxyz\r\nlast ', 20)
    expect(texts).to.deep.equal(['one', '', 'abcdefghijklmnopqrstuvwxyz', 'last'])
    expect(cursor).to.deep.equal({row: 3, column: 5})
  })

  it('has the colours of the text that was drawn last', async () => {
    const {lines} = await screenAfter('? yes\r\u001b[32m✔\u001b[39m \u001b[1;36mno\u001b[0m\u001b[K', 20)
    expect(lines).to.deep.equal([
      [
        {character: '✔', look: 'c2'},
        {character: ' ', look: ''},
        {character: 'n', look: 'c6 b'},
        {character: 'o', look: 'c6 b'},
      ],
    ])
  })

  it('shows an address as users see it, in its colour, with the cursor behind it', async () => {
    const address = [/http:\/\/127\.0\.0\.1:(\d)\d+/g, 'https://sso.example.com/$1'] as const
    const {texts, lines, cursor} = await screenAfter('? \u001b[31mhttp://127.0.0.1:49152', 20, [address])
    expect(texts).to.deep.equal(['? https://sso.example.com/4'])
    expect(cursor).to.deep.equal({row: 0, column: 27})
    expect(lines[0]?.at(-1)).to.deep.equal({character: '4', look: 'c1'})
  })

  it('omits a line that is printed in tests only, and moves the rest up', async () => {
    const {texts, cursor} = await screenAfter('one\r\nfor tests\r\ntwo\r\n', 20, [], /^for tests$/)
    expect(texts).to.deep.equal(['one', 'two'])
    expect(cursor).to.deep.equal({row: 2, column: 0})
  })
})
