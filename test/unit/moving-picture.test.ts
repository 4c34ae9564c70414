import {DOMParser} from '@xmldom/xmldom'
import {expect} from 'chai'
import {dark, light} from '../../scripts/recording/colors.ts'
import {type Moment, movingPicture} from '../../scripts/recording/moving-picture.ts'
import {contrast} from '../support/contrast.ts'

const frame = {title: 'A day', columns: 20, rows: 3}

const line = (text: string, look = '') => [...text].map(character => ({character, look}))

function moment(milliseconds: number, lines: readonly string[], rest: Partial<Moment> = {}): Moment {
  return {screen: {lines: lines.map(text => line(text))}, caption: '', milliseconds, ...rest}
}

/** What a browser would make of it. */
function read(svg: string) {
  const document = new DOMParser({onError: (_level, message) => expect.fail(message)}).parseFromString(
    svg,
    'image/svg+xml',
  )
  const elements = (name: string) => Array.from(document.getElementsByTagName(name))
  const rules = elements('style')[0]?.textContent ?? ''
  /** When something is seen, in percent of the whole; without a step of its own, always. */
  function steps(element: {getAttribute(name: string): string | null}): string {
    const name = /k\d+/.exec(element.getAttribute('class') ?? '')?.[0]
    return name === undefined ? '' : (RegExp(`@keyframes ${name}\\{(.*?)\\}\\.${name}\\{`).exec(rules)?.[1] ?? '')
  }
  const texts = elements('text').filter(({textContent}) => textContent !== '')
  return {
    rules,
    steps,
    texts,
    text: (content: string) => texts.find(({textContent}) => textContent === content) ?? expect.fail(content),
    element: (name: string) =>
      elements('*').find(element => element.getAttribute('class')?.split(' ')[0] === name) ?? expect.fail(name),
  }
}

describe('A moving picture', () => {
  it('is XML whatever the screen shows, and keeps its characters and blanks', () => {
    const {texts} = read(movingPicture([moment(100, ['<b> &lt; ]]> "q"  \'é ✔'])], frame))
    expect(texts.map(({textContent}) => textContent)).to.deep.equal(['<b> &lt; ]]> "q"  \'é ✔'])
  })

  it('shows a text from the moment it appears until the moment it is gone', () => {
    const picture = read(movingPicture([moment(250, ['a']), moment(250, ['a', 'bc']), moment(500, ['a'])], frame))
    expect(picture.steps(picture.text('a'))).to.equal('')
    expect(picture.steps(picture.text('bc'))).to.equal('0%{opacity:0}25%{opacity:1}50%{opacity:0}')
    expect(picture.rules).to.include('animation-duration:1000ms')
  })

  it('draws typed text key by key, and text that stays only once', () => {
    const typed = ['$', '$ l', '$ ls', '$ ls', '$ ls']
    const picture = read(
      movingPicture(
        typed.map(text => moment(100, [text])),
        frame,
      ),
    )
    expect(picture.texts.map(({textContent}) => textContent)).to.deep.equal(['$', 'l', 's'])
    expect(picture.steps(picture.text('s'))).to.equal('0%{opacity:0}40%{opacity:1}')
    expect(picture.text('s').getAttribute('x')).to.equal('39.2')
  })

  it('draws text again when its style changes', () => {
    const moments = ['', 'c2 b'].map(look => ({
      ...moment(100, []),
      screen: {lines: [line('ok', look)]},
    }))
    const {texts, steps} = read(movingPicture(moments, frame))
    expect(
      texts.map(text => [
        text
          .getAttribute('class')
          ?.replace(/ ?k\d+/, '')
          .trim(),
        steps(text),
      ]),
    ).to.deep.equal([
      ['g', '0%{opacity:1}50%{opacity:0}'],
      ['c2 b', '0%{opacity:0}50%{opacity:1}'],
    ])
  })

  it('keeps its lower end in view, and the cursor in its place', () => {
    const lines = ['1', '2', '3', '4', '5']
    const cursor = {row: 4, column: 1}
    const moments = [moment(100, ['1']), moment(100, lines.slice(1)), moment(200, lines)]
    const last = {...moment(100, lines), screen: {lines: lines.map(text => line(text)), cursor}}
    const picture = read(movingPicture([...moments, last], frame))
    expect(picture.steps(picture.element('camera'))).to.equal(
      '0%{transform:translateY(0px)}20%{transform:translateY(-19px)}40%{transform:translateY(-38px)}',
    )
    expect(picture.steps(picture.element('cursor'))).to.equal(
      '0%{opacity:0}80%{opacity:1;transform:translate(8.4px,76px)}',
    )
  })

  it('shows the end, and does not move, where reduced motion is preferred', () => {
    const picture = read(movingPicture([moment(100, ['first']), moment(100, ['last'])], frame))
    expect(picture.rules).to.match(/prefers-reduced-motion:reduce\)\{\[class\*=k\]\{animation-name:none\}\}/)
    const hidden = picture.texts.filter(text => text.getAttribute('class')?.split(' ').includes('g'))
    expect(hidden.map(({textContent}) => textContent)).to.deep.equal(['first'])
    expect(picture.rules).to.include('.g{opacity:0}')
  })

  it('shows each caption above for its time', () => {
    const captions = ['one', 'one', 'two & three'].map(caption => moment(100, [], {caption}))
    const picture = read(movingPicture([...captions, moment(100, [], {caption: 'two & three'})], frame))
    expect(picture.steps(picture.text('one'))).to.equal('0%{opacity:1}50%{opacity:0}')
    expect(picture.steps(picture.text('two & three'))).to.equal('0%{opacity:0}50%{opacity:1}')
  })

  it('loads nothing from elsewhere and runs no script', () => {
    const svg = movingPicture([moment(100, ['x'])], frame)
    expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', '')).not.to.match(
      /<script|https?:|@import|@font-face| on\w+=|href/,
    )
  })

  for (const [name, {back, text, dim, colors}] of Object.entries({dark, light})) {
    it(`is readable in each colour on a ${name} desktop`, () => {
      for (const color of [text, dim, ...colors]) {
        expect(contrast([rgb(back), rgb(color)]), color).to.be.at.least(4.5)
      }
    })
  }
})

function rgb(hex: string): string {
  return [1, 3, 5].map(at => Number.parseInt(hex.slice(at, at + 2), 16)).join(' ')
}
