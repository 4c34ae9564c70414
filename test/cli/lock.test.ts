import {readdir, rm, writeFile} from 'node:fs/promises'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {setImmediate as turn} from 'node:timers/promises'
import {expect} from 'chai'
import type {Home, Running} from '../support/home.ts'
import {credentialsEntry, takeLock, untilSaid} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'
import {browse} from '../support/sign-in.ts'

const creds = ['creds', '--profile', 'developer']
const inert = {browser: [process.execPath, '-e', '0']}

/** Starts a call that has opened a browser in which nothing happens. */
async function startWaiting(
  home: Home,
  args: readonly string[] = creds,
): Promise<Running & {address: URL; port: number}> {
  await home.configure({top: inert})
  const running = home.start(args)
  let said = ''
  running.child.stderr?.on('data', text => {
    said += text
  })
  await untilSaid(running, 'state=')
  await home.configure({})
  const address = new URL(/^ {2}(http\S+)$/m.exec(said)?.[1] ?? '')
  return {...running, address, port: Number(new URL(address.searchParams.get('redirect_uri') ?? '').port)}
}

/** Calls that have come as far as waiting for the lock. */
async function startBehind(home: Home, count: number): Promise<Running[]> {
  const waiting = Array.from({length: count}, () => home.start([...creds, '--debug']))
  await Promise.all(waiting.map(running => untilSaid(running, 'waiting for the lock')))
  return waiting
}

async function leftovers({cache}: Home): Promise<string[]> {
  return (await readdir(cache, {recursive: true})).filter(name => name.includes('.tmp'))
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

describe('fifty cold calls at once', () => {
  const scene = useScene()

  it('make one sign-in, and all get credentials', async () => {
    const {home, sandbox} = scene
    const endings = await Promise.all(Array.from({length: 50}, () => home.run(creds)))
    expect(endings.map(({exitCode}) => exitCode)).to.deep.equal(Array(50).fill(0))
    expect(new Set(endings.map(({stdout}) => stdout)).size).to.equal(1)
    const journal = await sandbox.journal()
    const count = (wanted: string) => journal.filter(({kind}) => kind === wanted).length
    expect([count('authorization'), count('sign-in'), count('token'), count('sts')]).to.deep.equal([1, 1, 1, 1])
  })
})

describe('many calls with tokens that have expired', () => {
  const scene = useScene()

  it('make one refresh, and all get credentials', async () => {
    const {home, sandbox} = scene
    await sandbox.steer('POST', '/lifetimes', {idTokenSeconds: 30})
    await home.run(creds)
    await rm((await credentialsEntry(home)).path)
    await sandbox.steer('DELETE', '/journal')
    const endings = await Promise.all(Array.from({length: 10}, () => home.run(creds)))
    await sandbox.steer('POST', '/lifetimes', {idTokenSeconds: 300})
    expect(endings.map(({exitCode}) => exitCode)).to.deep.equal(Array(10).fill(0))
    expect(new Set(endings.map(({stdout}) => stdout)).size).to.equal(1)
    const journal = await sandbox.journal()
    expect(journal.filter(({kind}) => kind === 'token').map(({grant}) => grant)).to.deep.equal(['refresh_token'])
    expect(await sandbox.signIns()).to.equal(0)
  })
})

describe('calls for several roles', () => {
  const scene = useScene()
  const roles = ['readonly', 'short', 'team-01']
  const call = (role: string) =>
    scene.home.run(['creds', '--provider', 'sandbox', '--role', `arn:aws:iam::123456789012:role/${role}`])

  it('make one sign-in, and each gets its own credentials', async () => {
    const endings = await Promise.all(roles.map(call))
    expect(endings.map(({exitCode}) => exitCode)).to.deep.equal([0, 0, 0])
    expect(new Set(endings.map(({stdout}) => stdout)).size).to.equal(3)
    expect(await scene.sandbox.signIns()).to.equal(1)
  })

  it('make one sign-in too when AWS calls the token that they all sent expired', async () => {
    const {home, sandbox} = scene
    await home.configure({provider: {rememberSignIn: false}})
    await home.run(creds)
    await sandbox.steer('DELETE', '/journal')
    const expired = {error: 'ExpiredTokenException', message: 'Token expired'}
    // So late that all of them have asked.
    await sandbox.fault({on: 'sts', ...expired, delayMs: 6_000, times: roles.length})
    const endings = await Promise.all(roles.map(call))
    expect(endings.map(({exitCode}) => exitCode)).to.deep.equal([0, 0, 0])
    expect(await sandbox.signIns()).to.equal(1)
  })
})

describe('a call that waits for the browser', () => {
  const scene = useScene()

  it('and is killed frees the lock at once: the next call signs in', async () => {
    const {home, sandbox} = scene
    const holder = await startWaiting(home)
    const waiting = await startBehind(home, 3)
    holder.child.kill('SIGKILL')
    const start = Date.now()
    const endings = await Promise.all(waiting.map(({ended}) => ended))
    expect(endings.map(({exitCode}) => exitCode)).to.deep.equal([0, 0, 0])
    expect(Date.now() - start).to.be.lessThan(15_000)
    expect(await sandbox.signIns()).to.equal(1)
  })

  it('and is stopped keeps the lock: no other call takes it, and all continue when it continues', async function () {
    if (process.platform === 'win32') this.skip()
    const {home, sandbox} = scene
    const holder = await startWaiting(home)
    const waiting = await startBehind(home, 2)
    holder.child.kill('SIGSTOP')
    const late = await startBehind(home, 1)
    expect(await sandbox.signIns()).to.equal(0)
    holder.child.kill('SIGCONT')
    await browse(holder.address)
    const endings = await Promise.all([holder, ...late, ...waiting].map(({ended}) => ended))
    expect(endings.map(({exitCode}) => exitCode)).to.deep.equal([0, 0, 0, 0])
    expect(new Set(endings.map(({stdout}) => stdout)).size).to.equal(1)
    expect(await sandbox.signIns()).to.equal(1)
  })

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`ends on ${signal} with ${code}, silently: lock free, listener closed, nothing half-written`, async function () {
      if (process.platform === 'win32') this.skip()
      const {home} = scene
      const holder = await startWaiting(home)
      expect(await isFree(holder.port)).to.equal(false)
      holder.child.kill(signal)
      const {exitCode, stdout, stderr} = await holder.ended
      expect({exitCode, stdout}).to.deep.equal({exitCode: code, stdout: ''})
      expect(stderr).not.to.include('Error')
      expect(await isFree(holder.port)).to.equal(true)
      expect(await leftovers(home)).to.deep.equal([])
      expect(await home.entries()).to.deep.equal([])
      const release = await takeLock(home)
      release()
    })

    it(`ends on ${signal}, and the waiting calls fail with the same error`, async function () {
      if (process.platform === 'win32') this.skip()
      const {home, sandbox} = scene
      const holder = await startWaiting(home)
      const waiting = await startBehind(home, 2)
      holder.child.kill(signal)
      const endings = await Promise.all(waiting.map(({ended}) => ended))
      expect(endings.map(({exitCode}) => exitCode)).to.deep.equal([4, 4])
      for (const {stderr} of endings) expect(stderr).to.include('given up')
      expect((await sandbox.journal()).filter(({kind}) => kind === 'authorization')).to.deep.equal([])
    })
  }

  it('ends at once when it is waiting for the lock itself', async function () {
    if (process.platform === 'win32') this.skip()
    const {home} = scene
    const holder = await startWaiting(home)
    const [behind] = await startBehind(home, 1)
    behind?.child.kill('SIGINT')
    expect(await behind?.ended).to.include({exitCode: 130, stdout: ''})
    holder.child.kill('SIGKILL')
    await holder.ended
  })
})

describe('calls that wait while a sign-in fails', () => {
  const scene = useScene()

  it('fail with the same error and open no browser', async () => {
    const {home, sandbox} = scene
    await home.run(['creds', '--provider', 'sandbox', '--role', 'nonsense'])
    await sandbox.fault({on: 'authorization', delayMs: 6000})
    const holder = home.start([...creds, '--debug'], {SANDBOX_USER: 'deny'})
    await untilSaid(holder, 'state=')
    const waiting = await startBehind(home, 4)
    const endings = await Promise.all([holder, ...waiting].map(({ended}) => ended))
    expect(endings.map(({exitCode}) => exitCode)).to.deep.equal([4, 4, 4, 4, 4])
    const lines = endings.map(({stderr}) =>
      stderr
        .split('\n')
        .filter(line => /^(Error|Try):/.test(line))
        .join('\n'),
    )
    expect(new Set(lines).size, lines.join('\n---\n')).to.equal(1)
    expect((await sandbox.journal()).filter(({kind}) => kind === 'authorization')).to.have.length(1)
  })
})

describe('a lock that can not be made', () => {
  const scene = useScene()

  it('costs a warning, not the credentials', async () => {
    const {home} = scene
    await home.run(['cache', 'info'])
    const {mkdir} = await import('node:fs/promises')
    await mkdir(home.cache, {recursive: true})
    await writeFile(join(home.cache, 'locks'), 'a file where the folder should be')
    const {exitCode, stdout, stderr} = await home.run(creds)
    expect(exitCode, stderr).to.equal(0)
    expect(JSON.parse(stdout)).to.include({Version: 1})
    expect(stderr.match(/Warning: No lock/g)).to.have.length(1)
  })

  it('because its file was deleted meanwhile is made anew', async () => {
    const {home} = scene
    const holder = await startWaiting(home)
    await rm(join(home.cache, 'locks'), {recursive: true})
    await turn()
    expect(await home.run(creds)).to.include({exitCode: 0})
    holder.child.kill('SIGKILL')
    await holder.ended
  })
})
