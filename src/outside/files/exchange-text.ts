import {constants, type Stats} from 'node:fs'
import {access, appendFile, type FileHandle, lstat, open, rm, stat} from 'node:fs/promises'
import {basename, dirname} from 'node:path'
import {AwsOidcError} from '../../errors.ts'
import {copyAttributes} from './copy-attributes.ts'
import {exchangeNow, type Texts} from './exchange-now.ts'
import {codeOf, makeFolder, targetOf} from './files.ts'
import {readOpenFile} from './read-file.ts'
import {dropStale, replaceFile, temporaryFor} from './replace-file.ts'

export interface Exchange {
  /** What the file must still say; `undefined` where there must be none. */
  readonly before: string | undefined
  readonly after: string
  /** The permissions that the file is to have, where it doesn't keep its own. */
  readonly mode?: number
  /** Where `before` is kept (0600), unless there is such a file already. */
  readonly backup?: string
}

/**
 * Lets a file that people and other programs write too say something else; false, and it says what they have written, where
 * one of them was faster. It keeps its owner, permissions, access list and attributes, and its place behind links. A reader
 * sees the old text or the new one, save where only writing into the file keeps it what it is: one with several names,
 * mounted by itself, or with attributes that can't be copied. Rejects with OUTPUT_FAILED for what is no regular file, and
 * with the system's own errors; nothing has changed then.
 */
export async function exchangeText(path: string, {before, after, mode, backup}: Exchange): Promise<boolean> {
  const target = await targetOf(path)
  const old = await demandRegular(path, target)
  if ((old === undefined) !== (before === undefined)) return false
  if (old) await access(target, constants.W_OK)
  else await makeFolder(dirname(target))
  const texts = {before: before === undefined ? undefined : Buffer.from(before), after: Buffer.from(after), mode}
  return exchanged(target, old, texts, exchange => withBackup(backup, old, texts.before, exchange))
}

async function exchanged(
  target: string,
  old: Stats | undefined,
  texts: Texts,
  around = (exchange: () => Promise<Outcome>) => exchange(),
): Promise<boolean> {
  const replaced = old && process.platform !== 'win32' ? await open(target, 'r') : undefined
  try {
    const outcome = await around(() => exchangeFile(target, old, texts))
    if (outcome === 'changed') return false
    await dropStale(target, name => `${name}.`.startsWith(`${basename(target)}.`)).catch(() => undefined)
    // Who had opened the file before it was replaced may have written into the old one.
    const late = outcome === 'replaced' ? replaced && readOpenFile(replaced.fd) : texts.before
    if (!late || texts.before?.equals(late)) return true
    await putBack(target, late, texts)
    return false
  } finally {
    await replaced?.close()
  }
}

/**
 * Makes the file say what another program has made of its old text. Where yet another one has written into the new one
 * meanwhile, that stays, and what was added to the old text is added to it.
 */
async function putBack(target: string, late: Buffer, {before, after, mode}: Texts): Promise<void> {
  if (await exchanged(target, await stat(target), {before: after, after: late, mode})) return
  if (!before?.equals(late.subarray(0, before.length))) return
  await appendFile(target, late.subarray(before.length), {flag: constants.O_WRONLY | constants.O_APPEND})
}

async function demandRegular(path: string, target: string): Promise<Stats | undefined> {
  const found = await stat(target).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
  if (!found || found.isFile()) return found
  throw new AwsOidcError('OUTPUT_FAILED', `${path} is not a regular file, and is left as it is.`, {
    hint: `ls -ld ${path}`,
  })
}

type Outcome = ReturnType<typeof exchangeNow>

/** Made before the last look, so that nothing slow comes after that; where nothing was exchanged, it goes again. */
async function withBackup(
  backup: string | undefined,
  old: Stats | undefined,
  before: Buffer | undefined,
  exchange: () => Promise<Outcome>,
): Promise<Outcome> {
  if (backup === undefined || !old || !before || (await lstat(backup).catch(() => undefined))) return exchange()
  let outcome: Outcome = 'changed'
  try {
    await replaceFile(backup, {
      mode: 0o600,
      async fill(file) {
        await file.writeFile(before)
        await giveTo(old, file)
        await file.sync()
      },
    })
    outcome = await exchange()
    return outcome
  } finally {
    if (outcome === 'changed') await rm(backup, {force: true})
  }
}

async function exchangeFile(target: string, old: Stats | undefined, texts: Texts): Promise<Outcome> {
  const temporary = temporaryFor(target)
  try {
    const alike = await writeLike(target, temporary, old, texts)
    return exchangeNow(target, alike ? temporary : undefined, texts)
  } finally {
    await rm(temporary, {force: true})
  }
}

/** Whether what was written could take the place of the old one and nothing of that were lost. */
async function writeLike(
  target: string,
  temporary: string,
  old: Stats | undefined,
  {after, mode}: Texts,
): Promise<boolean> {
  const file = await open(temporary, 'wx', 0o600)
  try {
    const alike = !old || (old.nlink === 1 && (await copyAttributes(target, temporary)))
    await file.truncate()
    await file.writeFile(after)
    if (!old) await giveTo(await stat(dirname(target)), file)
    if (mode !== undefined && process.platform !== 'win32') await file.chmod(mode)
    // All of it rests on the disk before it takes the other's name.
    await file.sync()
    return alike
  } finally {
    await file.close()
  }
}

/** What root writes for a person, as with sudo, is that person's. */
async function giveTo({uid, gid}: Stats, file: FileHandle): Promise<void> {
  if (process.geteuid?.() === 0 && uid !== 0) await file.chown(uid, gid)
}
