import {createServer, type Server} from 'node:http'
import {expect} from 'chai'
import {discover} from '../../src/oauth/discovery.ts'
import {systemNetwork} from '../../src/outside/network/network.ts'
import {listening} from '../support/ports.ts'
import {isPending, watchedClock} from '../support/watched-clock.ts'

describe('a provider that takes the connection and never answers', () => {
  let server: Server
  let requests: number
  const usual = AbortSignal.timeout
  before(() => {
    // The library's own limit is of real time, which a test can't wait for: here it is over at once.
    AbortSignal.timeout = () => AbortSignal.abort(new DOMException('too long', 'TimeoutError'))
  })
  after(() => {
    AbortSignal.timeout = usual
  })
  beforeEach(() => {
    requests = 0
    server = createServer(() => {
      requests++
    })
  })
  afterEach(async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  })

  it('is unavailable, with its host and the time of the wait', async () => {
    const issuer = new URL(`http://127.0.0.1:${await listening(server)}/`)
    const clock = watchedClock()
    const network = systemNetwork({env: {}, clock, signal: new AbortController().signal})
    const asked = discover({issuer, clientId: 'c'}, {...network, mutualTls: false})
    const failure = asked.catch((error: unknown) => error)
    for (const attempt of [1, 2, 3]) {
      while (requests < attempt && (await isPending(asked)));
      clock.advance(15_000)
    }
    expect(await failure).to.include({
      code: 'UNAVAILABLE',
      message: `${issuer.host} did not answer within 15 s (the last of 3 requests).`,
    })
  })
})
