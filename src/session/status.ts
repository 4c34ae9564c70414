import {type Brake, brakeOf} from '../coordination/brake.ts'
import type {Problem} from '../coordination/state.ts'
import type {Dependencies, SignInDependencies} from '../credentials/dependencies.ts'
import {type Issued, isFresh, isUsable, readIssued} from '../credentials/issued.ts'
import {findProvider, lastStep, type Plan, planAt, plansFor} from '../credentials/plan.ts'
import {rememberedUser} from '../credentials/remembered-user.ts'
import {type Printable, shownName} from '../text/printable.ts'

export interface StatusRequest {
  readonly profile?: string | undefined
  readonly provider?: string | undefined
}

export interface Status {
  /** When the status was taken. */
  readonly at: Date
  /** Whether `creds` works without the user for every profile listed; for every provider, if no profile is listed. */
  readonly ready: boolean
  readonly cache: string
  readonly providers: readonly ProviderStatus[]
  readonly profiles: readonly ProfileStatus[]
}

export interface ProviderStatus {
  readonly provider: string
  /** Whether the last sign-in still works, or may be renewed without the user. */
  readonly signedIn: boolean
  readonly subject: Printable | undefined
  /** Until when it works without renewal, if known. */
  readonly until: Date | undefined
  readonly renewable: boolean
  /** What keeps programs from asking the user now. */
  readonly brake: Brake | undefined
  readonly lastProblem: Problem | undefined
}

export interface ProfileStatus {
  readonly profile: string
  readonly provider: string
  /** `fresh` credentials are served as they are; `expiring` ones still work, and are renewed silently. */
  readonly state: 'fresh' | 'expiring' | 'expired' | 'absent'
  readonly role: string | undefined
  readonly until: Date | undefined
  /** Whether `creds` would have to ask the user. */
  readonly needsPerson: boolean
}

/** The status, from what is kept here: no network, no lock, no question, nothing written. */
export async function statusOf(request: StatusRequest, cache: string, deps: SignInDependencies): Promise<Status> {
  const {configuration} = deps
  const names = profilesOf(request, deps)
  const profiles = await Promise.all(names.map(profile => profileStatus(profile, deps)))
  const concerned = new Set(names.flatMap(profile => plansFor({profile}, deps).map(({provider}) => provider.name)))
  if (request.provider !== undefined) concerned.add(findProvider(request.provider, configuration).name)
  if (request.profile === undefined && request.provider === undefined) {
    for (const name of Object.keys(configuration.providers)) concerned.add(name)
  }
  const providers = await Promise.all([...concerned].map(provider => providerStatus(provider, deps)))
  const ready =
    profiles.length > 0 ? profiles.every(({needsPerson}) => !needsPerson) : providers.every(({signedIn}) => signedIn)
  return {at: deps.clock.now(), ready, cache, providers, profiles}
}

/** The profiles meant: one, those that may use a provider, or all. */
function profilesOf(
  {profile, provider}: StatusRequest,
  deps: Pick<Dependencies, 'configuration' | 'registry' | 'env'>,
): readonly string[] {
  const {profiles} = deps.configuration
  if (profile !== undefined) return [profile]
  const names = Object.keys(profiles)
  if (provider === undefined) return names
  return names.filter(name => plansFor({profile: name}, deps).some(plan => plan.provider.name === provider))
}

async function providerStatus(provider: string, deps: SignInDependencies): Promise<ProviderStatus> {
  const {states, clock} = deps
  const plan = planAt(provider, deps)
  const state = await states.read(plan.providerId)
  const user = await rememberedUser(plan.providerId, deps)
  return {
    provider,
    signedIn: await isSignedIn(plan, deps),
    subject: shownName(user?.subject),
    until: user?.until,
    renewable: user?.renewable ?? false,
    brake: brakeOf(state.signInFailures, clock.now()),
    lastProblem: state.lastProblem,
  }
}

async function profileStatus(profile: string, deps: SignInDependencies): Promise<ProfileStatus> {
  const plans = plansFor({profile}, deps)
  const each = await Promise.all(plans.map(plan => profileAt(profile, plan, deps)))
  // Of several providers, show the one with the best credentials: it has applied here.
  const [first] = each.toSorted((a, b) => ranks.indexOf(a.state) - ranks.indexOf(b.state))
  if (!first) throw new Error('a profile has at least one provider')
  return {...first, needsPerson: each.every(({needsPerson}) => needsPerson)}
}

const ranks: readonly ProfileStatus['state'][] = ['fresh', 'expiring', 'expired', 'absent']

async function profileAt(
  profile: string,
  plan: Plan,
  deps: Pick<Dependencies, 'store' | 'clock' | 'secrets'>,
): Promise<ProfileStatus> {
  const {store, clock, secrets} = deps
  const {key, role} = lastStep(plan)
  const issued = await readIssued(store, key, secrets)
  const end = issued ? undefined : await store.endOf(key)
  // An entry that has not expired and can't be read was sealed with a key that is lost or out of reach.
  const ended = end && end <= clock.now() ? end : undefined
  const usable = issued !== undefined && isUsable(issued, clock.now())
  return {
    profile,
    provider: plan.provider.name,
    state: stateOf(issued, ended, clock.now()),
    role: issued?.role ?? role?.arn,
    until: issued?.expiresAt ?? ended,
    needsPerson: !usable && !(await hasUsableSource(plan, deps)) && !(await isSignedIn(plan, deps)),
  }
}

function stateOf(issued: Issued | undefined, ended: Date | undefined, now: Date): ProfileStatus['state'] {
  if (issued && isFresh(issued, now)) return 'fresh'
  if (issued && isUsable(issued, now)) return 'expiring'
  return issued || ended ? 'expired' : 'absent'
}

/** Whether a source role still has usable credentials. */
async function hasUsableSource(
  {steps}: Plan,
  {store, secrets, clock}: Pick<Dependencies, 'store' | 'clock' | 'secrets'>,
): Promise<boolean> {
  for (const {key} of steps.slice(0, -1)) {
    const issued = await readIssued(store, key, secrets)
    if (issued && isUsable(issued, clock.now())) return true
  }
  return false
}

// How long a token must still be valid to be shown to AWS.
const marginMilliseconds = 60_000

async function isSignedIn({providerId}: Plan, deps: Pick<Dependencies, 'store' | 'clock'>): Promise<boolean> {
  const user = await rememberedUser(providerId, deps)
  if (!user) return false
  return user.renewable || (user.until?.getTime() ?? 0) - deps.clock.now().getTime() > marginMilliseconds
}
