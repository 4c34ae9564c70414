import http from 'node:http'
import https from 'node:https'
import {isIP} from 'node:net'
import {Duplex} from 'node:stream'
import tls from 'node:tls'
import type {Clock} from '../system/clock.ts'
import {explainProxyFailure, refusedTunnel, tooLongToConnect} from './network-failure.ts'
import {authorizationFor} from './proxy.ts'

export interface TunnelDependencies {
  readonly clock: Clock
  /** The limit for everything: to the proxy, through it, and the TLS handshake with the server behind it. */
  readonly milliseconds: number
  /** Ends pending connections when it aborts. */
  readonly signal: AbortSignal
}

/**
 * An agent whose connections lead through a proxy's tunnel (RFC 9110, 9.3.6), so the proxy sees only encrypted data.
 * Node's own tunnels can't be limited or aborted while the proxy is silent, and don't verify the proxy under
 * NODE_TLS_REJECT_UNAUTHORIZED. `options` apply to the server behind the proxy alone.
 */
export function tunnelAgent(proxy: URL, options: https.AgentOptions, deps: TunnelDependencies): https.Agent {
  const agent = new https.Agent(options)
  agent.createConnection = ({host, port, servername}, callback) => {
    const target = {host: host ?? '', port: Number(port ?? 443)}
    openTunnel(proxy, target, {...options, host: target.host, servername}, deps).then(
      socket => callback?.(null, socket),
      // The types require a stream; nobody looks at it when there is an error.
      error => callback?.(error, new Duplex()),
    )
    return undefined
  }
  return agent
}

interface Target {
  readonly host: string
  readonly port: number
}

async function openTunnel(
  proxy: URL,
  target: Target,
  secure: tls.ConnectionOptions,
  {clock, milliseconds, signal}: TunnelDependencies,
): Promise<Duplex> {
  const limit = clock.limit(milliseconds, tooLongToConnect(), signal)
  try {
    const tunnel = await tunnelTo(target, proxy, limit.signal)
    return await secured(tunnel, secure, limit.signal)
  } catch (error) {
    limit.signal.throwIfAborted()
    throw error
  } finally {
    limit.cancel()
  }
}

function tunnelTo({host, port}: Target, proxy: URL, signal: AbortSignal): Promise<Duplex> {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const proxyHost = proxy.hostname.replace(/^\[|\]$/g, '')
  const [client, usualPort] = proxy.protocol === 'https:' ? [https, 443] : [http, 80]
  return new Promise((resolve, reject) => {
    const request = client.request({
      method: 'CONNECT',
      host: proxyHost,
      // By default, Node would expect a certificate for the name in the Host header.
      servername: isIP(proxyHost) === 0 ? proxyHost : '',
      port: proxy.port || usualPort,
      path: authority,
      headers: {host: authority, ...authorizationFor(proxy)},
      agent: false,
      rejectUnauthorized: true,
      signal,
    })
    request.on('error', error => reject(explainProxyFailure(host, proxy, error)))
    request.once('connect', ({statusCode = 0}, tunnel, first) => {
      if (statusCode >= 200 && statusCode < 300) {
        if (first.length > 0) tunnel.unshift(first)
        return resolve(tunnel)
      }
      tunnel.destroy()
      reject(refusedTunnel(host, proxy, statusCode))
    })
    request.end()
  })
}

function secured(tunnel: Duplex, options: tls.ConnectionOptions, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({...options, socket: tunnel})
    const giveUp = () => socket.destroy(tooLongToConnect())
    signal.addEventListener('abort', giveUp, {once: true})
    socket.on('error', reject)
    socket.once('close', () => reject(Object.assign(new Error('closed'), {code: 'ECONNRESET'})))
    socket.once('secureConnect', () => {
      signal.removeEventListener('abort', giveUp)
      resolve(socket)
    })
  })
}
