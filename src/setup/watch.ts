import type {Dependencies} from '../credentials/dependencies.ts'
import {type AwsOidcError, expectedFailure} from '../errors.ts'
import {discover} from '../oauth/discovery.ts'
import type {FederationStrategy} from '../plugin.ts'
import {type Draft, editsFor} from './draft.ts'
import {settingsSoFar} from './fields.ts'

/** Checks the provider's metadata while the user answers the next questions. */
export interface Watch {
  /** Call it after each answer. Starts a check if the answers lead to another issuer, and tells whether they do. */
  look(draft: Draft): boolean
  /** What the check has found wrong so far; told only once. */
  problem(): AwsOidcError | undefined
  /** Resolves when no check is running. */
  settled(): Promise<void>
}

export function watchIssuer(
  strategy: FederationStrategy<Record<string, unknown>>,
  deps: Pick<Dependencies, 'draftConfiguration' | 'silentNetworkOf'>,
): Watch {
  let looked: string | undefined
  let looking: Promise<void> = Promise.resolve()
  let problem: AwsOidcError | undefined

  async function lookAt(issuer: URL, draft: Draft): Promise<void> {
    const failure = await metadataProblem(issuer, draft, deps)
    if (looked === keyOf(issuer, draft)) problem = failure
  }

  return {
    look(draft) {
      const issuer = strategy.issuer?.(settingsSoFar(strategy.settings, draft.answers))
      if (!issuer || keyOf(issuer, draft) === looked) return false
      looked = keyOf(issuer, draft)
      problem = undefined
      looking = lookAt(issuer, draft)
      return true
    },
    problem() {
      const known = problem
      problem = undefined
      // If the user gives the same answer again, check again.
      if (known) looked = undefined
      return known
    },
    settled: () => looking,
  }
}

/** Tells checks apart by issuer and TLS files: certificates, too, decide whether the provider answers. */
function keyOf(issuer: URL, {answers}: Draft): string {
  return JSON.stringify([issuer.href, answers.get('tls.cert'), answers.get('tls.key'), answers.get('tls.ca')])
}

async function metadataProblem(
  issuer: URL,
  draft: Draft,
  deps: Pick<Dependencies, 'draftConfiguration' | 'silentNetworkOf'>,
): Promise<AwsOidcError | undefined> {
  try {
    const {providers} = await deps.draftConfiguration(() => editsFor(draft, undefined))
    const provider = providers[draft.provider]
    if (!provider) throw new Error('a draft has a provider')
    const {fetch, offsetTo} = deps.silentNetworkOf(provider)
    await discover({issuer, clientId: 'setup'}, {fetch, offsetTo, mutualTls: provider.tls?.cert !== undefined})
    return undefined
  } catch (error) {
    const failure = expectedFailure(error)
    if (failure) return failure
    throw error
  }
}
