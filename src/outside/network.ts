import http from 'node:http'
import https from 'node:https'
import tls from 'node:tls'
import {AwsOidcError, expectedFailure} from '../errors.ts'
import {isLoopback} from '../loopback-address.ts'
import type {ProviderTls} from './client-certificate.ts'
import type {Clock} from './clock.ts'
import {explainFailure, mayHelpToRetry} from './network-failure.ts'
import {proxiesOf} from './proxy.ts'
import {trustSystemAuthorities} from './trust.ts'

/** The one door to the network: proxy, trust and limits are the same for everybody who talks through it. */
export interface Network {
  /** Sends a GET again when it failed; anything else once, because it may have been done although no answer came. */
  readonly fetch: typeof globalThis.fetch
  /** For requests that may safely be sent again, such as those to AWS STS. */
  readonly fetchAgain: typeof globalThis.fetch
  /**
   * By how many milliseconds that server's clock is ahead of ours, as far as its answers have told this process.
   * Learned over verified TLS or loopback only; over twelve hours is taken for nonsense.
   */
  offsetTo(url: URL): number
  /** The same; as long as that server has not answered, that of the one which answered last. */
  likelyOffsetTo(url: URL): number
  /** The same door for one provider: with authorities and a client certificate that concern nobody else. */
  withTls(tls: ProviderTls): Network
}

export interface NetworkSettings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** Ends every request when it aborts. */
  readonly signal: AbortSignal
}

interface Exchange {
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  readonly body: string | Uint8Array | undefined
  readonly signal: AbortSignal | undefined
}

const connectMilliseconds = 5_000
const requestMilliseconds = 15_000
const retries = 2
const largestAnswer = 4 * 1024 * 1024
const largestOffset = 12 * 60 * 60 * 1000
// A Date header has whole seconds and the answer takes its time: less than this tells nothing.
const smallestOffset = 5_000

export function systemNetwork(settings: NetworkSettings): Network {
  return networkOver(settings, new Map(), undefined)
}

function networkOver(settings: NetworkSettings, offsets: Map<string, number>, own: ProviderTls | undefined): Network {
  const {env, clock, signal} = settings
  const proxyFor = proxiesOf(env)
  const agentFor = agentsOf(own)

  function send(again: boolean): typeof globalThis.fetch {
    return async (input, init) => {
      const exchange = readExchange(input, init)
      const repeatable = again || exchange.method === 'GET'
      for (let attempt = 0; ; attempt++) {
        try {
          const response = await once(exchange)
          if (!repeatable || attempt === retries || !mayHelpToRetry(response.status)) return response
        } catch (error) {
          if (!repeatable || attempt === retries || expectedFailure(error)?.code !== 'UNAVAILABLE') throw error
        }
        await clock.sleep((0.5 + Math.random()) * 200 * 2 ** attempt, exchange.signal ?? signal)
      }
    }
  }

  async function once(exchange: Exchange): Promise<Response> {
    const {url} = exchange
    const secure = url.protocol === 'https:'
    if (secure) trustSystemAuthorities(env)
    const loopback = isLoopback(url.hostname)
    const proxy = loopback ? undefined : proxyFor(url)
    const tooLong = new AwsOidcError(
      'UNAVAILABLE',
      `${url.host} did not answer within ${requestMilliseconds / 1000} s.`,
    )
    const limit = clock.limit(requestMilliseconds, tooLong, signal)
    const ended = exchange.signal ? AbortSignal.any([exchange.signal, limit.signal]) : limit.signal
    try {
      ended.throwIfAborted()
      const {response, date} = await transfer(exchange, agentFor(url, proxy), ended, clock)
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
    offsets.set(url.origin, size < smallestOffset || size > largestOffset ? 0 : offset)
  }

  return {
    fetch: send(false),
    fetchAgain: send(true),
    offsetTo: url => offsets.get(url.origin) ?? 0,
    likelyOffsetTo: url => offsets.get(url.origin) ?? [...offsets.values()].at(-1) ?? 0,
    withTls: tls => networkOver(settings, offsets, tls),
  }
}

/** One agent for each way, made when it is first taken: by then the authorities are known. */
function agentsOf(own: ProviderTls | undefined): (url: URL, proxy: URL | undefined) => http.Agent {
  const made = new Map<string, http.Agent>()
  return ({protocol}, proxy) => {
    const way = `${protocol} ${proxy?.href ?? ''}`
    const agent = made.get(way) ?? makeAgent(protocol, proxy, own)
    made.set(way, agent)
    return agent
  }
}

function makeAgent(protocol: string, proxy: URL | undefined, own: ProviderTls | undefined): http.Agent {
  const options = {keepAlive: true, ...(proxy && {proxyEnv: {http_proxy: proxy.href, https_proxy: proxy.href}})}
  if (protocol !== 'https:') return new http.Agent(options)
  if (!own) return new https.Agent(options)
  const {ca, cert, key} = own
  return new https.Agent({
    ...options,
    ...(ca.length > 0 && {ca: [...tls.getCACertificates('default'), ...ca]}),
    ...(cert !== undefined && {cert}),
    ...(key !== undefined && {key}),
  })
}

function readExchange(input: string | URL | Request, init: RequestInit = {}): Exchange {
  if (input instanceof Request) throw new TypeError('Hand fetch an address and its settings, not a Request.')
  const {body} = init
  return {
    url: new URL(input),
    method: (init.method ?? 'GET').toUpperCase(),
    headers: new Headers(init.headers),
    body: readBody(body),
    signal: init.signal ?? undefined,
  }
}

function readBody(body: RequestInit['body']): string | Uint8Array | undefined {
  if (body === undefined || body === null) return undefined
  if (typeof body === 'string' || body instanceof Uint8Array) return body
  if (body instanceof URLSearchParams) return body.toString()
  throw new TypeError('A request body is text, bytes or URLSearchParams.')
}

function transfer(
  {url, method, headers, body}: Exchange,
  agent: http.Agent,
  signal: AbortSignal,
  clock: Clock,
): Promise<{response: Response; date: string | undefined}> {
  return new Promise((resolve, reject) => {
    if (body !== undefined) headers.set('content-length', String(Buffer.byteLength(body)))
    const client = url.protocol === 'https:' ? https : http
    const request = client.request(url, {method, headers: Object.fromEntries(headers), agent, signal})
    request.once('error', reject)
    request.once('socket', socket => {
      if (!socket.connecting) return
      const limit = clock.limit(connectMilliseconds, connectTimeOut())
      limit.signal.addEventListener('abort', () => request.destroy(connectTimeOut()), {once: true})
      socket.once('connect', limit.cancel)
      socket.once('close', limit.cancel)
    })
    request.once('response', answer => {
      const chunks: Buffer[] = []
      let size = 0
      answer.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > largestAnswer) request.destroy(tooLarge(url))
        else chunks.push(chunk)
      })
      answer.once('error', reject)
      answer.once('end', () => {
        try {
          resolve({response: toResponse(answer, Buffer.concat(chunks)), date: answer.headers.date})
        } catch (error) {
          reject(error)
        }
      })
    })
    request.end(body)
  })
}

function toResponse(answer: http.IncomingMessage, body: Buffer): Response {
  const headers = new Headers()
  for (let index = 0; index + 1 < answer.rawHeaders.length; index += 2) {
    headers.append(answer.rawHeaders[index] ?? '', answer.rawHeaders[index + 1] ?? '')
  }
  const status = answer.statusCode ?? 0
  const empty = status === 204 || status === 205 || status === 304
  return new Response(empty ? null : new Uint8Array(body), {status, headers})
}

function connectTimeOut(): Error {
  return Object.assign(new Error('no connection'), {code: 'ETIMEDOUT'})
}

function tooLarge(url: URL): AwsOidcError {
  return new AwsOidcError('BAD_RESPONSE', `${url.host} sent an answer over ${largestAnswer / 1024 / 1024} MiB.`)
}
