import {createServer, type Server} from 'node:http'
import {expect} from 'chai'
import {systemClock} from '../../src/outside/clock.ts'
import {systemNetwork} from '../../src/outside/network.ts'

const minute = 60_000

describe("what a server's answer tells about our clock", () => {
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
    headers = {date: new Date(Date.now() + aheadMinutes * minute).toUTCString(), connection: 'close', ...more}
    const network = systemNetwork({env: {}, clock: systemClock, signal: new AbortController().signal})
    const address = server.address()
    const port = address !== null && typeof address === 'object' ? address.port : 0
    const url = new URL(`http://127.0.0.1:${port}/`)
    await network.fetch(url)
    return Math.round(network.offsetTo(url) / minute)
  }

  it('is the difference to its Date', async () => {
    expect(await learned(10)).to.equal(10)
    expect(await learned(-10)).to.equal(-10)
  })

  it('is nothing when a cache in between has kept the answer', async () => {
    expect(await learned(-10, {age: '600'})).to.equal(0)
  })

  it('is nothing when it is over twelve hours', async () => {
    expect(await learned(11 * 60)).to.equal(11 * 60)
    expect(await learned(13 * 60)).to.equal(0)
  })
})
