import xterm from '@xterm/headless'
import {expect} from 'chai'
import {type Replacements, readScreen, textOf} from '../../scripts/recording/screen.ts'

async function screenAfter(output: string, replacements: Replacements = [], leftOut = /^never$/) {
  const terminal = new xterm.Terminal({cols: 20, rows: 10, allowProposedApi: true})
  await new Promise<void>(resolve => terminal.write(output, resolve))
  const {lines, cursor} = readScreen(terminal, replacements, leftOut)
  terminal.dispose()
  return {lines, cursor, texts: lines.map(textOf)}
}

describe('A recorded screen', () => {
  it('has the lines that were written, even where the terminal had to wrap them', async () => {
    const {texts, cursor} = await screenAfter('one\r\n\r\nabcdefghijklmnopqrstuvwxyz\r\nlast ')
    expect(texts).to.deep.equal(['one', '', 'abcdefghijklmnopqrstuvwxyz', 'last'])
    expect(cursor).to.deep.equal({row: 3, column: 5})
  })

  it('has the colours of the text that was drawn last', async () => {
    const {lines} = await screenAfter('? yes\r\u001b[32m✔\u001b[39m \u001b[1;36mno\u001b[0m\u001b[K')
    expect(lines).to.deep.equal([
      [
        {character: '✔', look: {color: 2}},
        {character: ' ', look: {}},
        {character: 'n', look: {color: 6, bold: true}},
        {character: 'o', look: {color: 6, bold: true}},
      ],
    ])
  })

  it('shows an address as users see it, in its colour, with the cursor behind it', async () => {
    const address = [/http:\/\/127\.0\.0\.1:(\d)\d+/g, 'https://sso.example.com/$1'] as const
    const {texts, lines, cursor} = await screenAfter('? \u001b[31mhttp://127.0.0.1:49152', [address])
    expect(texts).to.deep.equal(['? https://sso.example.com/4'])
    expect(cursor).to.deep.equal({row: 0, column: 27})
    expect(lines[0]?.at(-1)).to.deep.equal({character: '4', look: {color: 1}})
  })

  it('omits a line that is printed in tests only, and moves the rest up', async () => {
    const {texts, cursor} = await screenAfter('one\r\nfor tests\r\ntwo\r\n', [], /^for tests$/)
    expect(texts).to.deep.equal(['one', 'two'])
    expect(cursor).to.deep.equal({row: 2, column: 0})
  })
})
