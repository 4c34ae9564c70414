import {createServer, type Server} from 'node:http'
import {expect} from 'chai'
import {type Network, systemNetwork} from '../../src/outside/network/network.ts'
import {systemClock} from '../../src/outside/system/clock.ts'

const minute = 60_000

describe('the clock difference to a server', () => {
  let server: Server
  let headers: Record<string, string> = {}
  beforeEach(done => {
    server = createServer((_, response) => response.writeHead(200, headers).end()).listen(0, '127.0.0.1', () => done())
  })
  afterEach(done => {
    server.close(() => done())
  })

  /** By how many minutes the clock of a server that answers so counts as ahead of ours. */
  async function learned(aheadMinutes: number, more: Record<string, string> = {}): Promise<number> {
    const network = newNetwork()
    await answerFrom('127.0.0.1', aheadMinutes, network, more)
    return Math.round(network.offsetTo(addressOf('127.0.0.1')) / minute)
  }

  function newNetwork(): Network {
    return systemNetwork({env: {}, clock: systemClock, signal: new AbortController().signal})
  }

  async function answerFrom(host: string, aheadMinutes: number, network: Network, more: Record<string, string> = {}) {
    headers = {date: new Date(Date.now() + aheadMinutes * minute).toUTCString(), connection: 'close', ...more}
    await network.fetch(addressOf(host))
  }

  function addressOf(host: string): URL {
    const address = server.address()
    const port = address !== null && typeof address === 'object' ? address.port : 0
    return new URL(`http://${host}:${port}/`)
  }

  it('is that to the Date of its answer', async () => {
    expect(await learned(10)).to.equal(10)
    expect(await learned(-10)).to.equal(-10)
  })

  it('is taken as zero when the answer comes from a cache in between', async () => {
    expect(await learned(-10, {age: '600'})).to.equal(0)
  })

  it('is taken as zero when it is over twelve hours', async () => {
    expect(await learned(11 * 60)).to.equal(11 * 60)
    expect(await learned(13 * 60)).to.equal(0)
  })

  it('is taken from the latest answer of another server until the server has answered', async () => {
    const network = newNetwork()
    const likely = (host: string) => Math.round(network.likelyOffsetTo(addressOf(host)) / minute)
    expect(likely('sts.example.com')).to.equal(0)
    await answerFrom('127.0.0.1', 10, network)
    await answerFrom('localhost', 20, network)
    expect(likely('sts.example.com')).to.equal(20)
    expect(likely('127.0.0.1')).to.equal(10)
    await answerFrom('127.0.0.1', 10, network)
    expect(likely('sts.example.com')).to.equal(10)
    expect(Math.round(network.offsetTo(addressOf('sts.example.com')))).to.equal(0)
  })
})

describe('a request in progress when the user presses Ctrl-C', () => {
  let server: Server
  let controller = new AbortController()
  beforeEach(done => {
    controller = new AbortController()
    // Ctrl-C comes when the request is there and before it is answered.
    server = createServer((request, response) => {
      controller.abort(new Error('Ctrl-C'))
      request.resume().once('end', () => setImmediate(() => response.writeHead(200, {connection: 'close'}).end('done')))
    }).listen(0, '127.0.0.1', () => done())
  })
  afterEach(done => {
    server.close(() => done())
  })

  async function outcome(door: 'fetch' | 'fetchAgain', method: string): Promise<string> {
    const network = systemNetwork({env: {}, clock: systemClock, signal: controller.signal})
    const address = server.address()
    const port = address !== null && typeof address === 'object' ? address.port : 0
    const response = network[door](`http://127.0.0.1:${port}/`, {method, ...(method === 'POST' && {body: 'a=b'})})
    return response.then(
      answer => answer.text(),
      error => String(error.message),
    )
  }

  it('is aborted where it can be made again', async () => {
    expect(await outcome('fetch', 'GET')).to.equal('Ctrl-C')
    controller = new AbortController()
    expect(await outcome('fetchAgain', 'POST')).to.equal('Ctrl-C')
  })

  it('is completed where it can not: what it has used up would be lost with the answer', async () => {
    expect(await outcome('fetch', 'POST')).to.equal('done')
  })

  it('is not started afterwards', async () => {
    controller.abort(new Error('Ctrl-C'))
    expect(await outcome('fetch', 'POST')).to.equal('Ctrl-C')
  })
})
