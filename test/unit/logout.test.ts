import {expect} from 'chai'
import {memoryKey, userKey} from '../../src/cache/keys.ts'
import {credentialsFor} from '../../src/credentials/credentials.ts'
import type {Dependencies} from '../../src/credentials/dependencies.ts'
import {lastStep, planAt, plansFor} from '../../src/credentials/plan.ts'
import {AwsOidcError} from '../../src/errors.ts'
import type {FederationStrategy, Host, SettingSpec} from '../../src/plugin.ts'
import {logout} from '../../src/session/logout.ts'
import {removeProvider} from '../../src/settings/providers.ts'
import {developer, makeStage, type Stage} from '../support/dependencies.ts'

const configuration = `
providers:
  corp: {strategy: fake, clientSecret: {keyring: corp}}
  other: {strategy: fake}
profiles:
  developer: {provider: corp, role: ${developer}}
  auditor: {provider: other, role: ${developer}}
`
const here = {provider: 'corp', usualProfile: '', all: false, everywhere: false}
const everywhere = {usualProfile: '', all: true, everywhere: false}

const settings: Readonly<Record<string, SettingSpec>> = {
  clientSecret: {type: 'string', description: 'the secret', secret: true},
}

/** A machine whose user is signed in everywhere, and a call whose strategy signs out like this. */
async function signedIn(signOut: (stage: Stage, host: Host, interrupt: () => void) => Promise<void>) {
  const stage = makeStage(configuration)
  const controller = new AbortController()
  const interrupt = () => controller.abort(new AwsOidcError('INTERRUPTED', 'Interrupted.'))
  const usual = stage.call()
  const strategy = async (id: string): Promise<FederationStrategy<Record<string, unknown>>> => ({
    ...(await usual.registry.strategy(id)),
    settings,
    signOut: (_settings, host) => signOut(stage, host, interrupt),
  })
  const deps: Dependencies = {
    ...usual,
    signal: controller.signal,
    registry: {...usual.registry, strategy},
    editConfiguration: async () => undefined,
  }
  await deps.keyring.set('secret/corp', 'a-secret')
  for (const profile of ['developer', 'auditor']) {
    await credentialsFor({profile, force: false, lasting: false}, deps)
  }
  return {deps, left: () => entriesOf(stage)}
}

/** What is kept of each provider: its user, the strategy's memory, and credentials. */
async function entriesOf(stage: Stage): Promise<Readonly<Record<string, readonly string[]>>> {
  const deps = stage.call()
  const kept = async (profile: string) => {
    const [plan] = plansFor({profile}, deps)
    if (!plan) throw new Error('a profile has a provider')
    const keys = {
      user: userKey(plan.providerId),
      memory: memoryKey(plan.providerId, 'session'),
      credentials: lastStep(plan).key,
    }
    const found = await Promise.all(
      Object.entries(keys).map(async ([name, key]) => ((await stage.cache.read(key)) ? [name] : [])),
    )
    return found.flat()
  }
  return {corp: await kept('developer'), other: await kept('auditor')}
}

const everything = ['user', 'memory', 'credentials']
const never = () => new Promise<void>(() => undefined)

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'it worked',
    (error: unknown) => error,
  )
}

/** Lets all time pass that a sign-out has. */
function outlast({clock}: Stage): Promise<void> {
  queueMicrotask(() => {
    clock.advance(60_000)
    clock.advance(20_000)
  })
  return never()
}

describe('a sign-out', () => {
  it('that ignores its signal is given up soon after its time is over, and nothing stays here', async () => {
    const {deps, left} = await signedIn(outlast)
    expect((await left()).corp).to.deep.equal(everything)
    const [result] = await logout(here, deps)
    expect(result).to.deep.include({
      provider: 'corp',
      wasSignedIn: true,
      problem: {code: 'TIMED_OUT', message: 'Signing out of corp took too long.'},
    })
    expect(await left()).to.deep.equal({corp: [], other: everything})
  })

  it('that the user interrupts is given up at once, and nothing stays here', async () => {
    const {deps, left} = await signedIn((_stage, _host, interrupt) => {
      queueMicrotask(interrupt)
      return never()
    })
    expect(await failureOf(logout(here, deps))).to.include({code: 'INTERRUPTED'})
    expect(await left()).to.deep.equal({corp: [], other: everything})
  })

  it('from everything that the user interrupts leaves nothing of any provider here', async () => {
    const {deps, left} = await signedIn((_stage, _host, interrupt) => {
      queueMicrotask(interrupt)
      return never()
    })
    const departures = async () => (await deps.states.read(planAt('other', deps).providerId)).departures
    const before = await departures()
    expect(await failureOf(logout(everywhere, deps))).to.include({code: 'INTERRUPTED'})
    expect(await left()).to.deep.equal({corp: [], other: []})
    expect(await departures(), 'a call that is under way must keep nothing').to.equal(before + 1)
  })

  it('that throws is reported with the package, and nothing stays here', async () => {
    const {deps, left} = await signedIn(() => {
      throw new Error('boom')
    })
    const [result] = await logout(here, deps)
    expect(result?.problem).to.deep.equal({
      code: 'PLUGIN_FAILED',
      message: 'The strategy "fake" of aws-oidc-fake failed: boom.',
    })
    expect((await left()).corp).to.deep.equal([])
  })

  it('that was given up can keep nothing afterwards', async () => {
    let host: Host | undefined
    const {deps, left} = await signedIn((stage, given) => {
      host = given
      return outlast(stage)
    })
    await logout(here, deps)
    await host?.memory.set('session', 'alice@example.com', new Date('2027-01-01'))
    expect((await left()).corp).to.deep.equal([])
  })
})

describe('removing a provider', () => {
  it('removes what is kept of it, secrets included, although its strategy never signs out', async () => {
    const {deps, left} = await signedIn(outlast)
    const {signedOut} = await removeProvider('corp', deps)
    expect(signedOut?.problem?.code).to.equal('TIMED_OUT')
    expect((await left()).corp).to.deep.equal([])
    expect(await deps.keyring.get('secret/corp')).to.equal(undefined)
  })

  it('removes them although the user interrupts it', async () => {
    const {deps, left} = await signedIn((_stage, _host, interrupt) => {
      queueMicrotask(interrupt)
      return never()
    })
    expect(await failureOf(removeProvider('corp', deps))).to.include({code: 'INTERRUPTED'})
    expect((await left()).corp).to.deep.equal([])
    expect(await deps.keyring.get('secret/corp')).to.equal(undefined)
  })
})
