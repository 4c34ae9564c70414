import {spawn} from 'node:child_process'
import {text} from 'node:stream/consumers'
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

describe('What somebody else wrote', () => {
  const scene = useScene()

  it('commands no terminal as part of an error', async () => {
    const {exitCode, stderr} = await scene.home.run(['whoami', '--profile', hostile])
    expect(exitCode).to.equal(2)
    expect(stderr)
      .to.include('mallory [2J')
      .and.match(/^[\P{C}\n]*$/u)
  })

  it('commands no terminal as part of a report', async () => {
    const identity = `<Arn>arn:${mirrored}\u009b2J</Arn><UserId>a</UserId><Account>123456789012</Account>`
    const body = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>${identity}</GetCallerIdentityResult></GetCallerIdentityResponse>`
    const answer = {status: 200, body, contentType: 'text/xml; charset=utf-8'}
    await scene.sandbox.fault({on: 'sts', action: 'GetCallerIdentity', ...answer})
    const {stdout, stderr} = await scene.home.run(['whoami', '--profile', 'developer'])
    expect(stdout, stderr)
      .to.include('Arn     arn:  2J\n')
      .and.match(/^[\P{C}\n]*$/u)
  })

  it('commands no terminal as part of what is said and told on the way', async () => {
    const terminal = JSON.stringify(new URL('../../src/outside/terminal.ts', import.meta.url).href)
    const program = `const {systemTerminal} = await import(${terminal})
      const {say, tell} = systemTerminal({}, process.platform)
      for (const show of [say, tell]) show('a\\u001b[2Jb')`
    // In a session of its own, without a terminal.
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {detached: true})
    expect(await text(child.stderr)).to.equal('a [2Jb\na [2Jb\n')
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
