import type {IncomingMessage, ServerResponse} from 'node:http'
import {pathOf} from '../http.ts'
import type {SandboxState} from '../state.ts'
import {handlePages} from './browser.ts'
import {oidcPath, pagesPath, portalPath} from './instance.ts'
import {oidcService} from './oidc.ts'
import {portalService} from './portal.ts'
import {serve} from './serve.ts'

const services = [
  [oidcPath, oidcService],
  [portalPath, portalService],
] as const

type Handler = (request: IncomingMessage, response: ServerResponse, state: SandboxState) => Promise<void>

/**
 * What answers a path of IAM Identity Center; `undefined` where the path is none of it. The services answer at the root
 * too: their originals have no path, and the AWS CLI (for /authorize) and the SDK for Java drop that of an endpoint.
 */
export function identityCenterHandler(request: IncomingMessage): Handler | undefined {
  const path = pathOf(request)
  if (path.startsWith(`${pagesPath}/`)) return handlePages
  for (const [prefix, service] of services) {
    const rest = path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path
    if (rest !== path || service.operations.has(`${request.method} ${path}`)) {
      return (...call) => serve(service, rest, ...call)
    }
  }
  return undefined
}
