import {rm} from 'node:fs/promises'
import {setTimeout as pause} from 'node:timers/promises'
import {systemClock} from '../../src/outside/system/clock.ts'
import {systemKeyring} from '../../src/outside/system/keyring.ts'
import {type Home, makeHome, type Running} from '../support/home.ts'
import {type Sandbox, startSandbox} from '../support/sandbox.ts'
import {startSessionBus} from '../support/session-bus.ts'
import {type Kept, keptIn, keyringOpener, type Opener, plainOpener} from './entries.ts'
import {browserOf, type People, peopleAt} from './people.ts'

export type CacheId = 'file' | 'keyring'

/** A provider, an STS, and a home with users of its browsers. */
export interface Place {
  readonly sandbox: Sandbox
  readonly home: Home
  readonly people: People
  readonly opener: Opener
  readonly kept: Kept
  /** Starts `aws-oidc creds`. */
  call(id: string): Running
  /** Removes the sign-in, all credentials, and the key in the keyring; with `folders`, the cache folder too. */
  wipe(folders: boolean): Promise<void>
  /** Fails if a secret has leaked. */
  close(): Promise<void>
}

const latencyMilliseconds = 30

export async function makePlace(cache: CacheId): Promise<Place> {
  const vault = cache === 'keyring' ? await privateKeyring() : undefined
  const sandbox = await startSandbox()
  // No real provider answers at once, and a kill must be able to arrive before an answer.
  for (const on of ['discovery', 'jwks', 'token', 'sts']) await sandbox.fault({on, delayMs: latencyMilliseconds})
  const home = await makeHome(sandbox)
  // Without a keyring, `auto` means files too, but also records the choice in a file of its own.
  const wanted = cache === 'file' && process.platform === 'linux' ? 'auto' : cache
  await home.configure({top: {browser: browserOf(home), cache: wanted}})
  const opener = vault?.opener ?? plainOpener
  const call = (id: string, args: readonly string[] = ['creds', '--profile', 'developer']) =>
    home.start(args, {...vault?.env, CALLER: id})
  return {
    sandbox,
    home,
    people: peopleAt(home),
    opener,
    kept: keptIn(home, opener),
    call,
    async wipe(folders) {
      const {exitCode, stderr} = await call('nobody', ['cache', 'clear']).ended
      if (exitCode !== 0) throw new Error(`cache clear: ${stderr}`)
      if (folders) await rm(home.cache, {recursive: true, force: true})
    },
    async close() {
      await home.close()
      await sandbox.stop()
      await vault?.stop()
    },
  }
}

/** The real gnome-keyring on a bus of its own. */
async function privateKeyring() {
  const bus = await startSessionBus()
  await bus.startKeyring('password of the keyring')
  // The library reads the variables of this process.
  Object.assign(process.env, bus.env)
  const keyring = systemKeyring({
    clock: systemClock,
    attended: false,
    tell: () => undefined,
    interruption: new AbortController().signal,
    onGivenUp: () => undefined,
  })
  return {env: bus.env, opener: keyringOpener(keyring), stop: bus.stop}
}

/** Resolves to "too late" when the work has not ended after that time. */
export async function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result | 'too late'> {
  const over = new AbortController()
  try {
    return await Promise.race([work, pause(milliseconds, 'too late' as const, {signal: over.signal})])
  } finally {
    over.abort()
  }
}
