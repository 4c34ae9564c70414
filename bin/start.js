// Hands a call over to oclif. bin/run.js uses it from the bundle, bin/dev.js as it is.
import {execute, handle, settings} from '@oclif/core'

/**
 * @param {string} root the folder of this package
 * @param {any} pjson its package.json, which is changed
 * @param {readonly string[]} own ids of our own commands, such as "cache:info"
 * @param {boolean} [ignoreManifest] whether the commands may differ from oclif.manifest.json
 */
export async function start(root, pjson, own, ignoreManifest = false) {
  // NODE_ENV=development in a user's shell must not make oclif look for TypeScript.
  settings.enableAutoTranspile = false
  const [words = '', next = ''] = process.argv.slice(2)
  const [topic = '', name = next] = words.split(':')
  const isOwn = own.some(id => id === topic || id.startsWith(`${topic}:`))
  if (topic === 'plugins') confineNpm()
  else if (isOwn) pjson.oclif.plugins = []
  const options = {root, pjson, ignoreManifest, userPlugins: false}
  if (!mayBeOfPlugin(isOwn, topic, name)) return execute({loadOptions: options})
  try {
    const {withPlugins} = await import('./plugins.js')
    return execute({loadOptions: await withPlugins(options, process.argv.slice(2))})
  } catch (error) {
    return handle(error instanceof Error ? error : new Error(String(error)))
  }
}

/** Has npm install for the user alone, and run no package's install script: oclif starts it with our environment. */
function confineNpm() {
  process.umask(0o077)
  for (const name of Object.keys(process.env)) {
    if (/^npm_config_ignore[-_]scripts$/i.test(name)) delete process.env[name]
  }
  process.env.npm_config_ignore_scripts = 'true'
}

/**
 * Whether plugins are looked at. Our own commands go without them, and so do those that find or mend plugins, which
 * must work whatever is installed.
 * @param {boolean} isOwn
 * @param {string} topic
 * @param {string} name
 */
function mayBeOfPlugin(isOwn, topic, name) {
  if (topic === 'plugins') return !/^(add|install|link|remove|reset|search|uninstall|unlink|update)$/.test(name)
  return !isOwn && topic !== '--version'
}
