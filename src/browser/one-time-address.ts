import {randomBytes} from 'node:crypto'
import type {IncomingMessage, ServerResponse} from 'node:http'
import {isSameSecret, serveOnLoopback} from '../http/loopback-server.ts'

/** An address on this machine that redirects a browser to a secret address, once: docs/decisions/0020-console.md. */
export interface OneTimeAddress {
  /** Not secret: safe among the arguments of a program. */
  readonly url: URL
  /** Resolves when the secret address was handed over. */
  readonly taken: Promise<void>
  close(): Promise<void>
}

/** The two ends of a connection on loopback, as the listener sees them. */
export interface Connection {
  readonly localPort: number
  readonly remotePort: number
}

/** `isStranger` tells whether a connection comes from a program of another user. */
export async function oneTimeAddress(
  secret: URL,
  isStranger: (connection: Connection) => Promise<boolean>,
): Promise<OneTimeAddress> {
  const path = `/${randomBytes(32).toString('base64url')}`
  const {promise: taken, resolve} = Promise.withResolvers<void>()
  let used = false

  async function handle(request: IncomingMessage, response: ServerResponse, host: string): Promise<void> {
    const {socket, method, headers} = request
    if (headers.host !== host || !isSameSecret(request.url ?? '', path)) return send(response, 404, 'Nothing is here.')
    if (method !== 'GET') return send(response, 405, 'Only GET is answered.')
    if (await isStranger({localPort: socket.localPort ?? 0, remotePort: socket.remotePort ?? 0})) {
      return send(response, 403, 'This address is only for the user who ran the command.')
    }
    if (used) return send(response, 410, 'This address works only once, and has been used. Run the command again.')
    used = true
    response.once('close', () => {
      // A browser that disconnected has not received the address.
      if (response.writableFinished) resolve()
      else used = false
    })
    response.setHeader('location', secret.href)
    return send(response, 303, '')
  }

  const {host, close} = await serveOnLoopback((request, response, host) => {
    handle(request, response, host).catch(() => send(response, 500, 'This is a bug in aws-oidc.'))
  })
  return {url: new URL(`http://${host}${path}`), taken, close}
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  })
  response.end(text)
}
