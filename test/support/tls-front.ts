import {type IncomingMessage, request, type ServerResponse} from 'node:http'
import {createServer} from 'node:https'
import type {Duplex} from 'node:stream'
import {TLSSocket} from 'node:tls'
import type {Pair} from './certificates.ts'
import {listening} from './ports.ts'

/** A server that terminates TLS for another one behind it, as providers and AWS have them. */
export interface TlsFront {
  readonly port: number
  /** The requests that it has passed on. */
  readonly seen: readonly SeenRequest[]
  stop(): Promise<void>
}

export interface SeenRequest {
  readonly host: string
  readonly method: string
  readonly path: string
  /** The names of the request's headers. */
  readonly headers: readonly string[]
  /** The name in the client's certificate, if it showed one. */
  readonly client: string | undefined
}

export interface FrontOptions extends Pair {
  /** The server behind the front. */
  readonly behind: URL
  /** A fixed port. */
  readonly port?: number
  /** For each host, the path on the server behind that answers all its requests. */
  readonly paths?: Readonly<Record<string, string>>
  readonly clients?: ClientCertificates
}

/** The client certificates to accept: their authority, and whether they are required. */
export interface ClientCertificates {
  readonly authority: string
  readonly demanded: boolean
}

export async function startFront({port = 0, behind, paths, clients, ...pair}: FrontOptions): Promise<TlsFront> {
  const seen: SeenRequest[] = []
  const server = createServer(
    {
      cert: pair.certificate,
      key: pair.key,
      ...askingFor(clients),
    },
    (message, answer) => {
      const {method = '', url = '', headers} = message
      const {host = ''} = headers
      seen.push({
        host,
        method,
        path: new URL(url, `https://${host}`).pathname,
        headers: Object.keys(headers),
        client: shownOn(message.socket),
      })
      handOn(message, answer, behind, paths?.[host] ?? url)
    },
  )
  return {
    port: await listening(server, port),
    seen,
    async stop() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

export function askingFor(clients: ClientCertificates | undefined) {
  return clients && {ca: clients.authority, requestCert: true, rejectUnauthorized: clients.demanded}
}

/** The name in the client's certificate on a connection, if it showed one. */
export function shownOn(socket: Duplex): string | undefined {
  const {subject} = socket instanceof TLSSocket ? socket.getPeerCertificate() : {}
  return subject?.CN === undefined ? undefined : String(subject.CN)
}

function handOn(message: IncomingMessage, answer: ServerResponse, behind: URL, path: string): void {
  const {method, headers} = message
  const {host = ''} = headers
  const forwarded = {...headers, 'x-forwarded-host': host, 'x-forwarded-proto': 'https'}
  const onward = request(behind, {method, path, headers: forwarded, agent: false}, response => {
    answer.writeHead(response.statusCode ?? 502, response.headers)
    response.pipe(answer)
  })
  onward.once('error', () => answer.destroy())
  message.pipe(onward)
}
