#!/usr/bin/env node
// Nothing is imported before the version is checked: what follows does not parse or link on an older Node.

const fs = process.getBuiltinModule?.('node:fs')
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 24 || (major === 24 && minor < 15)) {
  process.stderr.write(`aws-oidc needs Node 24.15 or newer; this is ${process.version} (${process.execPath}).\n`)
  process.exitCode = 1
} else if (!serveHotCopy()) {
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

/** A container started with an arbitrary user id has no passwd entry, where oclif looks for a shell and a home. */
function standInForPasswdEntry() {
  try {
    process.getBuiltinModule('node:os').userInfo()
  } catch {
    process.env.SHELL ??= '/bin/sh'
    process.env.HOME ??= '/nonexistent'
  }
}

async function run() {
  const {fileURLToPath} = process.getBuiltinModule('node:url')
  const root = fileURLToPath(new URL('..', import.meta.url))
  const [command, words, ...asked] = process.argv.slice(2)
  if (command === 'autocomplete' && words === 'words') {
    // A person has pressed Tab: there is no time for oclif.
    const {complete} = await import('../dist/wiring/complete.js')
    return complete(root, asked, process.env, process.platform)
  }
  const {execute, settings} = await import('@oclif/core')
  // NODE_ENV=development in somebody's shell must not make oclif look for TypeScript.
  settings.enableAutoTranspile = false
  if (/^plugins\b/.test(command ?? '')) confineNpm()
  return execute({loadOptions: {root, userPlugins: mayBeOfPlugin(process.argv.slice(2))}})
}

/** What npm installs is the person's alone, and no package's install script runs: oclif starts it with our environment. */
function confineNpm() {
  process.umask(0o077)
  for (const name of Object.keys(process.env)) {
    if (/^npm_config_ignore[-_]scripts$/i.test(name)) delete process.env[name]
  }
  process.env.npm_config_ignore_scripts = 'true'
}

/**
 * Our own commands run without oclif's loading of plugins, which would run code of each that has an `init` hook or no
 * manifest. Those that mend plugins must work whatever is installed.
 * @param {readonly string[]} args
 */
function mayBeOfPlugin([words = '', next = '']) {
  const [topic = '', name = next] = words.split(':')
  if (topic === 'plugins') return !/^(add|install|link|remove|reset|uninstall|unlink|update)$/.test(name)
  const {existsSync} = process.getBuiltinModule('node:fs')
  const own = (/** @type {string} */ path) => existsSync(new URL(`../dist/commands/${path}`, import.meta.url))
  return !/^[a-z]+$/.test(topic) || !(own(`${topic}.js`) || own(topic))
}
