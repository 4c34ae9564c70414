#!/usr/bin/env node
// Nothing is imported before the version is checked: what follows does not parse or link on an older Node.

const fs = process.getBuiltinModule?.('node:fs')
const {isAbsolute, join} = process.getBuiltinModule?.('node:path') ?? {}
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 24 || (major === 24 && minor < 15)) {
  process.stderr.write(`aws-oidc needs Node 24.15 or newer; this is ${process.version} (${process.execPath}).\n`)
  process.exitCode = 1
} else if (!serveHotCopy()) {
  serveEntry().then(isServed => {
    if (isServed) return
    keepCompiledCode()
    standInForPasswdEntry()
    run()
  })
}

/** Prints a hot copy (src/fast-path/hot-copy.ts) if nothing has changed since. Any import takes longer than this. */
function serveHotCopy() {
  try {
    const document = readHotCopy(hotProfile(process.argv.slice(2)))
    if (document === undefined) return false
    writeAll(document)
    return true
  } catch {
    return false
  }
}

/** Prints the cache entry that a pointer (src/fast-path/pointer.ts) leads to, by loading one module only. */
async function serveEntry() {
  const folder = cacheFolder()
  const profile = hotProfile(process.argv.slice(2))
  const path = folder && stampedPath(join(folder, 'warm'), profile, ',')
  if (!folder || !path) return false
  try {
    const content = readStamped(path, 'pointer', profile)?.content
    if (content === undefined) return false
    const pointer = JSON.parse(content)
    const lane = loader()(`../dist/bundle/lane-${pointer.cache === 'file' ? 'file' : 'keyring'}.cjs`)
    const document = await lane.documentFrom(pointer, folder, new Date())
    if (document !== undefined) writeAll(document)
    return document !== undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'TIMED_OUT') startAnew(path)
    return false
  }
}

/** The cache folder, as in src/outside/files/places.ts; `undefined` where environment variables alone don't tell. */
function cacheFolder() {
  const {HOME, LOCALAPPDATA, USERPROFILE, XDG_CACHE_HOME} = process.env
  const absolute = (/** @type {string | undefined} */ path) =>
    path !== undefined && isAbsolute(path) ? path : undefined
  const under = (/** @type {string | undefined} */ folder, /** @type {string[]} */ ...names) =>
    folder && join(folder, ...names)
  const {platform} = process
  const own =
    platform === 'win32'
      ? under(absolute(LOCALAPPDATA) ?? under(absolute(USERPROFILE), 'AppData', 'Local'), 'aws-oidc', 'Cache')
      : under(absolute(HOME), ...(platform === 'darwin' ? ['Library', 'Caches'] : ['.cache']), 'aws-oidc')
  return under(absolute(XDG_CACHE_HOME), 'aws-oidc') ?? own
}

/**
 * This process can't end while the keyring hangs in one of its threads, so another one takes its place. It gets
 * `--format process`, which the fast path ignores, so this can't loop even if the pointer can't be removed.
 * @param {string} pointer
 */
function startAnew(pointer) {
  try {
    fs.rmSync(pointer, {force: true})
  } catch {}
  const args = [...process.execArgv, ...process.argv.slice(1), '--format', 'process']
  // Windows has no such call, and no keyring that waits for the user.
  process.execve?.(process.execPath, [process.execPath, ...args], process.env)
}

/** @param {readonly string[]} args */
function hotProfile([command, flag, name, ...others]) {
  const {AWS_OIDC_PROFILE, AWS_PROFILE} = process.env
  if (command !== 'creds' || others.length > 0) return ''
  if (flag === undefined) return AWS_OIDC_PROFILE || AWS_PROFILE || 'default'
  if (flag === '--profile' || flag === '-p') return name ?? ''
  return name === undefined && flag.startsWith('--profile=') ? flag.slice('--profile='.length) : ''
}

/** @param {string} profile */
function readHotCopy(profile) {
  const {XDG_RUNTIME_DIR} = process.env
  const path = XDG_RUNTIME_DIR?.startsWith('/') && stampedPath(`${XDG_RUNTIME_DIR}/aws-oidc`, profile, ':')
  const copy = path ? readStamped(path, 'hotCopy', profile) : undefined
  return copy && copy.until < Date.parse(JSON.parse(copy.content).Expiration) ? `${copy.content}\n` : undefined
}

/**
 * @param {string} folder
 * @param {string} profile
 * @param {':' | ','} between
 */
function stampedPath(folder, profile, between) {
  const {AWS_REGION, AWS_DEFAULT_REGION} = process.env
  const region = AWS_REGION || AWS_DEFAULT_REGION || ''
  const isName = /^[\w.@+-]+$/.test(profile) && /^[a-z0-9-]*$/.test(region)
  return isName ? join(folder, `${profile}${between}${region}`) : undefined
}

/**
 * The last line of a file (src/fast-path/stamp.ts), if the file is for this call and nothing has changed since.
 * @param {string} path
 * @param {'hotCopy' | 'pointer'} kind
 * @param {string} profile
 */
function readStamped(path, kind, profile) {
  const {constants, closeSync, fstatSync, lstatSync, openSync, readFileSync, statSync} = fs
  // Windows has neither user ids nor modes.
  const isOwn = (/** @type {import('node:fs').Stats} */ {uid}) => !process.geteuid || uid === process.geteuid()
  const isPrivate = (/** @type {import('node:fs').Stats} */ stats) =>
    isOwn(stats) && (!process.geteuid || (stats.mode & 0o077) === 0)
  const folder = lstatSync(join(path, '..'), {throwIfNoEntry: false})
  // In another user's folder, such as `su` leaves us with, ours can be replaced between two looks.
  if (!folder?.isDirectory() || !isPrivate(folder) || !isOwn(statSync(join(path, '../..')))) return undefined
  const {O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0} = constants
  const file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    const stats = fstatSync(file)
    if (!stats.isFile() || !isPrivate(stats) || stats.size > 16_384) return undefined
    const now = Date.now()
    if (now >= stats.mtimeMs || now < Math.floor(stats.ctimeMs)) return undefined
    const [who, what = '', content = '', ...rest] = readFileSync(file, 'utf8').split('\n')
    if (who !== callerLine(kind, profile) || rest.length !== 1 || rest[0] !== '') return undefined
    const watched = what.split('\t')
    for (let at = 0; at < watched.length; at += 2) {
      const path = watched[at + 1]
      if (path === undefined) return undefined
      // Only for `sh`, which can't read the identity of the file behind a link.
      if (watched[at]?.startsWith('=')) continue
      const found = statSync(path, {bigint: true, throwIfNoEntry: false})
      const id = found
        ? [found.dev, found.ino, found.size, found.ctimeNs].map(part => part.toString(36)).join('-')
        : '-'
      if (id !== watched[at]) return undefined
    }
    return {content, until: stats.mtimeMs}
  } finally {
    closeSync(file)
  }
}

/**
 * Line 1 of a copy or pointer, which identifies the caller (src/fast-path/caller-lines.ts).
 * @param {'hotCopy' | 'pointer'} kind
 * @param {string} profile
 */
function callerLine(kind, profile) {
  const lines = JSON.parse(fs.readFileSync(join(import.meta.dirname, '../dist/bundle/caller-lines.json'), 'utf8'))
  const values = lines[kind].variables.map((/** @type {string} */ name) => process.env[name])
  return [lines[kind].format, import.meta.filename, profile, ...values].join('\t')
}

/**
 * Never throws: once a byte is written, nobody else may write. Ends the process, which saves a millisecond of cleanup.
 * @param {string} text
 */
function writeAll(text) {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; ) {
    try {
      from += fs.writeSync(1, bytes, from)
    } catch (error) {
      const {code} = /** @type {NodeJS.ErrnoException} */ (error)
      if (code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
      else {
        process.exitCode = 1
        if (code !== 'EPIPE') process.stderr.write(`Error: The result could not be written: ${code}.\n`)
        return
      }
    }
  }
  process.exit()
}

/**
 * Keeps compiled code beside our caches, where only we can write: whoever can write there decides what runs. Node's
 * default place is in the folder for temporary files, where anybody may have made it before us.
 */
function keepCompiledCode() {
  const isOwn = (/** @type {import('node:fs').Stats} */ {uid}) => uid === process.geteuid?.()
  const isPrivate = (/** @type {string} */ path) => {
    const stats = fs.lstatSync(path)
    return stats.isDirectory() && isOwn(stats) && (stats.mode & 0o077) === 0
  }
  try {
    const cache = cacheFolder()
    // Where there is no cache folder, nothing is kept, and none is made here.
    if (process.env.NODE_DISABLE_COMPILE_CACHE || cache === undefined || !isPrivate(cache)) return
    // The owner of the folder above can replace ours after any look at it.
    const above = fs.statSync(join(cache, '..'))
    if (!isOwn(above) && above.uid !== 0) return
    const folder = join(cache, 'compiled')
    if (!fs.existsSync(folder)) fs.mkdirSync(folder, {mode: 0o700})
    if (!isPrivate(folder)) return
    const {enableCompileCache, getCompileCacheDir} = process.getBuiltinModule('node:module')
    enableCompileCache(folder)
    const own = getCompileCacheDir()
    if (own && join(own, '..') === folder) sweepCompiledCode(folder, own)
  } catch {}
}

/**
 * Removes the folders of other Node versions that were unused for a month, and the files that Node began and could not
 * finish: on a full disk, that is every file in every call.
 * @param {string} folder
 * @param {string} own of the Node that runs
 */
function sweepCompiledCode(folder, own) {
  const day = 24 * 60 * 60 * 1000
  const isOlder = (/** @type {string} */ path, /** @type {number} */ milliseconds) =>
    Date.now() - fs.lstatSync(path).mtimeMs > milliseconds
  const remove = (/** @type {string} */ path) => fs.rmSync(path, {recursive: true, force: true})
  const others = fs.readdirSync(folder).map(name => join(folder, name))
  for (const path of others) if (path !== own && isOlder(path, 30 * day)) remove(path)
  // Only the name of an unfinished file has a full stop.
  const halfway = fs.readdirSync(own).filter(name => name.includes('.'))
  for (const path of halfway.map(name => join(own, name))) if (isOlder(path, 60_000)) remove(path)
}

/** A container started with an arbitrary user id has no passwd entry, where oclif looks for a shell and a home. */
function standInForPasswdEntry() {
  try {
    process.getBuiltinModule('node:os').userInfo()
  } catch {
    process.env.SHELL ??= '/bin/sh'
    process.env.HOME ??= '/nonexistent'
  }
}

function run() {
  const {dirname} = process.getBuiltinModule('node:path')
  const load = loader()
  const root = dirname(import.meta.dirname)
  const [command, words, ...asked] = process.argv.slice(2)
  if (command === 'autocomplete' && words === 'words') {
    // The user has pressed Tab: there is no time for oclif.
    load('../dist/bundle/complete.cjs').complete(root, asked, process.env, process.platform)
  } else load('../dist/bundle/main.cjs').start(root, load('../package.json'))
}

/** The older of Node's loaders: the other one takes 3 ms to start. */
function loader() {
  return process.getBuiltinModule('node:module').createRequire(import.meta.url)
}
