import {isDeepStrictEqual} from 'node:util'
import {readSession} from '../aws/role.ts'
import {getCallerIdentity} from '../aws/sts.ts'
import {StsRefusal} from '../aws/sts-failure.ts'
import {signInScope} from '../coordination/brake.ts'
import {AwsOidcError} from '../errors.ts'
import type {Proof, Role} from '../plugin.ts'
import type {RoleDependencies, SignInDependencies} from './dependencies.ts'
import type {Issued} from './issued.ts'
import {checkRefused, kept} from './kept.ts'
import type {Plan, Step} from './plan.ts'
import {redeem} from './redeem.ts'
import {type ChoiceDependencies, chooseRole, nameOf} from './role-choice.ts'
import {type SignedIn, type SignInOptions, signIn} from './sign-in.ts'
import {stsFor} from './sts-transport.ts'
import {alone, failAsOthers, type Waiting} from './waiting.ts'

export interface FederateOptions extends SignInOptions, Waiting {
  /** The sign-in to use, if one has just been made. */
  readonly signedIn?: SignedIn | undefined
}

export interface Federated {
  readonly issued: Issued
  readonly signedIn: SignedIn
}

/** The proof to show to AWS, for which role, and the sign-in it comes from. */
interface SignedInWithRole {
  readonly signedIn: SignedIn
  /** Absent if the provider has chosen it and does not tell. */
  readonly role: Role | undefined
  readonly proof: Proof
}

/** Obtains the first role's credentials, and returns the sign-in that finally served. */
export async function federate(
  step: Step,
  plan: Plan,
  options: FederateOptions,
  deps: SignInDependencies,
): Promise<Federated> {
  const shown = await show(step, plan, options, deps)
  try {
    return {signedIn: shown.signedIn, issued: await take(shown, step, plan, options, deps)}
  } catch (error) {
    // AWS found the token expired although it looked valid here: try a new one, once. It may be another user's.
    if (options.fresh || !(error instanceof StsRefusal) || error.awsCode !== 'ExpiredToken') throw error
    const again = await showAnother(shown.proof, step, plan, options, deps)
    const signedIn = {...again.signedIn, asked: shown.signedIn.asked || again.signedIn.asked}
    return {signedIn, issued: await take(again, step, plan, options, deps)}
  }
}

function show(step: Step, plan: Plan, options: FederateOptions, deps: SignInDependencies): Promise<SignedInWithRole> {
  return alone(plan.providerId, options, deps, async () => {
    if (options.signedIn) return prove(options.signedIn, step, plan, deps)
    await failAsOthers([signInScope], plan, options, deps)
    return prove(await signIn(plan, options, deps), step, plan, deps)
  })
}

/** A proof other than the refused one: from a sign-in that another process has made meanwhile, else from a new one. */
function showAnother(
  refused: Proof,
  step: Step,
  plan: Plan,
  options: FederateOptions,
  deps: SignInDependencies,
): Promise<SignedInWithRole> {
  return alone(plan.providerId, options, deps, async () => {
    await failAsOthers([signInScope], plan, options, deps)
    // Where `forgetful` was set, the user has been asked already: what came of that may be remembered and renewed.
    const mindful = {...options, forgetful: false}
    const remembered = await prove(await signIn(plan, mindful, deps), step, plan, deps)
    if (!isDeepStrictEqual(remembered.proof, refused)) return remembered
    return prove(await signIn(plan, {...mindful, fresh: true}, deps), step, plan, deps)
  })
}

/** Has the strategy make the proof. It may need the provider for that, so call this under the provider's lock. */
async function prove(signedIn: SignedIn, step: Step, plan: Plan, deps: ChoiceDependencies): Promise<SignedInWithRole> {
  if (!step.role && signedIn.identity.assigned) {
    const {role, proof} = await signedIn.identity.assigned()
    return {signedIn, role, proof}
  }
  const role = await chooseRole(signedIn.identity, step.role, plan, deps)
  return {signedIn, role, proof: await signedIn.identity.proofFor(role)}
}

async function take(
  shown: SignedInWithRole,
  step: Step,
  plan: Plan,
  options: FederateOptions,
  deps: RoleDependencies,
): Promise<Issued> {
  const {proof, role = await roleBehind(proof, step, deps)} = shown
  const {identity, departures} = shown.signedIn
  const user = {subject: identity.subject, claims: identity.claims}
  const target = {step, role: nameOf(role), departures, keep: identity.keep !== 'never'}
  if (!step.role && !options.silent) await checkRefused(step, role, plan, deps)
  return kept(target, plan, options, deps, () => redeem(proof, role, user, step, plan, deps))
}

/** The role of a proof that comes without it, as AWS says. Rejects with BAD_RESPONSE if it is no role's. */
async function roleBehind(proof: Proof, {profile}: Step, deps: RoleDependencies): Promise<Role> {
  if (proof.kind !== 'credentials') throw new Error('the contract demands the role of every other proof')
  const {arn} = await getCallerIdentity(proof.credentials, stsFor(undefined, profile, deps))
  const role = readSession(arn)
  if (role) return role
  throw new AwsOidcError('BAD_RESPONSE', `The provider gave credentials of ${arn}, which is not a session of a role.`)
}
