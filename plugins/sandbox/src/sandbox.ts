import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import {accountId, passwordOf, publicClient, roleArn, users} from './account.ts'
import {consolePath, handleConsole} from './console/endpoint.ts'
import {createControlEndpoint} from './control/endpoint.ts'
import {type BugListener, HttpError, isHangUp, pathOf, sendJson} from './http.ts'
import {identityCenterHandler} from './identity-center/endpoint.ts'
import {oidcPath, portalPath, region, startUrl} from './identity-center/instance.ts'
import {createOpenIdEndpoint, openIdPath} from './openid/endpoint.ts'
import {samlPath, sendMetadata} from './saml/metadata.ts'
import {createState, type SandboxState} from './state.ts'
import {handleSts} from './sts/endpoint.ts'

/** The sandbox's addresses and users, as printed by `start --json`. */
export interface SandboxAddresses {
  readonly issuer: string
  readonly clientId: string
  readonly sts: string
  readonly console: string
  readonly control: string
  readonly identityCenter: IdentityCenterAddresses
  readonly account: string
  readonly users: readonly {readonly name: string; readonly password: string; readonly roles: readonly string[]}[]
}

/** Where the twin of IAM Identity Center answers, and what clients must call its instance. */
export interface IdentityCenterAddresses {
  readonly oidc: string
  readonly portal: string
  readonly startUrl: string
  readonly region: string
}

export interface Sandbox {
  readonly addresses: SandboxAddresses
  stop(): Promise<void>
}

export interface SandboxOptions {
  /** 0 or absent: any free port. */
  readonly port?: number | undefined
  /** The origin seen by clients that come through a proxy, such as https://sso.example.test. */
  readonly origin?: string | undefined
  /** Called with errors that can only be bugs of the sandbox. */
  readonly onBug: BugListener
}

/** Starts the providers, STS, the console, IAM Identity Center and the control address on one loopback port. */
export async function startSandbox({port = 0, origin: publicOrigin, onBug}: SandboxOptions): Promise<Sandbox> {
  const server = createServer()
  const origin = `http://127.0.0.1:${await listen(server, port)}`
  const seenOrigin = publicOrigin ?? origin
  const state = await createState({
    openId: `${seenOrigin}${openIdPath}`,
    saml: `${seenOrigin}${samlPath}`,
    origin: seenOrigin,
  })
  server.on('request', createRouter(state, onBug))
  return {addresses: addressesOf(origin, state), stop: () => close(server)}
}

function createRouter(state: SandboxState, onBug: BugListener) {
  const openId = createOpenIdEndpoint(state, onBug)
  const handleControl = createControlEndpoint({state, rotateKeys: openId.rotateKeys})
  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (state.clock.offsetSeconds !== 0) response.setHeader('Date', state.clock.now().toUTCString())
    const path = pathOf(request)
    if (path.startsWith(openIdPath)) return openId.handle(request, response)
    // The AWS SDK for Java drops the path of an endpoint, because AWS's own STS has none.
    if (/^\/sts\/?$/.test(path) || (path === '/' && request.method === 'POST')) {
      return handleSts(request, response, state)
    }
    if (path.startsWith(`${consolePath}/`)) return handleConsole(request, response, state)
    if (path === samlPath && request.method === 'GET') return sendMetadata(response, state.saml)
    if (path.startsWith('/control/')) return handleControl(request, response)
    const handle = identityCenterHandler(request)
    if (handle) return handle(request, response, state)
    throw new HttpError(404, 'There is nothing at this address.')
  }
  return (request: IncomingMessage, response: ServerResponse) => {
    route(request, response).catch((error: unknown) => answerFailure(error, response, onBug))
  }
}

function answerFailure(error: unknown, response: ServerResponse, onBug: BugListener): void {
  if (!(error instanceof HttpError) && !isHangUp(error)) onBug(error)
  if (response.headersSent) return void response.destroy()
  const [status, message] = error instanceof HttpError ? [error.status, error.message] : [500, 'The sandbox has a bug.']
  sendJson(response, status, {error: message})
}

function addressesOf(origin: string, {issuer}: SandboxState): SandboxAddresses {
  return {
    issuer,
    clientId: publicClient.clientId,
    sts: `${origin}/sts`,
    console: `${origin}${consolePath}`,
    control: `${origin}/control`,
    identityCenter: {oidc: `${origin}${oidcPath}`, portal: `${origin}${portalPath}`, startUrl, region},
    account: accountId,
    users: users.map(user => ({
      name: user.name,
      password: passwordOf(user),
      roles: (user.roles ?? []).map(roleArn),
    })),
  }
}

/** Resolves to the port that the server listens on. */
async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('A TCP server has a port.')
  return address.port
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>(resolve => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
}
