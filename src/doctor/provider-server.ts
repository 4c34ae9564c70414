import type {ProviderConfiguration} from '../config/schema.ts'
import {AwsOidcError, expectedFailure} from '../errors.ts'
import {addsOfflineAccess, authorizationRequest, scopeRefused} from '../oauth/browser-sign-in.ts'
import {discover} from '../oauth/discovery.ts'
import {listenForRedirect} from '../oauth/loopback.ts'
import {demandSignInPage} from '../oauth/sign-in-page.ts'
import type {OidcClient} from '../plugin.ts'
import {withMeaning} from '../strategy/described-refusal.ts'
import {type CheckContext, type Finding, failed, found, type Looked} from './check.ts'
import {type Opened, opened} from './opened.ts'

type Metadata = Awaited<ReturnType<typeof discover>>

// Less than a check may take, so that the finding names the server that does not answer.
const answerMilliseconds = 8_000

/** Asks a provider for its metadata and its sign-in page. Adds its issuer to `asked`. */
export async function lookAtProvider(
  provider: ProviderConfiguration,
  asked: URL[],
  context: CheckContext,
): Promise<Looked> {
  const open = await opened(provider, context).catch(() => undefined)
  const issuer = open?.client?.issuer ?? open?.strategy.issuer?.(open.settings)
  if (!open || !issuer) return found()
  asked.push(issuer)
  const {deps} = context
  const network = deps.networkOf(provider)
  const late = new AwsOidcError(
    'UNAVAILABLE',
    `${issuer.host} has not answered within ${answerMilliseconds / 1000} s.`,
    {
      hint: 'Check the network, VPN and proxy, then try again.',
    },
  )
  const limit = deps.clock.limit(answerMilliseconds, late, context.signal)
  const fetch: typeof globalThis.fetch = (input, init) => network.fetch(input, {...init, signal: limit.signal})
  const client = open.client ?? {issuer, clientId: 'doctor'}
  try {
    const readers = {fetch, offsetTo: network.offsetTo, mutualTls: provider.tls?.cert !== undefined}
    const metadata = await discover(client, readers)
    const way = context.proxyFor(issuer)
    const through = way ? ` through the proxy ${way.host} (${way.variable})` : ''
    const {findings, fine} = await lookAtSignIn(provider, open, metadata, fetch, context)
    return {findings, fine: [`read the metadata of ${issuer.host}${through}`, ...fine]}
  } catch (error) {
    const failure = expectedFailure(error)
    if (!failure) throw error
    const id = failure.code === 'BAD_RESPONSE' ? 'provider.metadata' : 'provider.unreachable'
    return found({...failed(id, 'error', failure), details: wayTo(issuer, provider, context)})
  } finally {
    limit.cancel()
  }
}

/** The proxy and the certificate authorities, besides those of the system, by which a server is reached and trusted. */
function wayTo(
  url: URL,
  {name, tls}: ProviderConfiguration,
  {proxyFor, outside: {env}}: CheckContext,
): readonly string[] {
  const lines: string[] = []
  try {
    const way = proxyFor(url)
    if (way) lines.push(`The proxy ${way.host} comes from ${way.variable}.`)
  } catch {
    // An invalid proxy variable is already the failure that is reported.
  }
  if (url.protocol !== 'https:') return lines
  const authorities = [
    ...(env.AWS_CA_BUNDLE ? [`AWS_CA_BUNDLE (${env.AWS_CA_BUNDLE})`] : []),
    ...(tls?.ca ? [`"tls.ca" of the provider "${name}" (${tls.ca.path})`] : []),
  ]
  if (authorities.length > 0)
    lines.push(`aws-oidc trusts the authorities of the system and those of ${authorities.join(', ')}.`)
  return lines
}

/** How the user would sign in from here, and whether the provider would let this client begin. */
async function lookAtSignIn(
  provider: ProviderConfiguration,
  open: Opened,
  metadata: Metadata,
  fetch: typeof globalThis.fetch,
  {deps, signal}: CheckContext,
): Promise<Looked> {
  const {client} = open
  const offered = metadata.serverMetadata().device_authorization_endpoint !== undefined
  const findings: Finding[] = []
  let choice: ReturnType<ReturnType<typeof deps.flowFor>>
  try {
    choice = deps.flowFor(provider)(offered ? 'offered' : 'not-offered')
  } catch (error) {
    const failure = expectedFailure(error)
    if (!failure) throw error
    return found(failed('provider.no-code', 'error', failure))
  }
  const {flow, opens, elsewhere, note} = choice
  const login = `aws-oidc login --provider ${provider.name}`
  if (flow === 'browser' && elsewhere === 'surely' && !client?.listen?.ports?.length) {
    findings.push({
      id: 'browser.unreachable',
      severity: 'warning',
      what: `${note} Programs can't ask you to sign in.`,
      mend: login,
    })
  } else if (note !== undefined) {
    findings.push({id: 'browser.elsewhere', severity: 'note', what: note, mend: login})
  }
  const how = flow === 'device' ? 'uses a code' : opens ? 'uses the browser' : 'shows an address'
  if (!client || flow === 'device') return {findings, fine: [`a sign-in ${how}`]}
  const meaningOf = (failure: AwsOidcError) =>
    withMeaning(failure, {...open, owner: deps.registry.ownerOf(provider.strategy), log: deps.log})
  const {problem, page} = await lookAtPage(provider, client, metadata, {fetch, meaningOf}, signal)
  if (problem) findings.push(problem)
  if (!page) return {findings, fine: []}
  const named = `a page for the client "${client.clientId}"`
  const told = page === 'there' ? `there is ${named}` : `only a browser can tell whether there is ${named}`
  return {findings, fine: [`a sign-in ${how}; ${told}`]}
}

interface SeenPage {
  readonly problem?: Finding
  /** Absent if nobody can sign in. */
  readonly page?: 'there' | 'untold'
}

interface PageReaders {
  readonly fetch: typeof globalThis.fetch
  /** The same failure with what the strategy says of it. */
  readonly meaningOf: (failure: AwsOidcError) => AwsOidcError
}

/** Begins a sign-in as far as that goes without the user: up to the provider's page. */
async function lookAtPage(
  {rememberSignIn}: ProviderConfiguration,
  client: OidcClient,
  metadata: Metadata,
  {fetch, meaningOf}: PageReaders,
  signal: AbortSignal,
): Promise<SeenPage> {
  const mend = 'Have the provider allow that scope, or set "rememberSignIn: false".'
  let id = 'provider.ports'
  try {
    const listener = await listenForRedirect(client.listen ?? {}, {}, signal)
    await listener.close()
    id = 'provider.refused'
    const {url} = await authorizationRequest(metadata, client, listener.url, rememberSignIn)
    return {page: await demandSignInPage(url, client, listener.url, fetch)}
  } catch (error) {
    const failure = expectedFailure(error)
    if (!failure) throw error
    const refused = failure.refusal?.error === scopeRefused && addsOfflineAccess(metadata, client, rememberSignIn)
    if (!refused) return {problem: failed(id, 'error', meaningOf(failure))}
    const what = 'This client gets no "offline_access", so no sign-in can be renewed without you.'
    return {problem: {id: 'provider.no-renewal', severity: 'note', what, mend}, page: 'untold'}
  }
}
