import {storeOver} from '../../src/cache/store.ts'
import {readConfiguration} from '../../src/config/read.ts'
import type {Locks} from '../../src/coordination/lock.ts'
import {fileStates} from '../../src/coordination/state.ts'
import type {Asking, Dependencies} from '../../src/credentials/dependencies.ts'
import {AwsOidcError} from '../../src/errors.ts'
import type {AwsConfiguration} from '../../src/outside/aws-configuration.ts'
import type {Network} from '../../src/outside/network/network.ts'
import type {Clock} from '../../src/outside/system/clock.ts'
import type {Ask, CredentialCache, FederationStrategy, Host, Identity, Role} from '../../src/plugin.ts'
import {memoryCache} from '../../src/providers/memory-cache.ts'
import type {Registry} from '../../src/registry/registry.ts'
import {onScreen} from '../../src/text/printable.ts'
import {Secrets} from '../../src/text/secrets.ts'
import {memoryKeyring} from './keyring.ts'
import {makeSts, type Sts} from './sts.ts'

export const developer = 'arn:aws:iam::123456789012:role/developer'

/** A clock that tests move; sleeping advances it at once. */
export interface MovableClock extends Clock {
  advance(milliseconds: number): void
}

/** The behaviour of the user and the provider. */
export interface Provider {
  /** Who signs in next. */
  subject: string
  /** The next sign-ins and renewals fail with this error. */
  failure: AwsOidcError | undefined
  /** Whether the kept session still works without the user. */
  renewable: boolean
  roles: readonly string[] | undefined
  /** How long renewing or signing in takes. */
  milliseconds: number
  /** How often the strategy was called, and how often the user was asked. */
  calls: number
  asked: number
}

/** A machine on which any number of calls are made, in sequence or in parallel. */
export interface Stage {
  readonly clock: MovableClock
  readonly provider: Provider
  readonly sts: Sts
  readonly cache: CredentialCache
  /** Warnings and information, in order. */
  readonly said: string[]
  /** What the user at the terminal was told. */
  readonly told: string[]
  /** Holds all locks, as another process would, until the returned function is called. */
  takeLocks(): () => void
  /** The dependencies of one more call. */
  call(asking?: Partial<Asking>): Dependencies
}

const usual = `
providers:
  corp: {strategy: fake}
profiles:
  developer: {provider: corp, role: ${developer}}
`

export function makeStage(configuration = usual): Stage {
  const clock = movableClock()
  const sts = makeSts(clock)
  const cache = memoryCache()
  const locks = sharedLocks()
  const network: Network = {
    fetch: sts.fetch,
    fetchAgain: sts.fetch,
    fetchOnce: sts.fetch,
    offsetTo: () => sts.aheadMilliseconds,
    likelyOffsetTo: () => sts.aheadMilliseconds,
    differenceTo: () => sts.aheadMilliseconds,
    strangeClock: () => undefined,
    withTls: () => network,
  }
  const files = new Map<string, string>()
  const provider: Provider = {
    subject: 'alice@example.com',
    failure: undefined,
    renewable: true,
    roles: undefined,
    milliseconds: 0,
    calls: 0,
    asked: 0,
  }
  const [said, told]: [string[], string[]] = [[], []]
  const log = {debug: () => undefined, info: (text: string) => said.push(text), warn: (text: string) => said.push(text)}

  return {
    clock,
    provider,
    sts,
    cache,
    said,
    told,
    takeLocks: locks.take,
    call: asking => ({
      configuration: readConfiguration('config.yaml', configuration),
      editConfiguration: () => Promise.reject(new Error('no file')),
      draftConfiguration: () => Promise.reject(new Error('no file')),
      registry: registryWith(fakeStrategy(provider, clock)),
      installPlugin: () => Promise.reject(new Error('no plugins')),
      store: storeOver(cache, 'memory', log, clock.now),
      onIssued: async () => undefined,
      states: fileStates({
        folder: '/state',
        readText: async path => files.get(path),
        replace: async (path, text) => void files.set(path, text),
        exclusively: (_, work) => work(),
      }),
      locks,
      clock,
      network,
      networkOf: () => network,
      silentNetworkOf: () => network,
      platform: 'linux',
      env: {},
      log,
      secrets: new Secrets(),
      signal: new AbortController().signal,
      notice: () => () => undefined,
      tell: text => void told.push(onScreen(text)),
      progress: () => undefined,
      screen: () => undefined,
      colours: false,
      askUntil: () => nobodyReads,
      flowFor: () => () => ({flow: 'browser', opens: true}),
      home: '/home',
      readText: async () => undefined,
      ask: nobodyReads,
      dialogue: {
        text: () => Promise.reject(new Error('nobody reads')),
        choose: () => Promise.reject(new Error('nobody reads')),
        secret: () => Promise.reject(new Error('nobody reads')),
      },
      readStdin: () => Promise.reject(new Error('nobody reads')),
      keyring: memoryKeyring(),
      openBrowser: async () => void provider.asked++,
      browserOf: ({browser}) => browser,
      openPage: () => Promise.reject(new Error('no browser')),
      isOtherUsers: async () => false,
      makeAwsFiles: () => Promise.reject(new Error('no folder')),
      runInForeground: () => Promise.reject(new Error('no program')),
      output: () => Promise.reject(new Error('no program')),
      makeBrowserFolder: () => Promise.reject(new Error('no folder')),
      removeBrowserFolder: async () => undefined,
      launcher: async () => undefined,
      awsConfiguration: async () => noAwsTools,
      asking: {interactive: true, ignoresBrake: false, attended: false, mayRead: false, ...asking},
    }),
  }
}

const noAwsTools: AwsConfiguration = {
  places: undefined,
  problem: undefined,
  files: {
    read: () => Promise.reject(new Error('no AWS tools')),
    replace: () => Promise.reject(new Error('no AWS tools')),
  },
  ownProgram: ['/usr/bin/node', '/usr/lib/aws-oidc/run.js'],
  platform: 'linux',
  resolve: async () => undefined,
}

const nobodyReads: Ask = {
  select: () => Promise.reject(new Error('nobody reads')),
  text: () => Promise.reject(new Error('nobody reads')),
  secret: () => Promise.reject(new Error('nobody reads')),
}

export function movableClock(): MovableClock {
  let time = Date.parse('2026-11-23T09:00:00Z')
  const limits = new Set<{readonly at: number; readonly end: () => void}>()
  const advance = (milliseconds: number) => {
    time += milliseconds
    for (const limit of limits) if (limit.at <= time) limit.end()
  }
  return {
    now: () => new Date(time),
    elapsed: () => time,
    advance,
    sleep: async milliseconds => advance(milliseconds),
    limit(milliseconds, reason, parent) {
      const own = new AbortController()
      const limit = {at: time + milliseconds, end: () => own.abort(reason)}
      limits.add(limit)
      return {
        signal: parent ? AbortSignal.any([own.signal, parent]) : own.signal,
        cancel: () => void limits.delete(limit),
      }
    },
  }
}

function sharedLocks(): Locks & {take(): () => void} {
  const held = new Map<string, Promise<void>>()
  const every = 'every lock'
  const holderOf = (name: string) => held.get(every) ?? held.get(name)
  const take = (name = every) => {
    const {promise, resolve} = Promise.withResolvers<void>()
    held.set(name, promise)
    return () => {
      held.delete(name)
      resolve()
    }
  }
  const workWith = async <Result>(name: string, work: () => Promise<Result>): Promise<Result> => {
    const release = take(name)
    try {
      return await work()
    } finally {
      release()
    }
  }
  return {
    take: () => take(),
    async hold(name, _signal, work) {
      while (holderOf(name)) await holderOf(name)
      return workWith(name, work)
    },
    holdIfFree: async (name, work) => (holderOf(name) ? undefined : workWith(name, work)),
  }
}

/** Keeps a session in its memory as a real strategy keeps tokens, and signs the user in by opening a browser. */
function fakeStrategy(provider: Provider, clock: MovableClock): FederationStrategy<Record<string, unknown>> {
  return {
    settings: {},
    async signIn(_settings, host) {
      provider.calls++
      clock.advance(provider.milliseconds)
      host.signal.throwIfAborted()
      const remembered = await host.memory.get('session')
      if (remembered === undefined || !provider.renewable) await askUser(provider, host)
      else if (provider.failure) throw provider.failure
      return identityOf((await host.memory.get('session')) ?? '', provider, clock)
    },
  }
}

async function askUser(provider: Provider, host: Host): Promise<void> {
  await host.openBrowser(new URL('https://idp.example/authorize'))
  if (provider.failure) throw provider.failure
  await host.memory.set('session', provider.subject, new Date(host.now().getTime() + 30 * 86_400_000))
}

function identityOf(subject: string, {roles}: Provider, clock: MovableClock): Identity {
  return {
    subject,
    claims: {email: subject},
    ...(roles && {roles: async () => roles.map(roleOf)}),
    proofFor: async () => ({kind: 'web-identity', token: tokenFor(subject, clock.now())}),
  }
}

function roleOf(arn: string): Role {
  return {arn, accountId: arn.split(':')[4] ?? '', name: arn.split('/').at(-1) ?? ''}
}

function tokenFor(subject: string, now: Date): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({alg: 'RS256'})}.${part({iss: 'https://idp.example', aud: 'aws', sub: subject, at: now})}.c2lnbmF0dXJl`
}

function registryWith(strategy: FederationStrategy<Record<string, unknown>>): Registry {
  return {
    pluginOfCache: () => undefined,
    ownerOf: () => 'aws-oidc-fake',
    strategies: () => ['fake'],
    installable: () => [],
    strategySummary: async () => 'a strategy of tests',
    strategy: async () => strategy,
    cache: async () => memoryCache(),
    cacheSummary: async () => 'nothing is kept',
  }
}

export function unavailable(): AwsOidcError {
  return new AwsOidcError('UNAVAILABLE', 'idp.example could not be reached.')
}

export function refused(): AwsOidcError {
  return new AwsOidcError('SIGN_IN_REFUSED', 'The sign-in was refused.')
}
