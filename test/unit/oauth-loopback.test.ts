import {subscribe, unsubscribe} from 'node:diagnostics_channel'
import {expect} from 'chai'
import {listenForRedirect} from '../../src/oauth/loopback.ts'

describe('the listener for a redirect, as a strategy uses it', () => {
  it('keeps a browser waiting that returns before the strategy asks for the redirect', async () => {
    await using listener = await listening()
    const arrived = requestsArrive(2)
    const early = fetch(`${listener.url}?code=1&state=s`)
    const stray = fetch(new URL('/favicon.ico', listener.url))
    await arrived
    const redirect = await listener.received('s')
    expect(redirect.address.searchParams.get('code')).to.equal('1')
    await redirect.answer()
    expect((await early).status).to.equal(200)
    expect((await stray).status).to.equal(404)
  })

  it('takes the first redirect with parameters where no state is agreed upon', async () => {
    await using listener = await listening()
    const received = listener.received()
    expect((await fetch(listener.url)).status).to.equal(400)
    const answered = fetch(`${listener.url}?SAMLResponse=x`)
    const redirect = await received
    await redirect.answer('No.')
    expect(redirect.address.searchParams.get('SAMLResponse')).to.equal('x')
    expect((await answered).status).to.equal(400)
  })

  it('rejects with the reason of the signal, and closes, when no redirect comes', async () => {
    const controller = new AbortController()
    const listener = await listenForRedirect({}, {}, controller.signal)
    const received = listener.received('s')
    controller.abort(new Error('five minutes are over'))
    expect(await received.catch((error: Error) => error.message)).to.equal('five minutes are over')
    await listener.close()
    expect(await fetch(listener.url).catch(() => 'refused')).to.equal('refused')
  })

  it('rejects at once where the signal was aborted before', async () => {
    const listener = await listenForRedirect({}, {}, AbortSignal.abort(new Error('over')))
    expect(await listener.received().catch((error: Error) => error.message)).to.equal('over')
    await listener.close()
  })
})

/** Resolves when servers of this process have been asked so often. */
function requestsArrive(count: number): Promise<void> {
  return new Promise(resolve => {
    let left = count
    function arrived(): void {
      left -= 1
      if (left > 0) return
      unsubscribe('http.server.request.start', arrived)
      // The channel speaks just before the server's own handler is called.
      setImmediate(resolve)
    }
    subscribe('http.server.request.start', arrived)
  })
}

async function listening() {
  // A redirect that is lost fails the test and must not keep the process.
  const listener = await listenForRedirect({}, {}, AbortSignal.timeout(5000))
  return {...listener, [Symbol.asyncDispose]: () => listener.close()}
}
