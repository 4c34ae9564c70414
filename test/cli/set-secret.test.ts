import {expect} from 'chai'
import {installWithout} from '../support/installation.ts'
import {runAs, variablesOf} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'

const setSecret = ['providers', 'set-secret', 'sandbox', 'clientSecret']
// Nobody listens there, so there is no keyring.
const bus = {DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus'}
const secret = 'told-to-nobody-else'

describe('providers set-secret', () => {
  const scene = useScene()
  before(function () {
    if (process.platform === 'win32') this.skip()
  })

  /** With what a program prints on its stdin. */
  const piped = (text: string, args: readonly string[], program?: string) =>
    runAs(args, {
      env: {...variablesOf(scene.home, scene.sandbox), ...bus, TEXT: text},
      // It is the secret of the program before the pipe, which has it from there.
      shell: 'printf %s "$TEXT" | env -u TEXT "$@"',
      ...(program !== undefined && {program}),
    })

  const refused: readonly (readonly [string, string, string])[] = [
    ['is empty', '', 'The secret is empty'],
    ['is an empty line', '\n', 'The secret is empty'],
    ['is more than one line', `${secret}\n${secret}\n`, 'The secret has several lines'],
    ['is longer than every keyring takes', secret.repeat(100), 'The secret is longer than 1280 characters'],
  ]
  for (const [what, text, complaint] of refused) {
    it(`refuses a secret that ${what}, without asking the keyring`, async () => {
      expect(await piped(text, setSecret)).to.deep.equal({
        exitCode: 2,
        signal: null,
        stdout: '',
        stderr: `Error: ${complaint}; nothing was changed.\nTry: aws-oidc providers set-secret sandbox clientSecret\n`,
      })
    })
  }

  it('refuses a secret as an argument, says where it belongs, and does not repeat it', async () => {
    for (const args of [[secret], ['two-words', secret], [secret, '--json']]) {
      const {exitCode, stdout, stderr} = await piped('', [...setSecret, ...args])
      expect(exitCode, stderr).to.equal(2)
      expect(stdout + stderr)
        .to.include('Every program here can see a secret in an argument')
        .and.include('asks for it on the terminal, or reads it from a pipe')
        .and.not.match(/told-to|two-words/)
    }
  })

  it('does not take piped text for a missing argument', async () => {
    for (const given of [[], ['sandbox']]) {
      const {exitCode, stdout, stderr} = await piped(secret, ['providers', 'set-secret', ...given])
      expect({exitCode, stdout}, stderr).to.deep.equal({exitCode: 2, stdout: ''})
      expect(stderr)
        .to.match(/^Error: Missing .*required arg.*\n.*setting /s)
        .and.not.include(secret)
    }
  })

  for (const [what, args, complaint, hint] of [
    [
      'an unknown provider',
      ['sandbax', 'clientSecret'],
      '"sandbax"',
      'aws-oidc providers set-secret sandbox clientSecret',
    ],
    [
      'a mistyped setting',
      ['sandbox', 'clientSecrt'],
      'no secret setting "clientSecrt"',
      'aws-oidc providers set-secret sandbox clientSecret',
    ],
    [
      'a setting that is not a secret',
      ['sandbox', 'clientId'],
      'no secret setting "clientId"',
      'aws-oidc providers set-secret sandbox clientSecret',
    ],
  ] as const) {
    it(`refuses ${what}, and suggests the right one`, async () => {
      const {exitCode, stdout, stderr} = await piped(secret, ['providers', 'set-secret', ...args])
      expect({exitCode, stdout}, stderr).to.deep.equal({exitCode: 2, stdout: ''})
      expect(stderr).to.include(complaint).and.include(`Try: ${hint}\n`).and.not.include(secret)
    })
  }

  for (const [what, args] of [
    ['stores nothing', setSecret],
    ['removes nothing', [...setSecret, '--remove']],
    ['says in JSON that it stores nothing', [...setSecret, '--json']],
  ] as const) {
    it(`${what} where there is no keyring: exit 6, with the other ways`, async function () {
      if (process.platform !== 'linux') this.skip()
      const {exitCode, stdout, stderr} = await piped(secret, args)
      expect(exitCode, stderr).to.equal(6)
      expect(stdout + stderr)
        .to.include("The keyring of this system can't be used: ")
        .and.include('Unlock the keyring, or name the secret as {env: NAME} or {command: [program, argument]}.')
        .and.not.include(secret)
    })
  }

  it('says so where the library for the keyring was left out', async () => {
    const installation = await installWithout('@napi-rs')
    try {
      const {exitCode, stdout, stderr} = await piped(secret, setSecret, installation.program)
      expect({exitCode, stdout}, stderr).to.deep.equal({exitCode: 6, stdout: ''})
      expect(stderr)
        .to.match(/^Error: The library for the system's keyring can't be loaded: .+\nTry: .*\{env: NAME\}/)
        .and.not.include(secret)
    } finally {
      await installation.remove()
    }
  })
})
