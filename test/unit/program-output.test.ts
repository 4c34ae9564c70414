import {mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {resolveSecret} from '../../src/config/settings.ts'
import {AwsOidcError} from '../../src/errors.ts'
import {programOutput} from '../../src/outside/processes/program-output.ts'
import {isRunning} from '../support/machine.ts'
import {until} from '../support/until.ts'
import {isPending, type WatchedClock, watchedClock} from '../support/watched-clock.ts'

const place = 'config.yaml:6:5: providers.corp.clientSecret'
const keyring = {get: async () => undefined, set: async () => undefined, remove: async () => undefined}

describe('a program that is to print a secret', () => {
  let clock: WatchedClock
  let folder: string
  beforeEach(async () => {
    clock = watchedClock()
    folder = await mkdtemp(join(tmpdir(), 'aws-oidc-program-'))
  })
  afterEach(() => rm(folder, {recursive: true}))

  function secretOf(script: string, ...args: readonly string[]): Promise<string> {
    const {signal} = new AbortController()
    const run = (program: string, given: readonly string[], milliseconds: number) =>
      programOutput(program, given, {clock, milliseconds, signal, variables: {}, platform: process.platform})
    const command = [process.execPath, '-e', script, ...args] as const
    return resolveSecret({place, kind: 'command', command}, {env: {}, run, keyring})
  }

  it('has thirty seconds, and is then ended whatever signals it ignores', async () => {
    const path = join(folder, 'pid')
    const noted = () => readFile(path, 'utf8').catch(() => '')
    const clinging = `process.on("SIGTERM", () => undefined)
      console.log("the first part of it")
      require("fs").writeFileSync(process.argv[1], process.pid + "\\n")
      setInterval(() => undefined, 1000)`
    const secret = secretOf(clinging, path)
    const failure = secret.catch((error: unknown) => error)
    await clock.untilLimited(30_000)
    await until('it runs', async () => (await noted()).endsWith('\n'))
    clock.advance(29_999)
    expect(await isPending(secret)).to.equal(true)
    clock.advance(1)
    expect(await failure)
      .to.be.instanceOf(AwsOidcError)
      .and.include({
        code: 'CONFIG_INVALID',
        message: `${place}: the command ${process.execPath} failed: it took longer than 30 s.`,
      })
    const pid = Number(await noted())
    await until('it is gone', () => !isRunning(pid), 5_000)
  })
})
