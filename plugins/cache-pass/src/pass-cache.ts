import {createHash} from 'node:crypto'
import {access, readdir} from 'node:fs/promises'
import {join} from 'node:path'
import type {CacheEntry, CacheHome, CredentialCache} from 'aws-oidc/plugin'
import {type Ended, runPass} from './run-pass.ts'

type PassHome = Pick<CacheHome, 'env' | 'interactive' | 'signal' | 'log' | 'exclusively'> & {
  /** Time limit for one call of pass. Default: 30 s if the user can type a passphrase, else 15 s. */
  readonly milliseconds?: number
}

const ownFolder = 'aws-oidc'
const usualMilliseconds = {interactive: 30_000, alone: 15_000}

/**
 * Stores entries in pass under `aws-oidc/`. pass does not encrypt names, so they are hashes, which do not reveal
 * providers and roles. Secrets pass through stdin and stdout only.
 */
export function passCache(home: PassHome): CredentialCache {
  const {env, interactive, signal, log, exclusively} = home
  const store = env.PASSWORD_STORE_DIR || join(env.HOME ?? '', '.password-store')
  const milliseconds = home.milliseconds ?? usualMilliseconds[interactive ? 'interactive' : 'alone']
  // If nobody can type a passphrase, no window may ask for one. The status lines tell why something failed.
  const gpgOptions = [env.PASSWORD_STORE_GPG_OPTS, '--status-fd=2', interactive ? '' : '--pinentry-mode=error']
  const passEnv = {...env, PASSWORD_STORE_GPG_OPTS: gpgOptions.filter(Boolean).join(' ')}
  let broken: Error | undefined

  /** Runs pass; after one failure to start or answer, fails at once. */
  async function pass(args: readonly string[], input = ''): Promise<Ended> {
    if (broken) throw broken
    try {
      return await runPass(args, {input, env: passEnv, milliseconds, signal})
    } catch (error) {
      broken = error instanceof Error ? error : new Error(String(error))
      throw broken
    }
  }

  async function must(args: readonly string[], input?: string): Promise<void> {
    const ended = await pass(args, input)
    if (ended.exitCode !== 0) throw failure(ended)
  }

  const isThere = (name: string) =>
    access(join(store, name)).then(
      () => true,
      () => false,
    )

  async function show(name: string): Promise<StoredEntry | undefined> {
    const ended = await pass(['show', name])
    if (ended.exitCode === 0) return readStored(ended.stdout)
    if (lacksKey(ended)) {
      // If the user has dismissed the passphrase window, don't ask again for the next entry.
      broken = failure(ended)
      throw broken
    }
    log.debug('skipped an entry of pass that could not be decrypted')
    return undefined
  }

  /** The names of all our entries below a folder. */
  async function entriesIn(folder: string): Promise<readonly string[]> {
    const found = await readdir(join(store, folder), {withFileTypes: true, recursive: true}).catch(() => [])
    return found
      .filter(entry => entry.isFile() && /^[0-9a-f]{64}\.gpg$/.test(entry.name))
      .map(({parentPath, name}) => join(parentPath, name).slice(store.length + 1, -'.gpg'.length))
  }

  async function remove(name: string): Promise<void> {
    if (await isThere(`${name}.gpg`)) await must(['rm', '--force', name])
  }

  return {
    async read(key) {
      const name = nameOf(key)
      if (!(await isThere(`${name}.gpg`))) return undefined
      const stored = await show(name)
      // The file may have been renamed.
      return stored?.key === key ? {value: stored.value, expiresAt: stored.expiresAt} : undefined
    },

    write: (key, entry) =>
      // Two processes at once would write into the same file.
      exclusively(() => must(['insert', '--multiline', '--force', nameOf(key)], textOf(key, entry))),

    remove: key => remove(nameOf(key)),

    async ready() {
      if (await isThere(`${ownFolder}/.gpg-id`)) return
      if (await isThere('.gpg-id')) return
      throw unavailable(`There is no password store in ${store}.`, 'pass init GPG-ID')
    },

    async clear(prefix = '') {
      const whole = prefix.slice(0, prefix.lastIndexOf('/') + 1)
      for (const name of await entriesIn(folderOf(whole))) {
        // A prefix that ends inside a segment can't be matched by hash, so decrypt the entry.
        const concerned = prefix === whole || (await show(name))?.key.startsWith(prefix)
        if (concerned) await remove(name)
      }
    },
  }
}

interface StoredEntry extends CacheEntry {
  readonly key: string
}

/** Hashes each segment of a key separately, so that all entries of a provider are in one folder. */
function nameOf(key: string): string {
  return [ownFolder, ...key.split('/').map(hashOf)].join('/')
}

/** The folder of all keys that start with these segments. */
function folderOf(prefix: string): string {
  return [ownFolder, ...prefix.split('/').slice(0, -1).map(hashOf)].join('/')
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function textOf(key: string, {value, expiresAt}: CacheEntry): string {
  return `${JSON.stringify({v: 1, key, expiresAt, value})}\n`
}

function readStored(text: string): StoredEntry | undefined {
  try {
    const {v, key, value, expiresAt}: Readonly<Record<string, unknown>> = {...JSON.parse(text)}
    const end = typeof expiresAt === 'string' ? new Date(expiresAt) : undefined
    if (v !== 1 || typeof key !== 'string' || typeof value !== 'string' || !end || Number.isNaN(end.getTime())) {
      return undefined
    }
    return {key, value, expiresAt: end}
  } catch {
    return undefined
  }
}

/**
 * Whether the key was unusable (locked, cancelled, missing), rather than the entry damaged: GnuPG reports the key it
 * decrypted with, or that there is no data.
 * https://git.gnupg.org/cgi-bin/gitweb.cgi?p=gnupg.git;a=blob_plain;f=doc/DETAILS
 */
function lacksKey({stderr}: Ended): boolean {
  return !/^\[GNUPG:\] (DECRYPTION_KEY|NODATA)\b/m.test(stderr)
}

function failure({exitCode, stderr}: Ended): Error {
  const last = stderr
    .split('\n')
    .filter(line => line.trim() !== '' && !line.startsWith('[GNUPG:]'))
    .at(-1)
  const why = last?.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, 200) ?? `exit code ${exitCode}`
  return unavailable(`pass failed: ${why}.`, 'pass show any entry, to see whether it works by hand')
}

function unavailable(message: string, hint: string): Error {
  return Object.assign(new Error(message), {code: 'UNAVAILABLE', hint})
}
