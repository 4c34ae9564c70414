import http from 'node:http'
import https from 'node:https'
import {AwsOidcError} from '../../errors.ts'
import {Headers, Response} from '../../http/fetched.ts'
import type {Clock} from '../system/clock.ts'
import {tooLongToConnect} from './network-failure.ts'

/** A request as it was passed to `fetch`. */
export interface Exchange {
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  readonly body: string | Uint8Array | undefined
  readonly signal: AbortSignal | undefined
}

export interface Transferred {
  readonly response: Response
  /** The Date header of the answer. */
  readonly date: string | undefined
}

export interface TransferDependencies {
  readonly agent: http.Agent
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly connectMilliseconds: number
}

const largestAnswer = 4 * 1024 * 1024

export function readExchange(input: string | URL | Request, init: RequestInit = {}): Exchange {
  if (typeof input !== 'string' && !(input instanceof URL)) {
    throw new TypeError('Hand fetch an address and its settings, not a Request.')
  }
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

/** Sends a request once and reads the whole answer. Redirects are returned, not followed. */
export function transfer(exchange: Exchange, deps: TransferDependencies): Promise<Transferred> {
  const {url, method, headers, body} = exchange
  const {agent, signal, clock, connectMilliseconds} = deps
  return new Promise((resolve, reject) => {
    if (body !== undefined) headers.set('content-length', String(Buffer.byteLength(body)))
    const client = url.protocol === 'https:' ? https : http
    const request = client.request(url, {method, headers: Object.fromEntries(headers), agent, signal})
    // Node reports nothing for a request that is aborted before it has a connection.
    signal.addEventListener('abort', () => reject(signal.reason), {once: true})
    request.on('error', reject)
    request.once('socket', socket => {
      if (!socket.connecting) return
      const limit = clock.limit(connectMilliseconds, tooLongToConnect())
      limit.signal.addEventListener('abort', () => request.destroy(tooLongToConnect()), {once: true})
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
      answer.on('error', reject)
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

function tooLarge(url: URL): AwsOidcError {
  return new AwsOidcError('BAD_RESPONSE', `${url.host} sent an answer larger than ${largestAnswer / 1024 / 1024} MiB.`)
}
