import type * as Library from '@napi-rs/keyring'

export const service = 'aws-oidc'
// Without a fixed store, the library would silently fall back to the kernel's keyring, which forgets and is not shared.
export const options = {linux: {store: 'secret-service'}} as const

const limitMilliseconds = 2_000
const ending: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {linux: ['gnu'], win32: ['msvc']}

/**
 * Loads the library for a look at the keyring that prompts nobody. The look rejects with the code TIMED_OUT after 2
 * seconds; the call then still hangs in a thread, and this process can't end by itself.
 */
export async function loadKeyring(): Promise<(name: string) => Promise<string | undefined>> {
  const {AsyncEntry, findCredentialsAsync} = binaryOfLibrary() ?? (await import('@napi-rs/keyring'))
  // Secret Service may prompt the user to unlock a single entry, but a search finds only what is unlocked already.
  const look =
    process.platform === 'linux'
      ? async (name: string) => onlyOne((await findCredentialsAsync(service)).filter(({account}) => account === name))
      : async (name: string) => (await new AsyncEntry(service, name, options).getPassword()) ?? undefined
  return name => inTime(look(name))
}

/**
 * The library searches several places for its binary, which takes as long as opening it. So we first try where npm puts
 * it on most machines; `undefined` where it is missing or can't be loaded.
 */
function binaryOfLibrary(): typeof Library | undefined {
  const {createRequire} = process.getBuiltinModule('node:module')
  const name = [process.platform, process.arch, ...(ending[process.platform] ?? [])].join('-')
  try {
    const library = createRequire(import.meta.url).resolve('@napi-rs/keyring')
    return createRequire(library)(`@napi-rs/keyring-${name}`)
  } catch {
    return undefined
  }
}

function onlyOne(found: readonly {readonly password: string}[]): string | undefined {
  return found.length === 1 ? found[0]?.password : undefined
}

async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  let limit: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const giveUp = () => reject(Object.assign(new Error('The keyring does not answer.'), {code: 'TIMED_OUT'}))
    // On a busy machine the answer may have arrived but not been processed yet.
    limit = setTimeout(() => setImmediate(giveUp), limitMilliseconds)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(limit)
  }
}
