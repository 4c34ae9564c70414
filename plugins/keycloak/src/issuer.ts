import type {Host} from 'aws-oidc/plugin'
import type {KeycloakSettings} from './settings.ts'

export interface FoundIssuer {
  readonly issuer: URL
  /** Whether the issuer comes from the memory: the server may have moved since. */
  readonly remembered: boolean
}

const memoryName = 'issuer'
const keptMilliseconds = 365 * 86_400_000

/**
 * The realm's issuer. Servers before version 17, and those started with `--http-relative-path=/auth`, have their realms
 * below /auth. If `url` does not say so, tries both once and remembers the result.
 */
export async function issuerOf(settings: KeycloakSettings, host: Host): Promise<FoundIssuer> {
  const remembered = URL.parse((await host.memory.get(memoryName)) ?? '')
  if (remembered) return {issuer: remembered, remembered: true}
  // Without a user or a remembered issuer the sign-in will fail anyway, so save the request.
  const [usual] = candidates(settings)
  if (!host.interactive && usual) return {issuer: usual, remembered: false}
  return {issuer: await findIssuer(settings, host), remembered: false}
}

/** Looks up the realm's current issuer and remembers it. Rejects with CONFIG_INVALID if the realm does not exist. */
export async function findIssuer(settings: KeycloakSettings, host: Host): Promise<URL> {
  for (const issuer of candidates(settings)) {
    if (!(await answersAt(issuer, settings, host))) continue
    await host.memory.set(memoryName, issuer.href, new Date(host.now().getTime() + keptMilliseconds))
    return issuer
  }
  const {url, realm} = settings
  throw host.error('CONFIG_INVALID', `There is no realm "${realm}" at ${url.href}.`, {
    hint: 'Check "url" and "realm" of the provider; names of realms are case-sensitive.',
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
    hint: url ? `url: ${url}` : 'Set the option "hostname" of the server to the address at which users reach it.',
  })
}

async function issuerIn(response: Response): Promise<string | undefined> {
  const document: unknown = await response.json().catch(() => undefined)
  const said = document !== null && typeof document === 'object' && 'issuer' in document && document.issuer
  return typeof said === 'string' ? said : undefined
}
