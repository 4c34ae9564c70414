import type {KoaContextWithOIDC as Context} from 'oidc-provider'
import {isJsonObject} from '../json.ts'
import type {SandboxState} from '../state.ts'
import {showCompleteAddress} from './device-pages.ts'
import {peekForm} from './peek-form.ts'

/** Adds the interval to the answer to a device request, or turns it into a refusal if PKCE is missing or wrong. */
export function adjustDeviceAnswer(context: Context, form: URLSearchParams, state: SandboxState): void {
  const body: unknown = context.body
  if (context.status !== 200 || !isJsonObject(body)) return
  const {intervalSeconds} = state.lifetimes
  const refusal = state.devices.begin(form, String(body.device_code), intervalSeconds)
  if (refusal) context.status = 400
  context.body = refusal ?? {...body, interval: intervalSeconds}
}

/** Adjusts the page at which the user enters or confirms a code. */
export async function adjustVerification(
  context: Context,
  next: () => Promise<unknown>,
  {journal}: SandboxState,
): Promise<void> {
  const form = context.method === 'POST' ? await peekForm(context.req) : new URLSearchParams()
  await next()
  if (form.has('abort')) journal.add({kind: 'sign-in', outcome: 'access_denied'})
  const userCode = context.method === 'GET' && context.status === 200 ? context.query.user_code : undefined
  if (typeof userCode === 'string') showCompleteAddress(context, userCode)
}
