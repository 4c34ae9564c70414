import {isLoopback} from '../../http/loopback-address.ts'
import type {Clock} from '../system/clock.ts'
import type {ProviderTls} from './client-certificate.ts'
import {agentsOf} from './connections.ts'
import {explainFailure, mayHelpToRetry, NetworkFailure} from './network-failure.ts'
import {proxiesOf} from './proxy.ts'
import {type Exchange, readExchange, transfer} from './transfer.ts'
import {trustSystemAuthorities} from './trust.ts'

/** The only way to the network: every request gets the same proxy, trust and limits. */
export interface Network {
  /**
   * Retries a failed GET. Sends any other request once, because the server may have acted on it without answering.
   * Ctrl-C does not abort such a request once it is sent: what it used up would be lost with the answer.
   */
  readonly fetch: typeof globalThis.fetch
  /** For other requests that can safely be repeated. */
  readonly fetchAgain: typeof globalThis.fetch
  /**
   * Sends a repeatable request once, for a caller that decides by the answer whether to repeat it: a failure says so in
   * `mayPass`.
   */
  readonly fetchOnce: typeof globalThis.fetch
  /**
   * How many milliseconds the server's clock is ahead of ours, as far as answers to this process have shown. Learned
   * only over verified TLS or loopback; over twelve hours counts as nonsense, and as 0.
   */
  offsetTo(url: URL): number
  /** The same without a limit: an offset too large to compensate must still be reported. */
  differenceTo(url: URL): number
  /** The server that answered last among those whose clock is too far from ours to compensate. */
  strangeClock(): {readonly host: string; readonly milliseconds: number} | undefined
  /** The same as `offsetTo`, but until the server has answered, the offset of the one that answered last. */
  likelyOffsetTo(url: URL): number
  /** The same network for one identity provider, with authorities and a client certificate of its own. */
  withTls(tls: ProviderTls): Network
}

export interface NetworkSettings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** When it aborts, no request is started any more, and repeatable ones are aborted. */
  readonly signal: AbortSignal
}

const connectMilliseconds = 5_000
const requestMilliseconds = 15_000
const retries = 2
const largestOffset = 12 * 60 * 60 * 1000
// A Date header has whole seconds and answers take time: a smaller offset means nothing.
const smallestOffset = 5_000

export function systemNetwork(settings: NetworkSettings): Network {
  return networkOver(settings, new Map(), undefined)
}

/** No working clock is this wrong; a server that claims so could make old tokens look alive. */
function believed(offset: number): number {
  return Math.abs(offset) > largestOffset ? 0 : offset
}

function networkOver(settings: NetworkSettings, offsets: Map<string, number>, own: ProviderTls | undefined): Network {
  const {env, clock, signal} = settings
  const proxyFor = proxiesOf(env)
  const agentFor = agentsOf(own, {clock, signal, milliseconds: connectMilliseconds})

  function send(again: boolean): typeof globalThis.fetch {
    return async (input, init) => {
      const exchange = readExchange(input, init)
      const repeatable = again || exchange.method === 'GET'
      const last = repeatable ? retries : 0
      for (let attempt = 0; ; attempt++) {
        try {
          const response = await once(exchange, repeatable, attempt)
          if (attempt === last || !mayHelpToRetry(response.status)) return response
        } catch (error) {
          if (attempt === last || !(error instanceof NetworkFailure && error.mayPass)) throw error
        }
        await clock.sleep((0.5 + Math.random()) * 200 * 2 ** attempt, exchange.signal ?? signal)
      }
    }
  }

  async function once(exchange: Exchange, repeatable: boolean, earlier: number): Promise<Response> {
    signal.throwIfAborted()
    const {url} = exchange
    const secure = url.protocol === 'https:'
    const loopback = isLoopback(url.hostname)
    const proxy = loopback ? undefined : proxyFor(url)
    if (secure || proxy?.protocol === 'https:') trustSystemAuthorities(env)
    const way = proxy ? ` through the proxy ${proxy.host}` : ''
    const often = earlier > 0 ? ` (the last of ${earlier + 1} requests)` : ''
    const tooLong = new NetworkFailure(
      `${url.host} did not answer${way} within ${requestMilliseconds / 1000} s${often}.`,
      {mayPass: true},
    )
    const limit = clock.limit(requestMilliseconds, tooLong, repeatable ? signal : undefined)
    const ended = exchange.signal ? AbortSignal.any([exchange.signal, limit.signal]) : limit.signal
    try {
      ended.throwIfAborted()
      const {response, date} = await transfer(exchange, {
        agent: agentFor(url, proxy),
        signal: ended,
        clock,
        connectMilliseconds,
      })
      // A cache on the way passes on the old Date and adds Age (RFC 9111, 5.1).
      const fromCache = response.headers.has('age')
      if ((secure || loopback) && !fromCache) learnOffset(url, date)
      return response
    } catch (error) {
      ended.throwIfAborted()
      throw explainFailure(url, error, proxy)
    } finally {
      limit.cancel()
    }
  }

  function learnOffset(url: URL, date: string | undefined): void {
    const server = date === undefined ? Number.NaN : Date.parse(date)
    if (Number.isNaN(server)) return
    const offset = server - clock.now().getTime()
    const size = Math.abs(offset)
    // Keeps the latest answer last.
    offsets.delete(url.origin)
    offsets.set(url.origin, size < smallestOffset ? 0 : offset)
  }

  return {
    fetch: send(false),
    fetchAgain: send(true),
    fetchOnce: async (input, init) => once(readExchange(input, init), true, 0),
    differenceTo: url => offsets.get(url.origin) ?? 0,
    strangeClock() {
      const [origin, milliseconds] = [...offsets].findLast(([, offset]) => believed(offset) !== offset) ?? []
      return origin === undefined || milliseconds === undefined ? undefined : {host: new URL(origin).host, milliseconds}
    },
    offsetTo: url => believed(offsets.get(url.origin) ?? 0),
    likelyOffsetTo: url => believed(offsets.get(url.origin) ?? [...offsets.values()].at(-1) ?? 0),
    withTls: tls => networkOver(settings, offsets, tls),
  }
}
