import {createHash, timingSafeEqual} from 'node:crypto'
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'

export interface LoopbackServer {
  /** The `Host` header of a proper request: `127.0.0.1:PORT`. */
  readonly host: string
  /** Stops listening and cuts open connections. */
  close(): Promise<void>
}

/** Listens on loopback, on a port that the system chooses. `handle` gets the `Host` header that a request must have. */
export async function serveOnLoopback(
  handle: (request: IncomingMessage, response: ServerResponse, host: string) => void,
): Promise<LoopbackServer> {
  const server = createServer()
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(address !== null && typeof address === 'object' ? address.port : 0)
    })
  })
  const host = `127.0.0.1:${port}`
  server.on('request', (request, response) => handle(request, response, host))
  return {
    host,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Compares in constant time, whatever differs, including the length. */
export function isSameSecret(shown: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(shown), digest(secret))
}
