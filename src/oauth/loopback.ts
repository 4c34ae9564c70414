import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import {AwsOidcError} from '../errors.ts'
import type {ListenOptions} from '../plugin.ts'
import {failurePage, type Page, redirectPage, strayPage, successPage} from './pages.ts'

/** Waits on loopback for the browser to come back from the provider (RFC 8252, 7.3). */
export interface RedirectListener {
  /** The redirect URI to hand to the provider. */
  readonly url: URL
  /**
   * The redirect that carries `state`; without `state`, the first request with a query. Every other request gets an
   * error page and is ignored. Rejects with the signal's reason when it aborts.
   */
  received(state?: string): Promise<Redirect>
  close(): Promise<void>
}

export interface Redirect {
  /** The redirect URI with the query that the browser came back with. */
  readonly address: URL
  /** Shows in the browser that the sign-in succeeded, or why it failed. Resolves when the page is sent. */
  answer(failure?: string): Promise<void>
  /** Redirects the browser to start again at `url` instead; `false` for a pasted redirect, where no browser waits. */
  restartAt(url: URL): Promise<boolean>
}

export interface PageAddresses {
  readonly success?: URL | undefined
  readonly failure?: URL | undefined
}

const noIpv6 = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT'])

/** Resolves once the port is bound, so that no browser is opened for a redirect that could not arrive. */
export async function listenForRedirect(
  {host = '127.0.0.1', ports = [], path = '/callback'}: ListenOptions,
  pages: PageAddresses,
  signal: AbortSignal,
): Promise<RedirectListener> {
  let waiting: {readonly state: string | undefined; readonly take: (redirect: Redirect) => void} | undefined
  // Requests that arrive before `received` is called: the browser can be that fast.
  let early: (() => void)[] | undefined = []

  const handle = (request: IncomingMessage, response: ServerResponse) => {
    if (early) return early.push(() => handle(request, response))
    const address = addressOf(request, url)
    if (request.method !== 'GET' || !address) return send(response, 404, strayPage())
    if (!waiting || !carriesState(address, waiting.state)) return send(response, 400, strayPage())
    const {take} = waiting
    waiting = undefined
    take({
      address,
      answer: failure => answer(response, pages, failure),
      async restartAt(target) {
        await send(response, 303, redirectPage(target))
        return true
      },
    })
    return undefined
  }

  const {servers, port} = await bind(host, ports, handle)
  const url = new URL(`http://${host}:${port}${path}`)

  async function close(): Promise<void> {
    await Promise.all(servers.map(stop))
  }

  return {
    url,
    received(state) {
      return new Promise((resolve, reject) => {
        const giveUp = () => {
          void close()
          reject(signal.reason)
        }
        if (signal.aborted) return giveUp()
        signal.addEventListener('abort', giveUp, {once: true})
        waiting = {
          state,
          take(redirect) {
            signal.removeEventListener('abort', giveUp)
            resolve(redirect)
          },
        }
        const held = early ?? []
        early = undefined
        for (const handleNow of held) handleNow()
        return undefined
      })
    },
    close,
  }
}

/**
 * The redirect URI with the request's query; `undefined` for a request to any other address. A target in absolute form
 * (RFC 9112, 3.2.2) or with two leading slashes would name another host, which would be passed to the provider.
 */
function addressOf({url: target = '', headers}: IncomingMessage, url: URL): URL | undefined {
  const hosts = url.hostname === 'localhost' ? ['localhost', '127.0.0.1', '[::1]'] : [url.hostname]
  const port = url.port === '' ? '' : `:${url.port}`
  if (!hosts.some(host => headers.host === `${host}${port}`)) return undefined
  const [path, ...query] = target.split('?')
  if (path !== url.pathname) return undefined
  const address = new URL(url)
  address.search = query.join('?')
  return address
}

function carriesState(address: URL, state: string | undefined): boolean {
  const states = address.searchParams.getAll('state')
  return state === undefined ? address.search !== '' : states.length === 1 && states[0] === state
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

async function bind(
  host: string,
  ports: readonly number[],
  handle: Handler,
): Promise<{servers: Server[]; port: number}> {
  // A port that is free for one address family may be taken for the other: try a few.
  const candidates = ports.length > 0 ? ports : [0, 0, 0, 0, 0]
  for (const candidate of candidates) {
    const servers = await bindBoth(host, candidate, handle)
    const [first] = servers
    if (first) return {servers, port: portOf(first)}
  }
  throw new AwsOidcError('UNAVAILABLE', `No port for the sign-in is free: ${ports.join(', ') || 'none on loopback'}.`, {
    hint: 'End the program that uses it, or add ports that are registered at your provider to "redirect.ports".',
  })
}

/** A browser may reach `localhost` by IPv4 or IPv6, and another program listening on one of them would get the code. */
async function bindBoth(host: string, port: number, handle: Handler): Promise<Server[]> {
  const first = await tryToBind('127.0.0.1', port, handle)
  if (!first || first === 'no-family') return []
  if (host !== 'localhost') return [first]
  const second = await tryToBind('::1', portOf(first), handle)
  if (second === 'no-family') return [first]
  if (second) return [first, second]
  await stop(first)
  return []
}

function tryToBind(address: string, port: number, handle: Handler): Promise<Server | 'no-family' | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer(handle)
    server.once('error', error => {
      const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
      if (code === 'EADDRINUSE' || code === 'EACCES') resolve(undefined)
      else if (noIpv6.has(code)) resolve('no-family')
      else reject(error)
    })
    server.listen(port, address, () => resolve(server))
  })
}

function portOf(server: Server): number {
  const address = server.address()
  return address !== null && typeof address === 'object' ? address.port : 0
}

function answer(response: ServerResponse, pages: PageAddresses, failure: string | undefined): Promise<void> {
  const target = failure === undefined ? pages.success : pages.failure
  if (target) return send(response, 303, redirectPage(target))
  return failure === undefined ? send(response, 200, successPage()) : send(response, 400, failurePage(failure))
}

function send(response: ServerResponse, status: number, {html, headers}: Page): Promise<void> {
  return new Promise(resolve => {
    // If the browser window was closed while the tokens were fetched, no `close` event will follow.
    if (response.destroyed) return resolve()
    response.once('close', resolve)
    response.writeHead(status, headers).end(html)
    return undefined
  })
}

function stop(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
