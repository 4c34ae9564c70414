import {isLoopback} from '../../http/loopback-address.ts'
import type {Clock} from '../system/clock.ts'
import type {ProviderTls} from './client-certificate.ts'
import {agentsOf} from './connections.ts'
import {explainFailure, mayHelpToRetry, NetworkFailure} from './network-failure.ts'
import {proxiesOf} from './proxy.ts'
import {type Exchange, readExchange, transfer} from './transfer.ts'
import {trustSystemAuthorities} from './trust.ts'

/** The one door to the network: proxy, trust and limits are the same for everybody who talks through it. */
export interface Network {
  /**
   * Sends a GET again when it failed; anything else once, because it may have been done although no answer came. Such a
   * request is not given up on Ctrl-C once it is sent: what it has used up would be lost with the answer.
   */
  readonly fetch: typeof globalThis.fetch
  /** For other requests that may safely be sent again. */
  readonly fetchAgain: typeof globalThis.fetch
  /**
   * Sends such a request once, for a caller that looks into the answer before it decides whether to send it again: a
   * failure says so by `mayPass`.
   */
  readonly fetchOnce: typeof globalThis.fetch
  /**
   * By how many milliseconds that server's clock is ahead of ours, as far as its answers have told this process.
   * Learned over verified TLS or loopback only; over twelve hours is taken for nonsense.
   */
  offsetTo(url: URL): number
  /** The same, however large: what can't be made up for must still be told. */
  differenceTo(url: URL): number
  /** The server that answered last of those whose clock is ahead of ours, or behind, by more than is made up for. */
  strangeClock(): {readonly host: string; readonly milliseconds: number} | undefined
  /** The same as `offsetTo`; as long as that server has not answered, that of the one which answered last. */
  likelyOffsetTo(url: URL): number
  /** The same door for one provider: with authorities and a client certificate that concern nobody else. */
  withTls(tls: ProviderTls): Network
}

export interface NetworkSettings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** When it aborts no request is begun any more, and those that can be made again are ended. */
  readonly signal: AbortSignal
}

const connectMilliseconds = 5_000
const requestMilliseconds = 15_000
const retries = 2
const largestOffset = 12 * 60 * 60 * 1000
// A Date header has whole seconds and the answer takes its time: less than this tells nothing.
const smallestOffset = 5_000

export function systemNetwork(settings: NetworkSettings): Network {
  return networkOver(settings, new Map(), undefined)
}

/** By so much no clock is wrong that somebody works with; whoever says so could make old tokens look alive. */
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
    const often = earlier > 0 ? `, at the last of ${earlier + 1} requests` : ''
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
      // A cache between us and the server hands on the old Date and says so by Age (RFC 9111, 5.1).
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
    // The latest stands last.
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
