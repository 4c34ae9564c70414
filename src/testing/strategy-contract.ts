import assert from 'node:assert/strict'
import {inspect} from 'node:util'
import type {FederationStrategy, Identity, Proof, Role, SettingSpec} from '../plugin.ts'
import type {Check} from './check.ts'
import {type FakeHost, fakeHost} from './fake-host.ts'
import type {FakeHostOptions, Script} from './script.ts'

export interface StrategyContractOptions<Settings extends object> {
  readonly settings: Settings
  /** The provider's answers to one sign-in by the user and a proof for each of `roles`. Build a new script per call. */
  idp(): Script
  /** The provider's answers to a second sign-in, which finds the memory of the first. Default: no answers. */
  idpAgain?(): Script
  /** Two roles that this identity may take. */
  readonly roles?: readonly [Role, Role]
  /** Environment variables that the strategy needs. */
  readonly env?: FakeHostOptions['env']
  readonly flow?: FakeHostOptions['flow']
}

const twoRoles = ['developer', 'auditor'].map(name => ({
  accountId: '123456789012',
  name,
  arn: `arn:aws:iam::123456789012:role/${name}`,
}))

/** The checks that every strategy for users (as opposed to CI jobs) must pass. */
export function strategyContract<Settings extends object>(
  strategy: FederationStrategy<Settings>,
  options: StrategyContractOptions<Settings>,
): readonly Check[] {
  const {settings, idp, idpAgain = () => ({}), roles = twoRoles, env = {}, flow = 'browser'} = options
  const hostWith = (script: Script, more: FakeHostOptions = {}) => fakeHost(script, {env, flow, ...more})

  async function signInOnce(): Promise<{readonly host: FakeHost; readonly identity: Identity}> {
    const host = hostWith(idp())
    return {host, identity: await strategy.signIn(settings, host)}
  }

  return [
    {
      name: 'describes each of its settings',
      async run() {
        for (const [name, spec] of Object.entries<SettingSpec>(strategy.settings)) checkSpec(name, spec)
        for (const name of Object.keys(settings))
          assert.ok(Object.hasOwn(strategy.settings, name), `"${name}" is not described`)
      },
    },
    {
      name: 'asks the user, and uses every answer of the provider',
      async run() {
        const {host, identity} = await signInOnce()
        for (const role of roles) checkProof(await identity.proofFor(role))
        assert.notEqual(host.asked.length, 0, 'the user was not asked')
        host.verify()
      },
    },
    {
      name: 'rejects with SIGN_IN_REQUIRED and does not ask, if no user may be asked and nothing is remembered',
      async run() {
        const host = hostWith(idp(), {interactive: false})
        const failure = await rejectionOf(strategy.signIn(settings, host))
        assert.equal(codeOf(failure), 'SIGN_IN_REQUIRED', `it rejected with ${inspect(failure)}`)
        assert.deepEqual(host.asked, [])
      },
    },
    {
      name: 'stops when the signal aborts, whatever it waits for',
      async run() {
        const host = hostWith(idp(), {hangs: true})
        const signingIn = rejectionOf(strategy.signIn(settings, host))
        // It may take some steps before it waits.
        for (let step = 0; step < 20; step++) await Promise.resolve()
        host.abort(new Error('Interrupted.'))
        await signingIn
      },
    },
    {
      name: 'does not begin when the signal has aborted',
      async run() {
        const host = hostWith(idp())
        host.abort(new Error('Interrupted.'))
        await rejectionOf(strategy.signIn(settings, host))
        assert.deepEqual(host.asked, [])
      },
    },
    {
      name: 'does not ask the user a second time',
      async run() {
        const {host: first, identity} = await signInOnce()
        const host = hostWith(idpAgain(), {interactive: false, memory: first.memory, now: first.now()})
        const again = await strategy.signIn(settings, host)
        assert.deepEqual(host.asked, [])
        assert.equal(again.subject, identity.subject)
        checkProof(await again.proofFor(roles[0] ?? twoRoles[0]))
      },
    },
    {
      name: 'gives proofs for two roles from one sign-in',
      async run() {
        const {host, identity} = await signInOnce()
        const askedBefore = host.asked.length
        for (const role of roles) checkProof(await identity.proofFor(role))
        assert.equal(host.asked.length, askedBefore, 'the user was asked again')
      },
    },
    {
      name: 'leaks no secret to its log',
      async run() {
        const {host, identity} = await signInOnce()
        for (const role of roles) await identity.proofFor(role)
        const told = host.logged.map(({message}) => message).join('\n')
        assertSilent(told, [...host.secrets, ...secretsOf(strategy, settings)], 'the log')
      },
    },
    {
      name: 'leaks no secret to an error, whichever answer of the provider fails',
      async run() {
        for (const script of failingScripts(idp)) {
          const host = hostWith(script)
          const failure = await strategy
            .signIn(settings, host)
            .then(async identity => {
              for (const role of roles) await identity.proofFor(role)
            })
            .catch((error: unknown) => error)
          const secrets = [...host.secrets, ...secretsOf(strategy, settings)]
          assertSilent(failure === undefined ? '' : textOf(failure), secrets, 'an error')
        }
      },
    },
  ]
}

const types = ['url', 'integer', 'duration', 'boolean', 'list', 'string', 'path']

function checkSpec(name: string, {type, description, required, default: usual, secret}: SettingSpec): void {
  assert.match(name, /^[a-z][A-Za-z0-9]*$/, `"${name}" is not a valid name for a setting`)
  assert.ok(types.includes(type), `"${name}" has the unknown type "${type}"`)
  assert.notEqual(description.trim(), '', `"${name}" has no description`)
  assert.ok(!(required && usual !== undefined), `"${name}" is required and has a default`)
  assert.ok(!(secret && usual !== undefined), `"${name}" is a secret and has a default`)
}

function checkProof(proof: Proof): void {
  switch (proof.kind) {
    case 'web-identity':
      assert.ok(proof.token.length > 0, 'the token is empty')
      break
    case 'saml':
      assert.ok(/^[A-Za-z0-9+/_-]+=*$/.test(proof.document), 'the document is not in base64')
      break
    case 'credentials':
      for (const member of ['accessKeyId', 'secretAccessKey', 'sessionToken'] as const) {
        assert.ok(proof.credentials[member].length > 0, `the credentials lack "${member}"`)
      }
      assert.ok(proof.credentials.expiration instanceof Date, 'the credentials do not say when they end')
      break
    default:
      throw new assert.AssertionError({message: `AWS does not take ${inspect(proof)}`})
  }
}

async function rejectionOf(work: Promise<unknown>): Promise<unknown> {
  const failure = await work.then(
    () => undefined,
    (error: unknown) => error ?? new Error('nothing'),
  )
  assert.ok(failure, 'it signed in')
  return failure
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

/** One script for each answer of the original, with that answer replaced by a failure. */
function failingScripts(idp: () => Script): readonly Script[] {
  const failure = () => Object.assign(new Error('The provider failed.'), {code: 'BAD_RESPONSE'})
  return Object.entries(idp()).flatMap(([kind, answers]) =>
    Array.from({length: answers?.length ?? 0}, (_, at) => {
      const fresh: Readonly<Record<string, readonly unknown[] | undefined>> = {...idp()}
      return {...fresh, [kind]: (fresh[kind] ?? []).with(at, failure())}
    }),
  )
}

function secretsOf<Settings extends object>(strategy: FederationStrategy<Settings>, settings: Settings): string[] {
  const specs = Object.entries<SettingSpec>(strategy.settings).filter(([, {secret}]) => secret)
  const written = new Map<string, unknown>(Object.entries(settings))
  return specs.map(([name]) => written.get(name)).filter(value => typeof value === 'string')
}

/** Everything of an error that might be shown, including its causes and extra properties. */
function textOf(error: unknown): string {
  return inspect(error, {depth: 10, maxStringLength: null, breakLength: Number.POSITIVE_INFINITY})
}

function assertSilent(text: string, secrets: readonly string[], where: string): void {
  // Shorter secrets would match by chance.
  const leaked = secrets.filter(secret => secret.length >= 6 && text.includes(secret))
  assert.equal(leaked.length, 0, `${leaked.length} secrets appear in ${where}`)
}
