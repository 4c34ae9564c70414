import {expect} from 'chai'
import {withoutControls} from '../../src/errors.ts'
import {useScene} from '../support/scene.ts'

const [esc, bell, mirrored] = ['\u001b', '\u0007', '\u202e']
// Clears the screen, names the window, writes over the line, begins another one, turns the direction.
const hostile = `mallory${esc}[2J${esc}]0;root${bell}\r\nError: all is lost${mirrored}\u009b1A@example.com`
const harmless = 'mallory [2J ]0;root Error: all is lost 1A@example.com'

describe('What a provider says of a person', () => {
  const scene = useScene()

  it('commands no terminal: creds shows it on one line, without control characters', async () => {
    await scene.sandbox.fault({on: 'token', idToken: {claims: {email: hostile}}})
    const {exitCode, stderr} = await scene.home.run(['creds', '--profile', 'developer'])
    expect(exitCode, stderr).to.equal(0)
    expect(stderr).to.include(`Signed in as ${harmless} at sandbox; the role is`)
    expect(stderr).to.match(/^[\P{C}\n]*$/u)
  })

  it('commands no terminal: login shows it on one line, without control characters', async () => {
    await scene.sandbox.fault({on: 'token', idToken: {claims: {email: hostile}}})
    const {exitCode, stdout, stderr} = await scene.home.run(['login', '--profile', 'developer'])
    expect(exitCode, stderr).to.equal(0)
    expect(stdout.split('\n')[0]).to.equal(`Signed in as ${harmless} at sandbox.`)
    expect(stdout + stderr).to.match(/^[\P{C}\n]*$/u)
  })
})

describe('A text on its way to a terminal', () => {
  it('keeps its lines, tabs and colours, and loses every other control', () => {
    const said = `one\n\ttwo ${esc}[1;31mred${esc}[0m é 日本 😀\n`
    expect(withoutControls(said)).to.equal(said)
    const controls = Array.from({length: 0xa0}, (_, code) => String.fromCharCode(code)).filter(c => /\p{Cc}/u.test(c))
    for (const control of [...controls, mirrored, '\u200b', '\u2028', '\u2029', `${esc}[2`, `${esc}[31;1H`]) {
      if (control === '\n' || control === '\t') continue
      expect(withoutControls(`a${control}b`), JSON.stringify(control)).to.match(/^a \S*b$/)
    }
  })
})
