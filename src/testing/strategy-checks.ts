import assert from 'node:assert/strict'
import {inspect} from 'node:util'
import {findingsFrom, refusalMeaningFrom} from '../contract/answers.ts'
import {isStrategyErrorCode} from '../contract/error-codes.ts'
import type {FederationStrategy, Identity, Proof, Role, SettingSpec} from '../plugin.ts'
import type {FakeHost} from './fake-host.ts'
import type {Script} from './script.ts'

const types = ['url', 'integer', 'duration', 'boolean', 'list', 'string', 'path']

export function checkSpec(name: string, {type, description, required, default: usual, secret}: SettingSpec): void {
  assert.match(name, /^[a-z][A-Za-z0-9]*$/, `"${name}" is not a valid name for a setting`)
  assert.ok(types.includes(type), `"${name}" has the unknown type "${type}"`)
  assert.notEqual(description.trim(), '', `"${name}" has no description`)
  assert.ok(!(required && usual !== undefined), `"${name}" is required and has a default`)
  assert.ok(!(secret && usual !== undefined), `"${name}" is a secret and has a default`)
}

/** An identity's proofs: for each of the roles, or for the one that the provider chooses itself. */
export async function proofsOf(identity: Identity, roles: readonly Role[]): Promise<readonly Proof[]> {
  if (identity.assigned) return [(await identity.assigned()).proof]
  const proofs: Proof[] = []
  for (const role of roles) proofs.push(await identity.proofFor(role))
  return proofs
}

export function checkProof(proof: Proof, now: Date): void {
  if (proof.kind === 'credentials') assert.ok(proof.credentials.expiration > now, 'the credentials have expired')
  if (proof.kind === 'saml') assert.match(proof.document, /^[A-Za-z0-9+/_-]+=*$/, 'the document is not in base64')
}

/** Lists the roles of an identity, in the way that the host would. */
export async function listRoles({roles, rolesInParts}: Identity): Promise<void> {
  if (!rolesInParts) return void (await roles?.())
  const {signal} = new AbortController()
  for await (const _ of rolesInParts({refresh: true, signal}));
}

/** Waits for work that may need answers which the script does not have, because not every test lists roles. */
export async function unlessUnscripted(work: Promise<unknown> | undefined): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof assert.AssertionError)) throw error
  }
}

/** Without answers of the provider a check may reject; if it resolves, then to findings. */
export async function checkFindings<Settings extends object>(
  strategy: FederationStrategy<Settings>,
  settings: Settings,
  host: FakeHost,
): Promise<void> {
  const answer: {readonly said: unknown} | undefined = await strategy.check?.(settings, host).then(
    said => ({said}),
    () => undefined,
  )
  if (answer) findingsFrom(answer.said)
}

// RFC 6749, 4.1.2.1 and 5.2. A description is whatever the provider likes, and may be absent.
const refusals = ['invalid_client', 'invalid_request', 'invalid_scope', 'unauthorized_client', 'access_denied'].flatMap(
  error => [{error}, {error, description: 'No.'}],
)

export function checkRefusals<Settings extends object>(
  strategy: FederationStrategy<Settings>,
  settings: Settings,
): void {
  for (const refusal of refusals) {
    const meaning = refusalMeaningFrom(strategy.describeRefusal?.(refusal, settings))
    assertSilent(JSON.stringify(meaning ?? {}), secretsOf(strategy, settings), 'the meaning of a refusal')
  }
}

/** An error without a code counts as a failure of the strategy, so a code that is none is a mistake. */
export function checkCode(failure: unknown): void {
  if (failure instanceof assert.AssertionError) return
  const code = codeOf(failure)
  assert.ok(code === undefined || isStrategyErrorCode(code), `it rejected with the unknown code ${inspect(code)}`)
}

export async function rejectionOf(work: Promise<unknown>): Promise<unknown> {
  const failure = await work.then(
    () => undefined,
    (error: unknown) => error ?? new Error('nothing'),
  )
  assert.ok(failure, 'it signed in')
  return failure
}

export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

/** One script for each answer of the original, with that answer replaced by a failure. */
export function failingScripts(idp: () => Script): readonly Script[] {
  const failure = () => Object.assign(new Error('The provider failed.'), {code: 'BAD_RESPONSE'})
  return Object.entries(idp()).flatMap(([kind, answers]) =>
    Array.from({length: answers?.length ?? 0}, (_, at) => {
      const fresh: Readonly<Record<string, readonly unknown[] | undefined>> = {...idp()}
      return {...fresh, [kind]: (fresh[kind] ?? []).with(at, failure())}
    }),
  )
}

export function secretsOf<Settings extends object>(
  strategy: FederationStrategy<Settings>,
  settings: Settings,
): string[] {
  const specs = Object.entries<SettingSpec>(strategy.settings).filter(([, {secret}]) => secret)
  const written = new Map<string, unknown>(Object.entries(settings))
  return specs.map(([name]) => written.get(name)).filter(value => typeof value === 'string')
}

/** Everything of an error that might be shown, including its causes and extra properties. */
export function textOf(error: unknown): string {
  return inspect(error, {depth: 10, maxStringLength: null, breakLength: Number.POSITIVE_INFINITY})
}

export function assertSilent(text: string, secrets: readonly string[], where: string): void {
  // Shorter secrets would match by chance.
  const leaked = secrets.filter(secret => secret.length >= 6 && text.includes(secret))
  assert.equal(leaked.length, 0, `${leaked.length} secrets appear in ${where}`)
}
