import type {EventEmitter} from 'node:events'
import type {IncomingMessage, ServerResponse} from 'node:http'
import type {Provider} from 'oidc-provider'
import {type BugListener, isHangUp, pathOf} from '../http.ts'
import type {SandboxState} from '../state.ts'
import {createProvider} from './provider.ts'
import {handleSignIn} from './sign-in.ts'
import {generateSigningKeys} from './signing-keys.ts'

/** The issuer is the server's origin plus this path, so that clients are tested with an issuer that has a path. */
export const openIdPath = '/oidc'

export interface OpenIdEndpoint {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Replaces the signing keys and removes the old ones from the JWKS. Sessions and refresh tokens stay. */
  rotateKeys(): Promise<void>
}

export function createOpenIdEndpoint(state: SandboxState, onBug: BugListener): OpenIdEndpoint {
  let provider = buildProvider(state, onBug)
  return {
    async handle(request, response) {
      const signInPath = `${openIdPath}/interaction/`
      if (pathOf(request).startsWith(signInPath)) {
        return handleSignIn(request, response, {provider, journal: state.journal})
      }
      const originalUrl = keepOfflineAccess(request.url ?? '/')
      // From the difference of these two the provider derives the path it is mounted at.
      Object.assign(request, {originalUrl, url: originalUrl.slice(openIdPath.length) || '/'})
      await provider.callback()(request, response)
    },
    async rotateKeys() {
      state.keys = await generateSigningKeys()
      // A provider can't change its keys. Build another one, which continues with the same store.
      provider = buildProvider(state, onBug)
    },
  }
}

function buildProvider(state: SandboxState, onBug: BugListener): Provider {
  const provider = createProvider(state)
  provider.on('server_error', (_context, error) => onBug(error))
  // Typed as an emitter, because the provider's types omit what it inherits from Koa.
  const emitter: EventEmitter = provider
  emitter.on('error', error => isHangUp(error) || onBug(error))
  return provider
}

/** oidc-provider drops `offline_access` from a request without `prompt=consent`; most real providers do not. */
function keepOfflineAccess(target: string): string {
  const [path, query = ''] = target.split(/\?(.*)/s)
  const parameters = new URLSearchParams(query)
  const prompts = parameters.get('prompt')?.split(' ') ?? []
  const wantsOfflineAccess = parameters.get('scope')?.split(' ').includes('offline_access')
  if (path !== `${openIdPath}/auth` || !wantsOfflineAccess || prompts.includes('none')) return target
  parameters.set('prompt', [...new Set([...prompts, 'consent'])].join(' '))
  return `${path}?${parameters}`
}
