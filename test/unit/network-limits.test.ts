import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {createServer, type RequestListener, type Server} from 'node:http'
import {connect} from 'node:net'
import {createInterface} from 'node:readline'
import {setTimeout as delay} from 'node:timers/promises'
import {expect} from 'chai'
import {type Network, systemNetwork} from '../../src/outside/network/network.ts'
import {freePort, listening} from '../support/ports.ts'
import {isPending, type WatchedClock, watchedClock} from '../support/watched-clock.ts'

const mebibyte = 1024 * 1024

describe('the limits of a request', () => {
  let server: Server
  let url: string
  let answer: RequestListener
  let requests: string[]
  let clock: WatchedClock
  let network: Network

  beforeEach(async () => {
    requests = []
    answer = (_, response) => response.end()
    server = createServer((request, response) => {
      requests.push(`${request.method} ${request.url}`)
      answer(request, response)
    })
    url = `http://127.0.0.1:${await listening(server)}/`
    clock = watchedClock()
    network = systemNetwork({env: {}, clock, signal: new AbortController().signal})
  })
  afterEach(async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  })

  const post = {method: 'POST', body: 'a=b'}
  const failureOf = (work: Promise<unknown>) => work.then(expectedToFail, (error: unknown) => error)

  it('are fifteen seconds for the answer', async () => {
    answer = () => undefined
    const asked = network.fetch(url, post)
    const failure = failureOf(asked)
    while (requests.length === 0) await isPending(asked)
    clock.advance(14_999)
    expect(await isPending(asked)).to.equal(true)
    clock.advance(1)
    expect(await failure).to.include({
      code: 'UNAVAILABLE',
      message: `${new URL(url).host} did not answer within 15 s.`,
    })
  })

  it('are fifteen seconds even for an answer that has begun', async () => {
    answer = (_, response) => response.write('{"begun":')
    const failure = failureOf(network.fetch(url, post))
    while (requests.length === 0) await isPending(failure)
    await isPending(failure)
    clock.advance(15_000)
    expect(await failure)
      .to.have.property('message')
      .that.includes('did not answer within 15 s')
  })

  it('are five seconds for the connection', async function () {
    if (process.platform === 'win32') this.skip()
    await using full = await startFullListener()
    const asked = network.fetch(`http://127.0.0.1:${full.port}/`, post)
    const failure = failureOf(asked)
    await clock.untilLimited(5_000)
    clock.advance(4_999)
    expect(await isPending(asked)).to.equal(true)
    clock.advance(1)
    expect(await failure).to.include({
      code: 'UNAVAILABLE',
      message: `127.0.0.1:${full.port} could not be reached: no connection within 5 s.`,
    })
  })

  it('are four mebibytes for the answer', async () => {
    answer = (_, response) => response.end(Buffer.alloc(4 * mebibyte))
    expect(await (await network.fetch(url)).arrayBuffer()).to.have.property('byteLength', 4 * mebibyte)
    answer = (_, response) => response.end(Buffer.alloc(4 * mebibyte + 1))
    expect(await failureOf(network.fetch(url))).to.include({code: 'BAD_RESPONSE'})
  })

  it('end an answer that never ends', async () => {
    let closed = false
    answer = (_, response) => {
      response.once('close', () => {
        closed = true
      })
      const more = () => {
        while (!closed && response.write(Buffer.alloc(mebibyte)));
        response.once('drain', more)
      }
      more()
    }
    expect(await failureOf(network.fetch(url)))
      .to.have.property('message')
      .that.includes('larger than 4 MiB')
    while (!closed) await delay(5)
    expect(requests).to.have.length(1)
  })

  it('end with the signal of the caller; and with that of the process where nothing is used up', async () => {
    answer = () => undefined
    for (const own of [true, false]) {
      const controller = new AbortController()
      const everybody = new AbortController()
      const door = systemNetwork({env: {}, clock, signal: everybody.signal})
      const asked = door.fetch(url, {...(own ? post : {}), signal: controller.signal})
      const failure = failureOf(asked)
      await isPending(asked)
      const reason = new Error('Ctrl-C')
      if (own) controller.abort(reason)
      else everybody.abort(reason)
      expect(await failure).to.equal(reason)
    }
  })

  for (const status of [429, 502, 503, 504]) {
    it(`allow two more tries of a GET that was answered with ${status}, each after a longer pause`, async () => {
      answer = (_, response) => response.writeHead(status).end()
      expect(await network.fetch(url)).to.include({status})
      expect(requests).to.have.length(3)
      const [first = 0, second = 0, ...others] = clock.sleeps
      expect(first).to.be.within(100, 300)
      expect(second).to.be.within(200, 600)
      expect(others).to.deep.equal([])
    })
  }

  it('allow two more tries of a GET whose connection was cut or refused', async () => {
    answer = request => request.socket.destroy()
    expect(await failureOf(network.fetch(url)))
      .to.have.property('message')
      .that.includes('the connection was cut')
    expect(requests).to.have.length(3)
    const nobody = `http://127.0.0.1:${await freePort()}/`
    expect(await failureOf(network.fetch(nobody)))
      .to.have.property('message')
      .that.includes('refused')
    expect(clock.sleeps).to.have.length(4)
  })

  it('pause for a random time, so that many clients do not return at once', async () => {
    answer = (_, response) => response.writeHead(503).end()
    for (let round = 0; round < 5; round++) await network.fetch(url)
    expect(new Set(clock.sleeps).size).to.be.greaterThan(5)
  })

  it('use the answer of a second try that works', async () => {
    answer = (_, response) => response.writeHead(requests.length === 1 ? 503 : 200).end('fine')
    expect(await (await network.fetch(url)).text()).to.equal('fine')
    expect(requests).to.have.length(2)
  })

  for (const [what, fault] of [
    ['was cut', (request => request.socket.destroy()) satisfies RequestListener],
    ['was answered with 503', ((_, response) => response.writeHead(503).end()) satisfies RequestListener],
  ] as const) {
    it(`allow no second try of a POST that ${what} unless the caller says that it may be sent again`, async () => {
      answer = fault
      await network.fetch(url, post).catch(() => undefined)
      expect(requests).to.have.length(1)
      await network.fetchAgain(url, post).catch(() => undefined)
      expect(requests).to.have.length(4)
    })
  }

  it('allow no second try after an answer that would be the same', async () => {
    for (const status of [200, 302, 400, 401, 404, 500]) {
      requests = []
      answer = (_, response) => response.writeHead(status).end()
      expect(await network.fetchAgain(url)).to.include({status})
      expect(requests, String(status)).to.have.length(1)
    }
    expect(clock.sleeps).to.deep.equal([])
  })

  it('prevent a request from being redirected to another address', async () => {
    const elsewhere: string[] = []
    const other = createServer((request, response) => {
      elsewhere.push(request.url ?? '')
      response.end()
    })
    const location = `http://127.0.0.1:${await listening(other)}/stolen`
    for (const status of [301, 302, 303, 307, 308]) {
      answer = (_, response) => response.writeHead(status, {location}).end()
      for (const request of [{}, post]) {
        expect(await network.fetch(url, {...request, redirect: 'follow'})).to.include({status})
      }
    }
    await new Promise(resolve => other.close(resolve))
    expect(elsewhere).to.deep.equal([])
  })

  it('reuse a connection for the next request, but not one that was idle for a while', async () => {
    const ports: (number | undefined)[] = []
    answer = (request, response) => {
      ports.push(request.socket.remotePort)
      response.end()
    }
    await network.fetch(url)
    clock.advance(3_900)
    await network.fetch(url, post)
    clock.advance(4_000)
    await network.fetch(url, post)
    expect(ports[1]).to.equal(ports[0])
    expect(ports[2]).not.to.equal(ports[1])
  })

  for (const [what, wall, elapsed] of [
    ['while the clock was set back', -86_400_000, 4_000],
    ['while the machine slept', 3_600_000, 0],
  ] as const) {
    it(`reuse no connection that was idle ${what}`, async () => {
      const ports: (number | undefined)[] = []
      answer = (request, response) => {
        ports.push(request.socket.remotePort)
        response.end()
      }
      let [ahead, passed] = [0, 0]
      const {now} = clock
      const moved = {...clock, now: () => new Date(now().getTime() + ahead), elapsed: () => passed}
      network = systemNetwork({env: {}, clock: moved, signal: new AbortController().signal})
      await network.fetch(url)
      ;[ahead, passed] = [wall, elapsed]
      await network.fetch(url, post)
      expect(ports[1]).not.to.equal(ports[0])
    })
  }
})

function expectedToFail(): never {
  throw new Error('this should have failed')
}

/** A listener whose queue is full, so that a further connection is never made. */
async function startFullListener(): Promise<AsyncDisposable & {readonly port: number}> {
  const script = `
    const server = require('net').createServer().listen({port: 0, host: '127.0.0.1', backlog: 1}, () => {
      process.stdout.write(server.address().port + '\\n', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))
    })`
  const child = spawn(process.execPath, ['-e', script], {stdio: ['ignore', 'pipe', 'ignore']})
  const [line] = await once(createInterface({input: child.stdout}), 'line')
  const port = Number(line)
  const fillers = Array.from({length: 8}, () => connect({port, host: '127.0.0.1'}).on('error', () => undefined))
  // Two fit into the queue; the others wait, as does every later one.
  while (fillers.filter(({connecting}) => !connecting).length < 2) await delay(5)
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const filler of fillers) filler.destroy()
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}
