import {once} from 'node:events'
import {Worker} from 'node:worker_threads'
import {expect} from 'chai'
import {discover} from '../../src/oauth/discovery.ts'
import {refresh} from '../../src/oauth/refresh.ts'
import {type Network, systemNetwork} from '../../src/outside/network/network.ts'
import {type Clock, systemClock} from '../../src/outside/system/clock.ts'

// A thread of its own: it answers while this one is stopped.
const server = `
  const {createServer} = require('node:http')
  const {parentPort} = require('node:worker_threads')
  const server = createServer((request, response) => {
    parentPort.postMessage('asked')
    if (request.url === '/never') return
    setTimeout(() => response.end('x'.repeat(Number(request.url.slice(1)))), 50)
  })
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))
`

describe('a process that was stopped for longer than a request may take', () => {
  let worker: Worker
  let address: string
  let network: Network
  before(async () => {
    worker = new Worker(server, {eval: true})
    const [port] = await once(worker, 'message')
    address = `http://127.0.0.1:${port}`
  })
  beforeEach(() => {
    // All limits a fiftieth: 15 s become 300 ms.
    const clock: Clock = {
      ...systemClock,
      limit: (milliseconds, reason, parent) => systemClock.limit(milliseconds / 50, reason, parent),
    }
    network = systemNetwork({env: {}, clock, signal: new AbortController().signal})
  })
  after(() => worker.terminate())

  async function standStillDuring(work: () => Promise<Response>): Promise<Response> {
    const asked = once(worker, 'message')
    const answer = work()
    // Without this, a failure would count as unhandled before it is awaited.
    answer.catch(() => undefined)
    await asked
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600)
    return answer
  }

  for (const method of ['POST', 'GET']) {
    for (const size of [2, 3 * 1024 * 1024]) {
      it(`gets the answer to a ${method} of ${size} bytes that arrived meanwhile`, async () => {
        const answer = await standStillDuring(() => network.fetch(`${address}/${size}`, {method}))
        expect((await answer.text()).length).to.equal(size)
      })
    }
  }

  it('has no other limit: the one of the OAuth library would count the time that it was stopped', async () => {
    const limits: unknown[] = []
    const issuer = 'https://idp.example'
    const fetch: typeof globalThis.fetch = async (_, init) => {
      limits.push(init?.signal)
      return Response.json({issuer, token_endpoint: `${issuer}/token`, access_token: 'a', token_type: 'bearer'})
    }
    const client = {issuer: new URL(issuer), clientId: 'aws-oidc'}
    const configuration = await discover(client, {fetch, offsetTo: () => 0, mutualTls: false})
    await refresh(configuration, 'refresh-token', {}, {}, () => ({now: () => new Date(), offsetMilliseconds: 0}))
    expect(limits).to.deep.equal([undefined, undefined])
  })

  it('fails where no answer arrived', async () => {
    const failure = await standStillDuring(() => network.fetch(`${address}/never`, {method: 'POST'})).then(
      () => undefined,
      (error: {code: string}) => error.code,
    )
    expect(failure).to.equal('UNAVAILABLE')
  })
})
