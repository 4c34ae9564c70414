#!/usr/bin/env node
// Nothing is imported before the version is checked: what follows does not parse or link on an older Node.

const fs = process.getBuiltinModule?.('node:fs')
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 24 || (major === 24 && minor < 15)) {
  process.stderr.write(`aws-oidc needs Node 24.15 or newer; this is ${process.version} (${process.execPath}).\n`)
  process.exitCode = 1
} else if (!serveHotCopy()) {
  keepCompiledCode()
  standInForPasswdEntry()
  run()
}

/** Prints a hot copy (src/hot-copy.ts), where nothing has changed since. Any import takes longer than all of this. */
function serveHotCopy() {
  try {
    const document = readHotCopy(hotProfile(process.argv.slice(2)))
    if (document === undefined || mayBeClosed()) return false
    writeAll(document)
    return true
  } catch {
    return false
  }
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
  const {constants, closeSync, fstatSync, lstatSync, openSync, readFileSync, statSync} = fs
  const {AWS_REGION, AWS_DEFAULT_REGION, XDG_RUNTIME_DIR} = process.env
  const name = `${profile}:${AWS_REGION || AWS_DEFAULT_REGION || ''}`
  if (!XDG_RUNTIME_DIR?.startsWith('/') || !/^[\w.@+-]+:[a-z0-9-]*$/.test(name)) return undefined
  const isPrivate = (/** @type {import('node:fs').Stats} */ {uid, mode}) =>
    uid === process.geteuid?.() && (mode & 0o077) === 0
  const folder = lstatSync(`${XDG_RUNTIME_DIR}/aws-oidc`, {throwIfNoEntry: false})
  if (!folder?.isDirectory() || !isPrivate(folder)) return undefined
  const {O_RDONLY, O_NOFOLLOW, O_NONBLOCK} = constants
  const file = openSync(`${XDG_RUNTIME_DIR}/aws-oidc/${name}`, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    const stats = fstatSync(file)
    if (!stats.isFile() || !isPrivate(stats) || stats.size > 16_384) return undefined
    const now = Date.now()
    if (now >= stats.mtimeMs || now < Math.floor(stats.ctimeMs)) return undefined
    const [who, what = '', document = '', ...rest] = readFileSync(file, 'utf8').split('\n')
    if (who !== stampOf(profile) || rest.length !== 1 || rest[0] !== '') return undefined
    if (!(stats.mtimeMs < Date.parse(JSON.parse(document).Expiration))) return undefined
    const watched = what.split('\t')
    for (let at = 0; at < watched.length; at += 2) {
      const path = watched[at + 1]
      if (path === undefined) return undefined
      const found = statSync(path, {bigint: true, throwIfNoEntry: false})
      const id = found ? `${found.dev}-${found.ino}-${found.size}-${found.ctimeNs}` : '-'
      if (id !== watched[at]) return undefined
    }
    return `${document}\n`
  } finally {
    closeSync(file)
  }
}

/**
 * For whom a copy is: the first line of it. src/hot-copy.ts has the same list of variables.
 * @param {string} profile
 */
function stampOf(profile) {
  const {env} = process
  const places = [env.HOME, env.XDG_CONFIG_HOME, env.XDG_CACHE_HOME, env.XDG_DATA_HOME, env.AWS_OIDC_DATA_DIR]
  const settings = [env.AWS_OIDC_CONFIG_FILE, env.AWS_OIDC_CACHE, env.AWS_REGION, env.AWS_DEFAULT_REGION]
  const others = [env.AWS_ENDPOINT_URL_STS, env.AWS_CA_BUNDLE, env.CI]
  return ['aws-oidc 1', import.meta.filename, profile, ...places, ...settings, ...others].join('\t')
}

/** Node opens /dev/null in place of a closed stdout; the long way tells it from one that somebody has chosen. */
function mayBeClosed() {
  return fs.fstatSync(1).rdev === fs.statSync('/dev/null').rdev
}

/**
 * Never throws: once a byte is written nobody else may write.
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
}

/**
 * Keeps what was compiled, beside our caches, where only we can write: who can write there decides what runs. Node's own
 * place for it lies in the folder for temporary files, where anybody may have made it before us.
 */
function keepCompiledCode() {
  const isPrivate = (/** @type {string} */ path) => {
    const stats = fs.lstatSync(path)
    return stats.isDirectory() && stats.uid === process.geteuid?.() && (stats.mode & 0o077) === 0
  }
  try {
    const [cache, folder] = [cacheFolder(), `${cacheFolder()}/compiled`]
    // Without the one there is nothing that we keep, and the other is not made.
    if (!isPrivate(cache)) return
    if (!fs.existsSync(folder)) fs.mkdirSync(folder, {mode: 0o700})
    if (isPrivate(folder)) process.getBuiltinModule('node:module').enableCompileCache(folder)
  } catch {}
}

/** The same as in src/outside/places.ts. */
function cacheFolder() {
  const {XDG_CACHE_HOME} = process.env
  if (XDG_CACHE_HOME?.startsWith('/')) return `${XDG_CACHE_HOME}/aws-oidc`
  const home = process.getBuiltinModule('node:os').homedir()
  return `${home}/${process.platform === 'darwin' ? 'Library/Caches' : '.cache'}/aws-oidc`
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
  const {createRequire} = process.getBuiltinModule('node:module')
  const {dirname} = process.getBuiltinModule('node:path')
  const load = createRequire(import.meta.url)
  load('../dist/bundle/main.cjs').start(dirname(import.meta.dirname), load('../package.json'))
}
