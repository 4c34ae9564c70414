import {connect} from 'node:net'
import {networkInterfaces} from 'node:os'
import {text} from 'node:stream/consumers'
import {expect} from 'chai'
import {answers, busyPort, freePort} from '../support/ports.ts'
import {useScene} from '../support/scene.ts'
import {browse, changed, redirectAfterSignIn, type WaitingSignIn, waitForAddress} from '../support/sign-in.ts'

const creds = ['creds', '--profile', 'developer']
const hasIpv6 = Object.values(networkInterfaces()).some(list => list?.some(({address}) => address === '::1'))

describe('the listener for the redirect: where it listens', () => {
  const scene = useScene()

  it('waits at 127.0.0.1 on a free port, at /callback', async () => {
    const waiting = await waitForAddress(scene.home)
    expect(waiting.redirect.href).to.match(/^http:\/\/127\.0\.0\.1:\d+\/callback$/)
    expect(await answers('127.0.0.1', Number(waiting.redirect.port))).to.equal(true)
    await finish(waiting)
  })

  it('can not be reached at any other address of this machine', async () => {
    const waiting = await waitForAddress(scene.home)
    const own = Object.values(networkInterfaces()).flatMap(list => list?.map(({address}) => address) ?? [])
    for (const address of ['127.0.0.2', ...own.filter(address => address !== '127.0.0.1')]) {
      expect(await answers(address, Number(waiting.redirect.port)), address).to.equal(false)
    }
    await finish(waiting)
  })

  it('uses the name localhost and listens on IPv4 and IPv6 with "redirect.host: localhost"', async () => {
    await scene.home.configure({provider: {redirect: {host: 'localhost'}}})
    const waiting = await waitForAddress(scene.home)
    expect(waiting.redirect.href).to.match(/^http:\/\/localhost:\d+\/callback$/)
    const port = Number(waiting.redirect.port)
    expect(await answers('127.0.0.1', port)).to.equal(true)
    if (hasIpv6) expect(await answers('::1', port)).to.equal(true)
    expect(await answers('127.0.0.2', port)).to.equal(false)
    await finish(waiting)
  })

  for (const literal of hasIpv6 ? ['127.0.0.1', '[::1]'] : ['127.0.0.1']) {
    it(`receives the redirect to localhost when the browser comes by ${literal}`, async () => {
      await scene.home.configure({provider: {redirect: {host: 'localhost'}}})
      const {address, ended} = await waitForAddress(scene.home)
      const back = await redirectAfterSignIn(address)
      back.hostname = literal
      expect((await fetch(back)).status).to.equal(200)
      expect(await ended).to.include({exitCode: 0})
    })
  }

  it('skips a port of localhost that another program uses for IPv4 or IPv6 only', async function () {
    if (!hasIpv6) this.skip()
    await using taken = await busyPort('::1')
    const free = await freePort()
    await scene.home.configure({provider: {redirect: {host: 'localhost', ports: [taken.port, free]}}})
    const waiting = await waitForAddress(scene.home)
    expect(waiting.redirect.port).to.equal(String(free))
    // Nothing was left behind on the family that was free.
    expect(await answers('127.0.0.1', taken.port)).to.equal(false)
    await finish(waiting)
  })

  it('uses the first of the listed ports, and the configured path', async () => {
    const [first, second] = [await freePort(), await freePort()]
    await scene.home.configure({provider: {redirect: {ports: [first, second], path: '/signed/in'}}})
    const {redirect, child, ended} = await waitForAddress(scene.home)
    expect(redirect.href).to.equal(`http://127.0.0.1:${first}/signed/in`)
    child.kill('SIGTERM')
    await ended
  })

  it('uses the next of the listed ports where the first is busy', async () => {
    await using taken = await busyPort()
    const free = await freePort()
    await scene.home.configure({provider: {redirect: {ports: [taken.port, free]}}})
    const waiting = await waitForAddress(scene.home)
    expect(waiting.redirect.port).to.equal(String(free))
    await finish(waiting)
  })

  it('fails, and opens no browser, where all listed ports are busy', async () => {
    await using first = await busyPort()
    await using second = await busyPort()
    const ports = [first.port, second.port]
    await scene.home.configure({provider: {redirect: {ports}}})
    const {exitCode, stdout, stderr} = await scene.home.run(creds)
    expect({exitCode, stdout}).to.deep.equal({exitCode: 6, stdout: ''})
    expect(stderr)
      .to.include(`No port for the sign-in is free: ${ports.join(', ')}`)
      .and.to.include('redirect.ports')
    expect(stderr).not.to.include('browser')
    expect((await scene.sandbox.journal()).map(({kind}) => kind)).not.to.include('authorization')
  })

  async function finish({address, ended}: WaitingSignIn): Promise<void> {
    await browse(address)
    expect(await ended).to.include({exitCode: 0})
  }
})

/** A request as no library for it would send it. */
async function asked({host, port, hostname}: URL, target: string, named = host): Promise<Response> {
  const socket = connect(Number(port), hostname)
  socket.write(`GET ${target} HTTP/1.1\r\nHost: ${named}\r\nConnection: close\r\n\r\n`)
  const answer = await text(socket)
  return new Response(answer, {status: Number(answer.split(' ')[1])})
}

describe('the listener for the redirect: what it ignores', () => {
  const scene = useScene()

  const strays: Readonly<Record<string, (back: URL) => Promise<Response>>> = {
    'a favicon': back => fetch(new URL('/favicon.ico', back)),
    'the bare address': back => fetch(new URL('/', back)),
    'another path with the right answer': back => fetch(`${back.origin}/other${back.search}`),
    'a path that only begins like ours': back => fetch(`${back.origin}/callback/more${back.search}`),
    'our path without anything': back => fetch(new URL('/callback', back)),
    'a wrong state': back => fetch(changed(back, url => url.searchParams.set('state', 'guessed'))),
    'an empty state': back => fetch(changed(back, url => url.searchParams.set('state', ''))),
    'no state': back => fetch(changed(back, url => url.searchParams.delete('state'))),
    'two states': back => fetch(changed(back, url => url.searchParams.append('state', 'guessed'))),
    'an error without the state': back => fetch(new URL('/callback?error=access_denied', back)),
    'an error with a wrong state': back => fetch(new URL('/callback?error=access_denied&state=guessed', back)),
    'a HEAD request with the right answer': back => fetch(back, {method: 'HEAD'}),
    'a POST request with the right answer': back => fetch(back, {method: 'POST', body: back.searchParams}),
    'an OPTIONS request': back => fetch(back, {method: 'OPTIONS'}),
    'another host in absolute form': back => asked(back, `http://evil.example/callback${back.search}`),
    'our own host in absolute form': back => asked(back, back.href),
    'another host by two slashes': back => asked(back, `//evil.example/callback${back.search}`),
    'another host by a backslash': back => asked(back, `/\\evil.example/callback${back.search}`),
    'another host in the Host header': back => asked(back, `/callback${back.search}`, 'evil.example'),
    'our host with another port in the Host header': back => asked(back, `/callback${back.search}`, '127.0.0.1:1'),
  }

  it('answers stray requests with 4xx, one after the other, and the sign-in still succeeds afterwards', async () => {
    const {address, ended} = await waitForAddress(scene.home)
    const back = await redirectAfterSignIn(address)
    for (const [what, send] of Object.entries(strays)) {
      const response = await send(back)
      expect(response.status, what).to.be.oneOf([400, 404])
      expect(await response.text(), what).not.to.include('signed in')
      expect(response.headers.get('access-control-allow-origin'), what).to.equal(null)
    }
    const response = await fetch(back)
    expect(response.status).to.equal(200)
    expect(await response.text()).to.include('You are signed in')
    expect(await ended).to.include({exitCode: 0})
    const codes = (await scene.sandbox.journal()).filter(({grant}) => grant === 'authorization_code')
    expect(codes).to.have.lengthOf(1)
  })

  it('answers requests after the redirect, and is not disturbed by them', async () => {
    const {address, ended} = await waitForAddress(scene.home)
    const back = await redirectAfterSignIn(address)
    await scene.sandbox.fault({on: 'token', delayMs: 1000, times: 1})
    const both = [fetch(back), fetch(back)]
    // The one that counts waits for the token endpoint; the other one is answered at once.
    expect((await Promise.race(both)).status).to.equal(400)
    const refused = await fetch(changed(back, url => url.searchParams.set('error', 'access_denied')))
    expect(refused.status).to.equal(400)
    expect((await Promise.all(both)).map(({status}) => status)).to.have.members([200, 400])
    expect(await ended).to.include({exitCode: 0})
  })

  it('does not wait for a connection that sends nothing', async () => {
    const {address, redirect, ended} = await waitForAddress(scene.home)
    const silent = connect(Number(redirect.port), '127.0.0.1')
    silent.on('error', () => undefined)
    await browse(address)
    expect(await ended).to.include({exitCode: 0})
    silent.destroy()
  })

  it('is closed after the redirect, while AWS is still being asked', async () => {
    await scene.sandbox.fault({on: 'sts', delayMs: 60_000})
    const {address, redirect, child, ended} = await waitForAddress(scene.home)
    await browse(address)
    await closing(Number(redirect.port))
    child.kill('SIGTERM')
    // It was there until now: otherwise the port would tell nothing.
    expect(await ended).to.include({exitCode: 143})
  })

  it('is closed after Ctrl-C', async () => {
    const {redirect, child, ended} = await waitForAddress(scene.home)
    child.kill('SIGINT')
    expect(await ended).to.include({exitCode: 130, stdout: ''})
    expect(await answers('127.0.0.1', Number(redirect.port))).to.equal(false)
  })

  async function closing(port: number): Promise<void> {
    while (await answers('127.0.0.1', port)) await new Promise(setImmediate)
  }
})
