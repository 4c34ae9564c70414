import assert from 'node:assert/strict'
import {inspect} from 'node:util'
import {identityFrom, issuerFrom} from '../contract/answers.ts'
import type {FederationStrategy, Identity, Role, SettingSpec} from '../plugin.ts'
import type {Check} from './check.ts'
import {type FakeHost, fakeHost} from './fake-host.ts'
import type {FakeHostOptions, Script} from './script.ts'
import {writtenToStdout} from './stdout.ts'
import {
  assertSilent,
  checkCode,
  checkFindings,
  checkProof,
  checkRefusals,
  checkSpec,
  codeOf,
  failingScripts,
  listRoles,
  proofsOf,
  rejectionOf,
  secretsOf,
  textOf,
  unlessUnscripted,
} from './strategy-checks.ts'

export interface StrategyContractOptions<Settings extends object> {
  readonly settings: Settings
  /** The provider's answers to one sign-in by the user and a proof for each of `roles`. Build a new script per call. */
  idp(): Script
  /** The provider's answers to a second sign-in, which finds the memory of the first. Default: no answers. */
  idpAgain?(): Script
  /** Whether the strategy never asks a user, as one that takes the identity of a CI job. Default: `false`. */
  readonly unattended?: boolean
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

/** The checks that every strategy must pass. */
export function strategyContract<Settings extends object>(
  strategy: FederationStrategy<Settings>,
  options: StrategyContractOptions<Settings>,
): readonly Check[] {
  const {settings, idp, idpAgain = () => ({}), roles = twoRoles, env = {}, flow = 'browser'} = options
  const {unattended = false} = options
  const hostWith = (script: Script, more: FakeHostOptions = {}) => fakeHost(script, {env, flow, ...more})

  async function signInOnce(): Promise<{readonly host: FakeHost; readonly identity: Identity}> {
    const host = hostWith(idp())
    return {host, identity: identityFrom(await strategy.signIn(settings, host))}
  }

  /** How each of the provider's answers fails in turn. */
  async function failures(): Promise<readonly {readonly host: FakeHost; readonly failure: unknown}[]> {
    const ends: {readonly host: FakeHost; readonly failure: unknown}[] = []
    for (const script of failingScripts(idp)) {
      const host = hostWith(script)
      const failure = await strategy
        .signIn(settings, host)
        .then(identity => proofsOf(identity, roles))
        .catch((error: unknown) => error)
      ends.push({host, failure})
    }
    return ends
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
      name: 'answers with the members and types that the contract names',
      async run() {
        const {host, identity} = await signInOnce()
        for (const proof of await proofsOf(identity, roles)) checkProof(proof, host.now())
        await unlessUnscripted(listRoles((await signInOnce()).identity))
        const [{accountId, name}] = roles
        await unlessUnscripted((await signInOnce()).identity.findRole?.({account: accountId, name}))
        await checkFindings(strategy, settings, hostWith({}, {interactive: false}))
        checkRefusals(strategy, settings)
        issuerFrom(strategy.issuer?.(settings))
      },
    },
    unattended
      ? {
          name: 'asks no user, and uses every answer of the provider',
          async run() {
            const host = hostWith(idp(), {interactive: false})
            const identity = identityFrom(await strategy.signIn(settings, host))
            await proofsOf(identity, roles)
            assert.deepEqual(host.asked, [])
            host.verify()
          },
        }
      : {
          name: 'asks the user, and uses every answer of the provider',
          async run() {
            const {host, identity} = await signInOnce()
            await proofsOf(identity, roles)
            assert.notEqual(host.asked.length, 0, 'the user was not asked')
            host.verify()
          },
        },
    ...(unattended ? [] : [rejectsUnasked(strategy, settings, () => hostWith(idp(), {interactive: false}))]),
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
        const again = identityFrom(await strategy.signIn(settings, host))
        assert.deepEqual(host.asked, [])
        assert.equal(again.subject, identity.subject)
        await proofsOf(again, roles.slice(0, 1))
      },
    },
    {
      name: 'gives proofs for two roles from one sign-in',
      async run() {
        const {host, identity} = await signInOnce()
        const askedBefore = host.asked.length
        await proofsOf(identity, roles)
        assert.equal(host.asked.length, askedBefore, 'the user was asked again')
      },
    },
    {
      name: 'writes nothing to stdout, which belongs to the document that AWS tools read',
      async run() {
        const written = await writtenToStdout(async () => {
          const {identity} = await signInOnce()
          await proofsOf(identity, roles)
          await unlessUnscripted(listRoles((await signInOnce()).identity))
        })
        assert.equal(written, '')
      },
    },
    {
      name: 'leaks no secret to its log',
      async run() {
        const {host, identity} = await signInOnce()
        await proofsOf(identity, roles)
        const told = host.logged.map(({message}) => message).join('\n')
        assertSilent(told, [...host.secrets, ...secretsOf(strategy, settings)], 'the log')
      },
    },
    {
      name: 'leaks no secret to an error, whichever answer of the provider fails',
      async run() {
        for (const {host, failure} of await failures()) {
          const secrets = [...host.secrets, ...secretsOf(strategy, settings)]
          assertSilent(failure === undefined ? '' : textOf(failure), secrets, 'an error')
        }
      },
    },
    {
      name: 'uses no other error codes than those for plugins, whichever answer of the provider fails',
      async run() {
        for (const {failure} of await failures()) checkCode(failure)
      },
    },
  ]
}

function rejectsUnasked<Settings extends object>(
  strategy: FederationStrategy<Settings>,
  settings: Settings,
  makeHost: () => FakeHost,
): Check {
  return {
    name: 'rejects with SIGN_IN_REQUIRED and does not ask, if no user may be asked and nothing is remembered',
    async run() {
      const host = makeHost()
      const failure = await rejectionOf(strategy.signIn(settings, host))
      assert.equal(codeOf(failure), 'SIGN_IN_REQUIRED', `it rejected with ${inspect(failure)}`)
      assert.deepEqual(host.asked, [])
    },
  }
}
