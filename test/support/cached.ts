import {readFile, rm, writeFile} from 'node:fs/promises'
import {entryFiles} from './entry-files.ts'
import type {Home} from './home.ts'

/** The tokens of a sign-in, as in the file cache. */
export interface RememberedTokens {
  readonly accessToken: string
  readonly refreshToken?: string
  readonly idToken?: string
  readonly claims: Readonly<Record<string, unknown>>
  readonly expiresAt: string
}

interface Entry {
  readonly path: string
  readonly envelope: {readonly data: string}
  readonly value: Readonly<Record<string, unknown>>
}

/** Removes the credentials, so that the next call needs AWS; the sign-in is kept. */
export async function forgetCredentials(home: Home): Promise<void> {
  for (const {path, value} of await entriesOf(home)) if ('accessKeyId' in value) await rm(path)
}

/** Removes the credentials and expires the access token, so that the next call must refresh. */
export async function outliveTokens(home: Home): Promise<void> {
  await forgetCredentials(home)
  await changeTokens(home, tokens => ({...tokens, expiresAt: new Date(Date.now() - 1000).toISOString()}))
}

/** Like {@link outliveTokens}, and expires the ID token too. */
export async function outliveIdToken(home: Home): Promise<void> {
  await outliveTokens(home)
  await changeTokens(home, tokens => ({...tokens, claims: {...tokens.claims, exp: Math.floor(Date.now() / 1000) - 1}}))
}

/** The tokens of the one sign-in; `undefined` where there are none. */
export async function rememberedTokens(home: Home): Promise<RememberedTokens | undefined> {
  const found = (await entriesOf(home)).find(isTokens)
  // We wrote this ourselves; if the form differs, the test fails at its first access.
  return found && (JSON.parse(found.envelope.data) as RememberedTokens)
}

/** Metadata and keys of the provider, kept so that a renewal need not fetch them. */
export interface RememberedProvider {
  readonly metadata: Readonly<Record<string, unknown>>
  readonly keys: readonly unknown[]
  readonly foundAt: string
}

/** Rewrites the kept metadata of the provider, and returns the path of its entry. */
export async function changeProvider(
  home: Home,
  change: (provider: RememberedProvider) => Readonly<Record<string, unknown>>,
): Promise<string> {
  const [entry] = await providersOf(home)
  if (!entry) throw new Error('no provider is remembered')
  const data = JSON.stringify(change(JSON.parse(entry.envelope.data) as RememberedProvider))
  await writeFile(entry.path, JSON.stringify({...entry.envelope, data}))
  return entry.path
}

/** As after a day: the next renewal fetches the provider's metadata again. */
export async function forgetProvider(home: Home): Promise<void> {
  for (const {path} of await providersOf(home)) await rm(path)
}

/** How many providers have kept metadata. */
export async function countProviders(home: Home): Promise<number> {
  return (await providersOf(home)).length
}

async function providersOf(home: Home): Promise<readonly Entry[]> {
  return (await entriesOf(home)).filter(({value}) => 'foundAt' in value)
}

/** The contents of the whole cache. */
export async function cachedText(home: Home): Promise<string> {
  return (await entriesOf(home)).map(({envelope}) => envelope.data).join('\n')
}

/** Overwrites the tokens as another program might. */
export async function spoilTokens(home: Home, data: string): Promise<void> {
  await forgetCredentials(home)
  for (const {path, envelope} of (await entriesOf(home)).filter(isTokens)) {
    await writeFile(path, JSON.stringify({...envelope, data}))
  }
}

async function changeTokens(home: Home, change: (tokens: RememberedTokens) => RememberedTokens): Promise<void> {
  for (const {path, envelope} of (await entriesOf(home)).filter(isTokens)) {
    const data = JSON.stringify(change(JSON.parse(envelope.data) as RememberedTokens))
    await writeFile(path, JSON.stringify({...envelope, data}))
  }
}

const isTokens = ({value}: Entry) => 'accessToken' in value

async function entriesOf(home: Home): Promise<readonly Entry[]> {
  const paths = await entryFiles(home.cache)
  return Promise.all(
    paths.map(async path => {
      const envelope = JSON.parse(await readFile(path, 'utf8')) as {readonly data: string}
      return {path, envelope, value: JSON.parse(envelope.data) as Readonly<Record<string, unknown>>}
    }),
  )
}
