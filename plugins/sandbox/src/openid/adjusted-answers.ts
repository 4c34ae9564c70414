import {decodeJwt} from 'jose'
import type {KoaContextWithOIDC as Context} from 'oidc-provider'
import type {Fault, FaultTarget} from '../faults.ts'
import {interfere} from '../interference.ts'
import {fingerprintOf, type JournalEntry} from '../journal.ts'
import {isJsonObject, type JsonObject, merged} from '../json.ts'
import type {SandboxState} from '../state.ts'
import {refuseAuthentication} from './client-authentication.ts'
import {adjustDeviceAnswer, adjustVerification} from './device-answers.ts'
import {deviceCodeGrant, type Refusal} from './device-requests.ts'
import {signClaims} from './id-token.ts'
import {peekForm} from './peek-form.ts'

const endpoints: ReadonlyMap<string, Exclude<FaultTarget, 'sts' | 'sso-oidc' | 'sso'>> = new Map([
  ['/.well-known/openid-configuration', 'discovery'],
  ['/.well-known/oauth-authorization-server', 'discovery'],
  ['/jwks', 'jwks'],
  ['/auth', 'authorization'],
  ['/device/auth', 'device'],
  ['/token', 'token'],
  ['/token/revocation', 'revocation'],
])

/** The endpoints at which a client authenticates. */
const ofClients: ReadonlySet<FaultTarget> = new Set(['device', 'token', 'revocation'])

/** Middleware before the provider: carries out the ordered faults and journals the answers. */
export function adjustAnswers(state: SandboxState) {
  return async (context: Context, next: () => Promise<unknown>): Promise<void> => {
    const endpoint = endpoints.get(context.path)
    if (endpoint === undefined) {
      if (context.path === '/device') return adjustVerification(context, next, state)
      await next()
      if (context.path.startsWith('/auth/')) adjustCallback(context, state)
      return
    }
    const form = ofClients.has(endpoint) ? await peekForm(context.req) : new URLSearchParams()
    const grant = endpoint === 'token' ? (form.get('grant_type') ?? undefined) : undefined
    const fault = state.faults.take({on: endpoint, grant})
    const refusal = () =>
      refusalBy(fault) ??
      refuseAuthentication(context.get('authorization'), form) ??
      (grant === deviceCodeGrant ? state.devices.refusePoll(form) : undefined)
    const outcome = (await interfere(fault, context.res)) ?? refuse(context, refusal())
    if (outcome === undefined) {
      await next()
      if (endpoint === 'device') adjustDeviceAnswer(context, form, state)
      if (endpoint === 'authorization') adjustCallback(context, state)
      else await adjustBody(context, fault, state)
    } else if (outcome === 'cut' || outcome.startsWith('http_')) {
      context.respond = false
    }
    const entry = {kind: endpoint, ...(grant !== undefined && {grant}), ...refreshTokensOf(context, form)}
    state.journal.add({...entry, outcome: outcome ?? outcomeOf(context)})
  }
}

function refusalBy(fault: Fault | undefined): Refusal | undefined {
  if (fault?.error === undefined) return undefined
  return {error: fault.error, error_description: fault.message ?? 'A fault of the sandbox.'}
}

function refuse(context: Context, refusal: Refusal | undefined): string | undefined {
  if (!refusal) return undefined
  context.status = refusal.error === 'invalid_client' ? 401 : 400
  context.body = refusal
  return refusal.error
}

/** Changes the parameters of a redirect to the client. */
function adjustCallback(context: Context, state: SandboxState): void {
  const location = context.response.get('Location')
  if (!location || location.startsWith(state.issuer)) return
  const fault = state.faults.take({on: 'authorization', callback: true})
  if (!fault) return
  const failure = fault.error && {code: null, error: fault.error, error_description: fault.message ?? null}
  const changes = {...failure, ...fault.redirect}
  const callback = new URL(location)
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) callback.searchParams.delete(name)
    else callback.searchParams.set(name, String(value))
  }
  context.set('Location', callback.href)
}

async function adjustBody(context: Context, fault: Fault | undefined, state: SandboxState): Promise<void> {
  const body: unknown = context.body
  if (!isJsonObject(body) || context.status !== 200) return
  const withToken = await withAdjustedIdToken(body, fault, state)
  const type = context.response.get('Content-Type')
  context.body = merged(withToken, fault?.change ?? {})
  context.set('Content-Type', type)
}

/** Signs the ID token again if a fault or a wrong clock changes it. */
async function withAdjustedIdToken(
  body: JsonObject,
  fault: Fault | undefined,
  state: SandboxState,
): Promise<JsonObject> {
  const {offsetSeconds} = state.clock
  const idToken = body.id_token
  if (typeof idToken !== 'string' || (!fault?.idToken && offsetSeconds === 0)) return body
  const claims: JsonObject = decodeJwt(idToken)
  const times = Object.entries(claims).filter(([name]) => ['iat', 'exp', 'auth_time'].includes(name))
  const shifted = Object.fromEntries(times.map(([name, time]) => [name, Number(time) + offsetSeconds]))
  const changed = merged({...claims, ...shifted}, fault?.idToken?.claims ?? {})
  return {...body, id_token: await signClaims(changed, fault?.idToken ?? {}, state.keys)}
}

function refreshTokensOf({body}: Context, form: URLSearchParams): Pick<JournalEntry, 'spent' | 'given'> {
  const shown = form.get('grant_type') === 'refresh_token' ? form.get('refresh_token') : null
  const given = isJsonObject(body) ? body.refresh_token : undefined
  return {
    ...(shown !== null && {spent: fingerprintOf(shown)}),
    ...(typeof given === 'string' && {given: fingerprintOf(given)}),
  }
}

function outcomeOf(context: Context): string {
  const body: unknown = context.body
  if (isJsonObject(body) && typeof body.error === 'string') return body.error
  const location = context.response.get('Location')
  const error = location && new URL(location).searchParams.get('error')
  if (error) return error
  return context.status < 400 ? 'ok' : `http_${context.status}`
}
