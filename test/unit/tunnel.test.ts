import {createServer} from 'node:net'
import tls from 'node:tls'
import {inspect} from 'node:util'
import {expect} from 'chai'
import {AwsOidcError} from '../../src/errors.ts'
import {type Network, systemNetwork} from '../../src/outside/network/network.ts'
import {type Authority, makeAuthority} from '../support/certificates.ts'
import {type ForwardProxy, type ForwardProxyOptions, startForwardProxy} from '../support/forward-proxy.ts'
import {freePort, listening} from '../support/ports.ts'
import {startFront, type TlsFront} from '../support/tls-front.ts'
import {isPending, type WatchedClock, watchedClock} from '../support/watched-clock.ts'

const address = 'https://sso.example.test/token'
const post = {method: 'POST', body: 'secret=of-the-request', headers: {authorization: 'secret-of-the-header'}}

describe('a request through a proxy', () => {
  let authority: Authority
  let front: TlsFront
  let proxy: ForwardProxy | undefined
  let clock: WatchedClock

  before(async () => {
    authority = await makeAuthority()
    const nobody = new URL(`http://127.0.0.1:${await freePort()}`)
    front = await startFront({behind: nobody, ...(await authority.forServer(['sso.example.test', '127.0.0.1']))})
  })
  after(() => front.stop())
  beforeEach(() => {
    clock = watchedClock()
  })
  afterEach(() => proxy?.stop())

  async function behind(options: ForwardProxyOptions, login = ''): Promise<Network> {
    proxy = await startForwardProxy(options)
    return network({HTTPS_PROXY: `http://${login}127.0.0.1:${proxy.port}`})
  }

  function network(env: Record<string, string>, signal = new AbortController().signal): Network {
    const own = {ca: [authority.certificate], cert: undefined, key: undefined}
    return systemNetwork({env, clock, signal}).withTls(own)
  }

  const targets = () => ({'sso.example.test': front.port})
  /** The front is reached; the server behind it is not there, so that it cuts the connection. */
  const reached = {message: 'sso.example.test could not be reached through the proxy : the connection was cut.'}

  async function failureOf(work: Promise<unknown>): Promise<{code: string; message: string; hint?: string}> {
    const failure = await work.then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(failure).to.be.an('error').with.property('code')
    expect(inspect(failure, {depth: 10, showHidden: true}), 'a secret in the error').not.to.match(/p@ss|p%40ss|cDpz/)
    return failure as {code: string; message: string}
  }

  it('goes through a tunnel, of which the proxy sees only the name and TLS', async () => {
    const door = await behind({targets: targets()})
    const {message} = await failureOf(door.fetch(address, post))
    expect(message.replace(/127\.0\.0\.1:\d+/, '')).to.equal(reached.message)
    expect(front.seen.at(-1)).to.include({method: 'POST', path: '/token', host: 'sso.example.test'})
    expect(proxy?.asked).to.deep.equal(['sso.example.test:443'])
    // A TLS record with a handshake in it: RFC 8446, 5.1.
    expect(proxy?.tunnelled().slice(0, 2)).to.equal('\u0016\u0003')
    expect(proxy?.tunnelled()).not.to.match(/secret|token/)
  })

  it('sends the proxy no login where none is set', async () => {
    await failureOf((await behind({targets: targets()})).fetch(address, post))
    expect(proxy?.logins).to.deep.equal([undefined])
  })

  for (const [written, login] of [
    ['me:p%40ss%3Aw%2Förd', 'me:p@ss:w/örd'],
    ['me', 'me:'],
    ['DOMAIN%5Cme:p@ss', 'DOMAIN\\me:p@ss'],
  ] as const) {
    it(`logs in at the proxy with ${written}`, async () => {
      await failureOf((await behind({targets: targets(), login}, `${written}@`)).fetch(address, post))
      expect(proxy?.logins).to.deep.equal([login])
      expect(front.seen.at(-1)?.path).to.equal('/token')
      expect(front.seen.at(-1)?.headers.filter(name => name.startsWith('proxy-'))).to.deep.equal([])
    })
  }

  it('asks a proxy that refuses the login only once: three wrong passwords could lock the user out', async () => {
    const door = await behind({login: 'me:right'}, 'me:p%40ss@')
    const failure = await failureOf(door.fetch(address))
    expect(failure).to.include({
      code: 'UNAVAILABLE',
      message: `The proxy 127.0.0.1:${proxy?.port} refused to connect to sso.example.test: it answered with HTTP 407.`,
      hint: 'export HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT',
    })
    expect(proxy?.asked).to.have.length(1)
  })

  it('asks a proxy that forbids the host only once, and names NO_PROXY', async () => {
    const failure = await failureOf((await behind({status: 403})).fetch(address))
    expect(failure.message).to.include('it answered with HTTP 403')
    expect(failure.hint).to.include('NO_PROXY=sso.example.test')
    expect(proxy?.asked).to.have.length(1)
  })

  it('repeats a request that an overloaded proxy refused, unless it may be sent only once', async () => {
    expect((await failureOf((await behind({status: 503})).fetch(address))).message).to.include('HTTP 503')
    expect(proxy?.asked).to.have.length(3)
    await proxy?.stop()
    await failureOf((await behind({status: 503})).fetch(address, post))
    expect(proxy?.asked).to.have.length(1)
  })

  it('gives up on a proxy that takes the connection and sends nothing, after five seconds', async () => {
    const door = await behind({silent: true}, 'me:p%40ss@')
    const asked = door.fetch(address, post)
    const failure = failureOf(asked)
    await clock.untilLimited(5_000)
    while (proxy?.asked.length === 0) await isPending(asked)
    clock.advance(4_999)
    expect(await isPending(asked)).to.equal(true)
    clock.advance(1)
    expect((await failure).message).to.equal(
      `sso.example.test could not be reached through the proxy 127.0.0.1:${proxy?.port}: no connection within 5 s.`,
    )
  })

  it('gives up on a server behind the proxy that sends nothing, after five seconds', async () => {
    const silent = createServer(() => undefined)
    const door = await behind({targets: {'sso.example.test': await listening(silent)}})
    const failure = failureOf(door.fetch(address, post))
    while (proxy?.tunnelled() === '') await isPending(failure)
    clock.advance(5_000)
    expect((await failure).message).to.include('no connection within 5 s')
    silent.close()
  })

  for (const whose of ['everybody', 'the caller'] as const) {
    it(`ends at once with the signal of ${whose} while the proxy sends nothing`, async () => {
      proxy = await startForwardProxy({silent: true})
      const [everybody, own] = [new AbortController(), new AbortController()]
      const door = network({HTTPS_PROXY: `127.0.0.1:${proxy.port}`}, everybody.signal)
      const asked = door.fetch(address, {...post, signal: own.signal}).catch((error: unknown) => error)
      while (proxy.asked.length === 0) await isPending(asked)
      const reason = new AwsOidcError('INTERRUPTED', 'Interrupted.')
      const controller = whose === 'everybody' ? everybody : own
      controller.abort(reason)
      expect(await asked).to.equal(reason)
    })
  }

  it('names an unreachable proxy, without its login', async () => {
    const port = await freePort()
    const failure = await failureOf(network({HTTPS_PROXY: `http://me:p%40ss@127.0.0.1:${port}`}).fetch(address))
    expect(failure).to.include({
      code: 'UNAVAILABLE',
      message: `sso.example.test could not be reached through the proxy 127.0.0.1:${port}: the connection was refused.`,
    })
  })

  it('names a server behind the proxy whose certificate is not trusted', async () => {
    proxy = await startForwardProxy({targets: targets()})
    const door = systemNetwork({
      env: {HTTPS_PROXY: `127.0.0.1:${proxy.port}`},
      clock,
      signal: new AbortController().signal,
    })
    const before = front.seen.length
    const {message} = await failureOf(door.fetch(address))
    expect(message).to.match(/^The certificate of sso\.example\.test is not trusted/)
    expect([front.seen.length, proxy.asked.length]).to.deep.equal([before, 1])
  })

  it('refuses a certificate with another name than that of the server', async () => {
    const door = await behind({targets: {'other.example.test': front.port}})
    const {message} = await failureOf(door.fetch('https://other.example.test/', post))
    expect(message).to.match(/^The certificate of other\.example\.test is for another name/)
  })

  it('sends its login to no proxy whose own certificate is not trusted', async () => {
    proxy = await startForwardProxy({targets: targets(), tls: await authority.forServer(['127.0.0.1'])})
    const door = network({HTTPS_PROXY: `https://me:p%40ss@127.0.0.1:${proxy.port}`})
    const {message} = await failureOf(door.fetch(address))
    expect(message).to.match(new RegExp(`^The certificate of the proxy 127\\.0\\.0\\.1:${proxy.port} is not trusted`))
    expect(proxy.asked).to.deep.equal([])
  })

  describe('that is reached over TLS', () => {
    const usual = tls.getCACertificates('default')
    beforeEach(() => tls.setDefaultCACertificates([...usual, authority.certificate]))
    afterEach(() => tls.setDefaultCACertificates(usual))

    async function overTls(host: string, names: readonly string[]): Promise<Network> {
      proxy = await startForwardProxy({targets: targets(), tls: await authority.forServer(names)})
      return network({HTTPS_PROXY: `https://${host}:${proxy.port}`})
    }

    for (const host of ['localhost', '127.0.0.1']) {
      it(`expects the proxy's name in the certificate of the proxy, and the server's in that of the server: ${host}`, async () => {
        const {message} = await failureOf((await overTls(host, [host])).fetch(address, post))
        expect(message.replace(`${host}:${proxy?.port}`, '')).to.equal(reached.message)
        expect(front.seen.at(-1)).to.include({method: 'POST', path: '/token', host: 'sso.example.test'})
      })

      it(`refuses a proxy that shows a certificate of the server behind it: ${host}`, async () => {
        const {message} = await failureOf((await overTls(host, ['sso.example.test'])).fetch(address, post))
        expect(message).to.match(new RegExp(`^The certificate of the proxy ${host}:\\d+ is for another name`))
        expect(proxy?.asked).to.deep.equal([])
      })
    }
  })

  it('writes an IPv6 address as proxies expect it', async () => {
    await failureOf((await behind({status: 403})).fetch('https://[fd12::1]:8443/'))
    expect(proxy?.asked).to.deep.equal(['[fd12::1]:8443'])
  })

  it('uses no proxy where the address is this machine', async () => {
    proxy = await startForwardProxy({status: 403})
    const door = network({HTTPS_PROXY: `127.0.0.1:${proxy.port}`, HTTP_PROXY: `127.0.0.1:${proxy.port}`})
    for (const host of ['127.0.0.1', 'localhost', '127.8.9.10', '[::1]']) {
      for (const scheme of ['http', 'https']) await failureOf(door.fetch(`${scheme}://${host}:${front.port}/`, post))
    }
    expect(proxy.asked).to.deep.equal([])
  })
})
