import {StsRefusal} from '../aws/sts-failure.ts'
import {lockOf} from '../cache/keys.ts'
import type {Dependencies, SignInDependencies} from './dependencies.ts'
import {type FederateOptions, federate} from './federate.ts'
import {type Issued, isUsable, readIssued} from './issued.ts'
import {checkRefused, kept} from './kept.ts'
import {endpointOf, lastStep, type Plan} from './plan.ts'
import {switchRole} from './redeem.ts'
import type {SignedIn} from './sign-in.ts'
import {alone, failAsOthers} from './waiting.ts'

export interface ObtainOptions extends FederateOptions {
  /** Whether to begin with a sign-in even if a source role's credentials are still cached. */
  readonly anew: boolean
}

export interface Obtained {
  readonly issued: Issued
  /** Absent if a source role's credentials were still cached. */
  readonly signedIn: SignedIn | undefined
}

/**
 * Obtains new credentials for a plan and writes them to the cache. Call it while holding the lock of the last step's
 * credentials. It takes the locks of the source roles from there back to the first, and then the provider's, which is
 * held while somebody signs in but not while AWS is asked. This order is always the same, so nobody waits in a circle.
 */
export async function obtain(plan: Plan, options: ObtainOptions, deps: SignInDependencies): Promise<Obtained> {
  try {
    return await obtainAnew(plan, options, deps)
  } catch (error) {
    if (!options.silent && error instanceof StsRefusal && error.proof !== undefined) deps.tell(error.proof)
    throw error
  }
}

async function obtainAnew(plan: Plan, options: ObtainOptions, whole: SignInDependencies): Promise<Obtained> {
  const {steps} = plan
  // AWS is asked within the same limit as the provider.
  const deps = {...whole, signal: options.signal}
  for (const step of steps) if (step.role && !options.silent) await checkRefused(step, step.role, plan, deps)

  const obtained = await obtainStep(steps.length - 1, plan, options, deps)
  if (!options.silent) warnOfShortSession(obtained.issued, plan, deps)
  return obtained
}

async function obtainStep(
  index: number,
  plan: Plan,
  options: ObtainOptions,
  deps: SignInDependencies,
): Promise<Obtained> {
  const [first, ...switches] = plan.steps
  const step = switches[index - 1]
  if (!step) return federate(first, plan, options, deps)
  const before = await deps.states.read(plan.providerId)
  const source = await obtainSource(index - 1, plan, options, deps)
  const {signedIn} = source
  const {departures} = signedIn ?? before
  const target = {step, role: step.role?.arn ?? '', departures, keep: signedIn?.identity.keep !== 'never'}
  const issued = await kept(target, plan, options, deps, () => switchRole(source.issued, step, plan, deps))
  return {issued, signedIn}
}

/** A source role's credentials: from the cache while they still work, else obtained. */
async function obtainSource(
  index: number,
  plan: Plan,
  options: ObtainOptions,
  deps: SignInDependencies,
): Promise<Obtained> {
  const {store, secrets, clock} = deps
  const key = plan.steps[index]?.key ?? ''
  return alone(lockOf(key), options, deps, async () => {
    const issued = options.anew ? undefined : await readIssued(store, key, secrets)
    if (issued && isUsable(issued, clock.now())) return {issued, signedIn: undefined}
    await failAsOthers([key], plan, options, deps)
    return obtainStep(index, plan, options, deps)
  })
}

// botocore renews in the last 15 minutes, and below ten insists on it: https://github.com/boto/botocore/blob/develop/botocore/credentials.py
const botocoreMargin = 15 * 60_000

function warnOfShortSession(
  {role, obtainedAt, credentials}: Issued,
  plan: Plan,
  {log, network, env}: Pick<Dependencies, 'env' | 'log' | 'network'>,
): void {
  const {role: known, profile} = lastStep(plan)
  const {url} = endpointOf(known, profile, env)
  const life = credentials.expiration.getTime() - obtainedAt.getTime() - network.likelyOffsetTo(url)
  if (life > botocoreMargin) return
  const minutes = Math.round(life / 60_000)
  log.warn(
    `This session of ${role} lasts ${minutes} min: below 15 min, the AWS CLI and boto3 ask again for each request. A longer "duration" avoids that.`,
  )
}
