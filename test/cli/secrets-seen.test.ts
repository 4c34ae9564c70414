import {readdir, readFile} from 'node:fs/promises'
import {setTimeout as pause} from 'node:timers/promises'
import {expect} from 'chai'
import {outliveTokens, rememberedTokens} from '../support/cached.ts'
import type {Running} from '../support/home.ts'
import {sandboxBin} from '../support/sandbox.ts'
import {useScene} from '../support/scene.ts'
import {until} from '../support/until.ts'

const creds = ['creds', '--profile', 'developer']

/** What any program of the same user can see of a process and of all that it has started, until it ends. */
async function seenOf({child, ended}: Running): Promise<ReadonlyMap<string, string>> {
  const seen = new Map<string, string>()
  let running = true
  const end = ended.finally(() => {
    running = false
  })
  while (running) {
    for (const pid of await familyOf(child.pid ?? 0)) {
      const texts = await Promise.all(['cmdline', 'environ'].map(name => textOf(`/proc/${pid}/${name}`)))
      // A process that ends takes both with it.
      if (texts[0]) seen.set(texts[0], texts.join('\n').replaceAll('\0', '\n'))
    }
    await pause(5)
  }
  await end
  return seen
}

async function familyOf(first: number): Promise<readonly number[]> {
  const parents = new Map<number, number>()
  for (const name of await readdir('/proc')) {
    const [, parent] = /\) \S (\d+)/.exec(await textOf(`/proc/${name}/stat`)) ?? []
    if (parent !== undefined) parents.set(Number(name), Number(parent))
  }
  const family = [first]
  // Growing while it is walked: children of children too.
  for (const member of family) for (const [pid, parent] of parents) if (parent === member) family.push(pid)
  return family
}

const textOf = (path: string) => readFile(path, 'utf8').catch(() => '')

describe('the arguments and variables of aws-oidc and its child processes', () => {
  const scene = useScene()
  beforeEach(function () {
    if (process.platform !== 'linux') this.skip()
  })

  /** No argument or variable of aws-oidc, or of a program that it starts, holds a secret. */
  async function holdsNone(seen: ReadonlyMap<string, string>, programs: RegExp, secrets: readonly unknown[]) {
    expect([...seen.keys()].join('\n'), 'all were looked at').to.match(programs)
    const all = [...seen.values()].join('\n')
    expect(secrets.length).to.be.greaterThan(0)
    for (const secret of secrets) expect(all).not.to.include(String(secret).slice(0, 60))
  }

  async function secretsOf(stdout: string): Promise<readonly unknown[]> {
    const {SecretAccessKey, SessionToken} = JSON.parse(stdout) as Record<string, unknown>
    const {accessToken, refreshToken, idToken} = (await rememberedTokens(scene.home)) ?? {}
    return [SecretAccessKey, SessionToken, accessToken, refreshToken, idToken]
  }

  it('hold no secret during a sign-in, nor do those of the browser', async () => {
    // The browser, and the program with its tokens, stay until they have been looked at.
    for (const on of ['authorization', 'sts']) await scene.sandbox.fault({on, times: 1, delayMs: 1000})
    const running = scene.home.start(creds)
    const seen = await seenOf(running)
    const secrets = await secretsOf((await running.ended).stdout)
    await holdsNone(seen, /browse[\s\S]*state=/, [...secrets, 'alice-password'])
  })

  it('hold no secret during a renewal', async () => {
    const {home, sandbox} = scene
    const before = await secretsOf((await home.run(creds)).stdout)
    await outliveTokens(home)
    await sandbox.fault({on: 'token', delayMs: 1000})
    const running = home.start(creds, {AWS_OIDC_INTERACTIVE: 'never'})
    const seen = await seenOf(running)
    const after = await secretsOf((await running.ended).stdout)
    await holdsNone(seen, /run\.js/, [...before, ...after])
  })

  it('hold no sign-in token while the console opens, nor an address that works a second time', async () => {
    const {home, sandbox} = scene
    // Both stay until they have been looked at: the browser with the address of the console, and aws-oidc with its keys.
    const lingering = ['sh', '-c', 'sleep 1; exec "$@"', 'sh', process.execPath, sandboxBin, 'browse']
    await home.configure({top: {browser: lingering}})
    await home.run(creds)
    await sandbox.fault({on: 'federation', action: 'getSigninToken', times: 1, delayMs: 1000})
    const running = home.start(['console', '--profile', 'developer'], {AWS_ENDPOINT_URL_SIGNIN: sandbox.console})
    const seen = await seenOf(running)
    expect((await running.ended).exitCode).to.equal(0)
    await until('the browser has come', async () => (await sandbox.journal()).some(({action}) => action === 'login'))
    const secrets = await secretsOf((await home.run(creds)).stdout)
    await holdsNone(seen, /browse/, ['SigninToken', ...secrets])
    const [address = ''] = [...seen.keys()].flatMap(line => /http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}/.exec(line) ?? [])
    expect(address, 'it was seen').not.to.equal('')
    expect(await fetch(address).catch(() => 'gone')).to.equal('gone')
  })

  it('hold no client secret that another program prints', async () => {
    // Put together by the program, so that no argument of it holds the secret; it stays until it has been seen.
    const script = 'setTimeout(() => console.log(["sandbox", "client", "secret"].join("-")), 1000)'
    await scene.home.configure({
      provider: {
        clientId: 'aws-oidc-confidential',
        clientSecret: {command: [process.execPath, '-e', script]},
      },
    })
    const running = scene.home.start(creds)
    const seen = await seenOf(running)
    expect((await running.ended).exitCode).to.equal(0)
    await holdsNone(seen, /\.join/, ['sandbox-client-secret'])
  })
})
