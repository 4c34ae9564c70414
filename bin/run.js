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
  await execute({dir: import.meta.url})
}
