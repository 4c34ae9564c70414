import http from 'node:http'
import https from 'node:https'
import tls from 'node:tls'
import type {ProviderTls} from './client-certificate.ts'
import {type TunnelDependencies, tunnelAgent} from './tunnel.ts'

/** Chooses the agent for connections to an address, directly or through a proxy. */
export type AgentFor = (url: URL, proxy: URL | undefined) => http.Agent

interface Way {
  readonly agent: http.Agent
  readonly usedAt: Moment
}

/** Two clocks: one can be set, the other stands still while the machine sleeps. */
interface Moment {
  readonly now: number
  readonly elapsed: number
}

// A firewall may have silently dropped a connection that was idle while the user signed in. The token request, which
// can't be repeated, would wait on it until its time limit.
const idleMilliseconds = 4_000

/** One agent for each protocol and proxy, made on first use: by then the authorities are known. */
export function agentsOf(own: ProviderTls | undefined, deps: TunnelDependencies): AgentFor {
  const ways = new Map<string, Way>()
  return ({protocol}, proxy) => {
    const name = `${protocol} ${proxy?.href ?? ''}`
    const now = {now: deps.clock.now().getTime(), elapsed: deps.clock.elapsed()}
    const known = ways.get(name)
    const agent = known && !isIdle(known.usedAt, now) ? known.agent : makeAgent(protocol, proxy, own, deps)
    ways.set(name, {agent, usedAt: now})
    return agent
  }
}

function isIdle(usedAt: Moment, now: Moment): boolean {
  return Math.max(Math.abs(now.now - usedAt.now), now.elapsed - usedAt.elapsed) >= idleMilliseconds
}

function makeAgent(
  protocol: string,
  proxy: URL | undefined,
  own: ProviderTls | undefined,
  deps: TunnelDependencies,
): http.Agent {
  if (protocol !== 'https:') {
    return new http.Agent({keepAlive: true, ...(proxy && {proxyEnv: {http_proxy: proxy.href}})})
  }
  const options = {keepAlive: true, ...securityOf(own)}
  return proxy ? tunnelAgent(proxy, options, deps) : new https.Agent(options)
}

/** Verification stays on whatever NODE_TLS_REJECT_UNAUTHORIZED says: the server receives tokens. */
function securityOf(own: ProviderTls | undefined) {
  const {ca = [], cert, key} = own ?? {}
  return {
    rejectUnauthorized: true,
    ...(ca.length > 0 && {ca: [...tls.getCACertificates('default'), ...ca]}),
    ...(cert !== undefined && {cert}),
    ...(key !== undefined && {key}),
  }
}
