import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {Plugin} from '@oclif/core'

/**
 * The text of oclif.manifest.json for the package in `root`, as compiled in its dist/.
 * @param {string} root
 */
export async function manifestText(root) {
  const plugin = new Plugin({root, type: 'core', ignoreManifest: true, errorOnManifestCreate: true})
  await plugin.load()
  return `${JSON.stringify(plugin.manifest, null, 2)}\n`
}

/** @param {string} root */
export async function writeManifest(root) {
  writeFileSync(join(root, 'oclif.manifest.json'), await manifestText(root))
}
