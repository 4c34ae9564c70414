import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {isOneDocument} from '../support/document.ts'
import {isRunning} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'
import {until} from '../support/until.ts'

const creds = ['creds', '-p', 'developer', '--debug']
const login = ['login', '-p', 'developer', '--debug']
/** Stands in arguments, on stderr and on stdout of programs that are asked for the secret. */
const told = 'told-to-nobody-else'

const running = (script: string) => ({command: [process.execPath, '-e', script, told]})

interface Mistake {
  readonly clientSecret: object
  readonly env?: Readonly<Record<string, string>>
  readonly complaint: string
  readonly hint: string
}

const byHand = `Run ${process.execPath} by hand, as written there, and see what it prints.`
const failed = (reason: string) => `the command ${process.execPath} ${reason}.`

const mistakes: Readonly<Record<string, Mistake>> = {
  'comes from a variable that is not set': {
    clientSecret: {env: 'CORP_SECRET'},
    complaint: 'the variable CORP_SECRET is not set.',
    hint: 'export CORP_SECRET=...',
  },
  'comes from an empty variable': {
    clientSecret: {env: 'CORP_SECRET'},
    env: {CORP_SECRET: ''},
    complaint: 'the variable CORP_SECRET is not set.',
    hint: 'export CORP_SECRET=...',
  },
  'comes from a command that fails, whatever it has printed': {
    clientSecret: running('console.log(process.argv[1]); console.error(process.argv[1]); process.exitCode = 7'),
    complaint: failed('failed: it ended with exit code 7'),
    hint: byHand,
  },
  'comes from a command that prints to stderr only': {
    clientSecret: running('console.error(process.argv[1])'),
    complaint: failed('printed nothing'),
    hint: byHand,
  },
  'comes from a command that prints an empty line': {
    clientSecret: running('console.log()'),
    complaint: failed('printed nothing'),
    hint: byHand,
  },
  'comes from a command that does not exist': {
    clientSecret: {command: ['/nonexistent/program', told]},
    complaint: 'the command /nonexistent/program failed: there is no such program.',
    hint: 'Run /nonexistent/program by hand, as written there, and see what it prints.',
  },
}

describe('the secret of a confidential client', () => {
  const scene = useScene()
  const configure = (clientSecret: object) =>
    scene.home.configure({provider: {clientId: 'aws-oidc-confidential', clientSecret}})

  for (const [what, {clientSecret, env, complaint, hint}] of Object.entries(mistakes)) {
    it(`that ${what} is exit 2 and named, before any request`, async () => {
      await configure(clientSecret)
      for (const command of [creds, login]) {
        const {exitCode, stdout, stderr} = await scene.home.run(command, env)
        expect({exitCode, stdout}, stderr).to.deep.equal({exitCode: 2, stdout: ''})
        expect(stderr)
          .to.match(/^Error: .*config\.yaml:\d+:\d+: providers\.sandbox\.clientSecret: /m)
          .and.include(`clientSecret: ${complaint}\nTry: ${hint}\n`)
          .and.not.include(told)
      }
      expect(await scene.sandbox.journal()).to.deep.equal([])
    })
  }

  it('whose command is ended by a signal is exit 2 and named', async function () {
    if (process.platform === 'win32') this.skip()
    await configure(running('process.kill(process.pid, "SIGTERM")'))
    const {exitCode, stderr} = await scene.home.run(creds)
    expect(exitCode).to.equal(2)
    expect(stderr).to.include(failed('failed: it was ended by SIGTERM')).and.not.include(told)
  })

  it('is what the command prints to stdout; its stderr is never shown', async () => {
    const script = 'console.error(process.argv[1]); console.log(["sandbox", "client", "secret"].join("-"))'
    await configure(running(script))
    const result = await scene.home.run(creds)
    isOneDocument(result)
    expect(result.stderr).not.to.include(told).and.not.include('sandbox-client')
  })

  it('is not read by a call served from the cache, nor by status', async () => {
    const asked = 'require("fs").appendFileSync("asked", "once ")'
    await configure(running(`${asked}; console.log(["sandbox", "client", "secret"].join("-"))`))
    for (const _ of ['cold', 'from the cache']) isOneDocument(await scene.home.run(creds))
    expect((await scene.home.run(['status'])).exitCode).to.equal(0)
    expect(await readFile(join(scene.home.folder, 'asked'), 'utf8')).to.equal('once ')
  })

  it('whose command hangs is given up on Ctrl-C, and the command is ended too', async function () {
    if (process.platform === 'win32') this.skip()
    const clinging = 'process.on("SIGTERM", () => undefined); setInterval(() => undefined, 1000)'
    await configure(running(`${clinging}; require("fs").writeFileSync("pid", process.pid + "\\n")`))
    const {child, ended} = scene.home.start(creds)
    const pid = () => readFile(join(scene.home.folder, 'pid'), 'utf8').catch(() => '')
    await until('the command runs', async () => (await pid()).endsWith('\n'))
    child.kill('SIGINT')
    expect(await ended).to.include({exitCode: 130, stdout: ''})
    const hanging = Number(await pid())
    await until('the command is gone', () => !isRunning(hanging), 10_000)
  })
})
