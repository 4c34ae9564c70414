#!/usr/bin/env node
// Nothing is imported before the version is checked: what follows does not parse or link on an older Node.

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 24 || (major === 24 && minor < 15)) {
  process.stderr.write(`aws-oidc needs Node 24.15 or newer; this is ${process.version} (${process.execPath}).\n`)
  process.exitCode = 1
} else {
  standInForPasswdEntry()
  run()
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
  const {execute, settings} = await import('@oclif/core')
  // NODE_ENV=development in somebody's shell must not make oclif look for TypeScript.
  settings.enableAutoTranspile = false
  if (/^plugins\b/.test(process.argv[2] ?? '')) confineNpm()
  const {fileURLToPath} = process.getBuiltinModule('node:url')
  const root = fileURLToPath(new URL('..', import.meta.url))
  await execute({loadOptions: {root, userPlugins: mayBeOfPlugin(process.argv.slice(2))}})
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
