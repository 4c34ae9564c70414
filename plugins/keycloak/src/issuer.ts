import type {Host} from 'aws-oidc/plugin'
import type {KeycloakSettings} from './settings.ts'

export interface FoundIssuer {
  readonly issuer: URL
  /** Whether it was kept from earlier: the server may have moved since. */
  readonly remembered: boolean
}

const memoryName = 'issuer'
const keptMilliseconds = 365 * 86_400_000

/**
 * The realm's issuer. Servers before version 17, and those started with `--http-relative-path=/auth`, have their realms
 * below /auth: where `url` does not say so, it is found out once, and remembered.
 */
export async function issuerOf(settings: KeycloakSettings, host: Host): Promise<FoundIssuer> {
  const remembered = URL.parse((await host.memory.get(memoryName)) ?? '')
  if (remembered) return {issuer: remembered, remembered: true}
  // Who may ask nobody gets nowhere without something remembered, and should learn it without a request.
  const [usual] = candidates(settings)
  if (!host.interactive && usual) return {issuer: usual, remembered: false}
  return {issuer: await findIssuer(settings, host), remembered: false}
}

/** Looks where the realm is now. Rejects with CONFIG_INVALID where there is none. */
export async function findIssuer(settings: KeycloakSettings, host: Host): Promise<URL> {
  for (const issuer of candidates(settings)) {
    if (!(await answersAt(issuer, settings, host))) continue
    await host.memory.set(memoryName, issuer.href, new Date(host.now().getTime() + keptMilliseconds))
    return issuer
  }
  const {url, realm} = settings
  throw host.error('CONFIG_INVALID', `There is no realm "${realm}" at ${url.href}.`, {
    hint: 'Check "url" and "realm" of the provider; capitals count in the name of a realm.',
  })
}

function candidates({url, realm}: KeycloakSettings): readonly URL[] {
  const base = `${url.origin}${url.pathname.replace(/\/+$/, '')}`
  const bases = base.endsWith('/auth') ? [base] : [base, `${base}/auth`]
  return bases.map(each => new URL(`${each}/realms/${encodeURIComponent(realm)}`))
}

async function answersAt(issuer: URL, {realm}: KeycloakSettings, host: Host): Promise<boolean> {
  const response = await host.fetch(`${issuer.href}/.well-known/openid-configuration`, {
    headers: {accept: 'application/json'},
    signal: host.signal,
  })
  if (response.status >= 500 || response.status === 429) {
    throw host.error('UNAVAILABLE', `${issuer.host} answered with HTTP ${response.status}.`, {
      hint: 'the same command again in a moment',
    })
  }
  if (!response.ok) return false
  const said = await issuerIn(response)
  if (said === undefined) return false
  if (said === issuer.href) return true
  const end = `/realms/${encodeURIComponent(realm)}`
  const url = said.endsWith(end) ? said.slice(0, -end.length) : undefined
  throw host.error('CONFIG_INVALID', `The realm at ${issuer.href} calls itself ${said}.`, {
    hint: url ? `url: ${url}` : 'Have the option "hostname" of the server say where people reach it.',
  })
}

async function issuerIn(response: Response): Promise<string | undefined> {
  const document: unknown = await response.json().catch(() => undefined)
  const said = document !== null && typeof document === 'object' && 'issuer' in document && document.issuer
  return typeof said === 'string' ? said : undefined
}
