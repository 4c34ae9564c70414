import {createServer, type Server} from 'node:http'
import {createServer as createSecureServer} from 'node:https'
import {connect, type Socket} from 'node:net'
import type {Duplex} from 'node:stream'
import type {Pair} from './certificates.ts'
import {listening} from './ports.ts'
import {askingFor, type ClientCertificates, shownOn} from './tls-front.ts'

/** A proxy that maps names to ports of this machine, and records what it sees. */
export interface ForwardProxy {
  readonly port: number
  /** The targets that were requested. */
  readonly asked: readonly string[]
  /** The logins that clients sent, decoded. */
  readonly logins: readonly (string | undefined)[]
  /** The names in the certificates that clients showed. */
  readonly clients: readonly (string | undefined)[]
  /** All bytes that clients sent through the tunnels. */
  tunnelled(): string
  stop(): Promise<void>
}

export interface ForwardProxyOptions {
  readonly targets?: Readonly<Record<string, number>>
  /** Requires this login, as `name:password`. */
  readonly login?: string
  /** Answers each request for a tunnel with this status. */
  readonly status?: number
  /** Never answers. */
  readonly silent?: boolean
  /** Serves TLS with this certificate. */
  readonly tls?: Pair
  readonly clients?: ClientCertificates
}

export async function startForwardProxy(options: ForwardProxyOptions): Promise<ForwardProxy> {
  const {targets = {}, login, status, silent = false, tls, clients} = options
  const [asked, logins, shown, chunks]: [string[], (string | undefined)[], (string | undefined)[], Buffer[]] = [
    [],
    [],
    [],
    [],
  ]
  const sockets = new Set<Duplex>()
  const server: Server = tls
    ? createSecureServer({cert: tls.certificate, key: tls.key, ...askingFor(clients)})
    : createServer()

  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.on('connect', ({url: target = '', headers}, client, first: Buffer) => {
    client.on('error', () => undefined)
    asked.push(target)
    const given = loginIn(headers['proxy-authorization'])
    logins.push(given)
    shown.push(shownOn(client))
    if (silent) return
    if (login !== undefined && given !== login) {
      return client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="x"\r\n\r\n')
    }
    const port = targets[target.replace(/:443$/, '')]
    const refusal = status ?? (port === undefined ? 502 : undefined)
    if (refusal !== undefined || port === undefined) return client.end(`HTTP/1.1 ${refusal} No\r\n\r\n`)
    const server = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      server.write(first)
      client.on('data', (chunk: Buffer) => chunks.push(chunk))
      client.pipe(server).pipe(client)
    })
    sockets.add(server)
    server.on('error', () => client.destroy())
    return undefined
  })

  return {
    port: await listening(server),
    asked,
    logins,
    clients: shown,
    tunnelled: () => Buffer.concat(chunks).toString('latin1'),
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function loginIn(header: string | undefined): string | undefined {
  const [, encoded] = /^Basic (.+)$/.exec(header ?? '') ?? []
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString()
}
