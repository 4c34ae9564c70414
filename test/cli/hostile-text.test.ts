import {spawn} from 'node:child_process'
import {text} from 'node:stream/consumers'
import {expect} from 'chai'
import {useScene} from '../support/scene.ts'

const [esc, bell, mirrored] = ['\u001b', '\u0007', '\u202e']
// Clears the screen, names the window, writes over the line, begins another one, turns the direction.
const hostile = `mallory${esc}[2J${esc}]0;root${bell}\r\nError: all is lost${mirrored}\u009b1A@example.com`
const harmless = 'mallory [2J ]0;root Error: all is lost 1A@example.com'

describe('What a provider says of a user', () => {
  const scene = useScene()

  it('can not control the terminal: creds shows it on one line, without control characters', async () => {
    await scene.sandbox.fault({on: 'token', idToken: {claims: {email: hostile}}})
    const {exitCode, stderr} = await scene.home.run(['creds', '--profile', 'developer'])
    expect(exitCode, stderr).to.equal(0)
    expect(stderr).to.include(`Signed in as ${harmless} at sandbox; the role is`)
    expect(stderr).to.match(/^[\P{C}\n]*$/u)
  })

  it('can not control the terminal: login shows it on one line, without control characters', async () => {
    await scene.sandbox.fault({on: 'token', idToken: {claims: {email: hostile}}})
    const {exitCode, stdout, stderr} = await scene.home.run(['login', '--profile', 'developer'])
    expect(exitCode, stderr).to.equal(0)
    expect(stdout.split('\n')[0]).to.equal(`Signed in as ${harmless} at sandbox.`)
    expect(stdout + stderr).to.match(/^[\P{C}\n]*$/u)
  })

  for (const [command, line] of [
    [['status'], `sandbox   ${harmless}`],
    [['logout'], `${harmless} is signed out of sandbox.`],
    [['roles', 'nothing-like-this'], `offers to ${harmless} has`],
  ] as const) {
    it(`begins no line and sets no colour in what ${command[0]} reports`, async () => {
      await scene.sandbox.fault({on: 'token', idToken: {claims: {email: hostile}}})
      await scene.home.run(['login', '--profile', 'developer'])
      const {exitCode, stdout, stderr} = await scene.home.run(command)
      expect(exitCode, stderr).to.equal(0)
      expect(stdout).to.include(line)
      expect(stdout + stderr).to.match(/^[\P{C}\n]*$/u)
    })
  }

  it('is escaped in JSON, where a terminal may show it too', async () => {
    const email = `mallory\u202e\u200b\u009b2J\u{e0041}@example.com`
    await scene.sandbox.fault({on: 'token', idToken: {claims: {email}}})
    const {stdout} = await scene.home.run(['login', '--profile', 'developer', '--json'])
    expect(stdout).to.match(/^[\P{C}\n]*$/u)
  })
})

describe('Text from others', () => {
  const scene = useScene()

  it('can not control the terminal as part of an error', async () => {
    const {exitCode, stderr} = await scene.home.run(['whoami', '--profile', hostile])
    expect(exitCode).to.equal(2)
    expect(stderr)
      .to.include('mallory [2J')
      .and.match(/^[\P{C}\n]*$/u)
  })

  it('can not control the terminal as part of a report', async () => {
    const identity = `<Arn>arn:${mirrored}\u009b2J</Arn><UserId>a</UserId><Account>123456789012</Account>`
    const body = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>${identity}</GetCallerIdentityResult></GetCallerIdentityResponse>`
    const answer = {status: 200, body, contentType: 'text/xml; charset=utf-8'}
    await scene.sandbox.fault({on: 'sts', action: 'GetCallerIdentity', ...answer})
    const {stdout, stderr} = await scene.home.run(['whoami', '--profile', 'developer'])
    expect(stdout, stderr)
      .to.match(/^Arn +arn: 2J$/m)
      .and.match(/^[\P{C}\n]*$/u)
  })

  const secondLine = `mallory\nError: all is lost${mirrored}\u009b2J`

  it('begins no line as part of an error about an answer of STS', async () => {
    const credentials =
      '<AccessKeyId>A</AccessKeyId><SecretAccessKey>B</SecretAccessKey><SessionToken>C</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration>'
    const result = `<Credentials>${credentials}</Credentials><AssumedRoleUser><Arn>${secondLine}</Arn></AssumedRoleUser>`
    const body = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>${result}</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`
    await scene.sandbox.fault({on: 'sts', status: 200, body, contentType: 'text/xml; charset=utf-8'})
    const {exitCode, stderr} = await scene.home.run(['creds', '--profile', 'developer'])
    expect(exitCode, stderr).to.equal(6)
    expect(stderr).to.include(
      "Error: The answer from AWS STS can't be used: it is for mallory Error: all is lost 2J, but arn",
    )
    expect(stderr).to.match(/^[\P{C}\n]*$/u)
  })

  for (const [what, effect] of [
    ['the type of a token', {change: {issued_token_type: secondLine}}],
    ['the refusal of an exchange', {error: 'invalid_request', message: secondLine}],
  ] as const) {
    it(`begins no line as ${what}`, async () => {
      await scene.home.configure({provider: {strategy: 'saml2', via: 'token-exchange', rolesClaim: undefined}})
      await scene.sandbox.fault({on: 'token', grant: 'urn:ietf:params:oauth:grant-type:token-exchange', ...effect})
      const {stderr} = await scene.home.run(['creds', '--profile', 'developer'])
      expect(stderr)
        .to.include('mallory Error: all is lost 2J')
        .and.match(/^[\P{C}\n]*$/u)
    })
  }

  it('can not control the terminal as part of a progress or debug line', async () => {
    const terminal = JSON.stringify(new URL('../../src/outside/terminal/terminal.ts', import.meta.url).href)
    const program = `const {systemTerminal} = await import(${terminal})
      const {say, tell} = systemTerminal({}, process.platform)
      for (const show of [say, tell]) show('a\\u001b[2Jb')`
    // In a session of its own, without a terminal.
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {detached: true})
    expect(await text(child.stderr)).to.equal('a [2Jb\na [2Jb\n')
  })
})
