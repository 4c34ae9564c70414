import {constants, type Stats} from 'node:fs'
import {access, appendFile, type FileHandle, lstat, open, rm, stat} from 'node:fs/promises'
import {basename, dirname} from 'node:path'
import {AwsOidcError} from '../../errors.ts'
import {codeOf} from '../../files/code-of.ts'
import {dropStale, temporaryFor} from '../../files/replace-file.ts'
import {copyAttributes} from './copy-attributes.ts'
import {exchangeNow, type Texts} from './exchange-now.ts'
import {targetOf} from './files.ts'
import {makeOwnedFolder, replaceOwnedFile} from './owned.ts'
import {readOpenFile} from './read-file.ts'

export interface Exchange {
  /** The expected content; `undefined` where there must be no file. */
  readonly before: string | undefined
  readonly after: string
  /** The permissions to set; `undefined` keeps those of the file. */
  readonly mode?: number
  /** Where to keep `before` (0600), unless this file exists already. */
  readonly backup?: string
}

/**
 * Replaces the text of a file that users and other programs write too. False if one of them was faster, whose text then
 * stays. The file keeps its owner, permissions, access list, attributes and its place behind links. A reader sees the
 * old text or the new one, except where the file must be written in place: it has several names, is a mount of its own,
 * or has attributes that can't be copied. Rejects with OUTPUT_FAILED for anything but a regular file, else with the
 * system's own errors; nothing has changed then.
 */
export async function exchangeText(path: string, {before, after, mode, backup}: Exchange): Promise<boolean> {
  const target = await targetOf(path)
  const old = await demandRegular(path, target)
  if ((old === undefined) !== (before === undefined)) return false
  if (old) await access(target, constants.W_OK)
  else await makeOwnedFolder(dirname(target))
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
    // A program that opened the file before the replacement may have written into the old one.
    const late = outcome === 'replaced' ? replaced && readOpenFile(replaced.fd) : texts.before
    if (!late || texts.before?.equals(late)) return true
    await putBack(target, late, texts)
    return false
  } finally {
    await replaced?.close()
  }
}

/**
 * Restores what another program has written into the old file. If yet another program has changed the new file
 * meanwhile, its text stays, and only what was appended to the old file is appended to it.
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
  throw new AwsOidcError('OUTPUT_FAILED', `${path} is not a regular file, so it was not changed.`, {
    hint: `ls -ld ${path}`,
  })
}

type Outcome = ReturnType<typeof exchangeNow>

/**
 * The backup is made before the last comparison, so that nothing slow follows that; it is removed where nothing was
 * exchanged.
 */
async function withBackup(
  backup: string | undefined,
  old: Stats | undefined,
  before: Buffer | undefined,
  exchange: () => Promise<Outcome>,
): Promise<Outcome> {
  if (backup === undefined || !old || !before || (await lstat(backup).catch(() => undefined))) return exchange()
  let outcome: Outcome = 'changed'
  try {
    await replaceOwnedFile(backup, {
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

/** Whether the temporary file can replace the target without losing anything of it. */
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
    // The whole text must be on disk before the rename.
    await file.sync()
    return alike
  } finally {
    await file.close()
  }
}

/** A file that root writes for a user, as with sudo, belongs to that user. */
async function giveTo({uid, gid}: Stats, file: FileHandle): Promise<void> {
  if (process.geteuid?.() === 0 && uid !== 0) await file.chown(uid, gid)
}
