import {createHash, timingSafeEqual} from 'node:crypto'
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'

export interface LoopbackServer {
  /** As a request to it names it: `127.0.0.1:PORT`. */
  readonly host: string
  /** Cuts what is still connected. */
  close(): Promise<void>
}

/** Listens on loopback, on a port that the system chooses. `handle` also hears what a request must name as its host. */
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

/** Takes the same time whatever differs, the length included. */
export function isSameSecret(shown: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(shown), digest(secret))
}
