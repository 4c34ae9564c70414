import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

/**
 * The licences of all bundled packages, which they require to be distributed with the code.
 * @param {string} root
 * @param {readonly string[]} inputs paths in `root`
 */
export function licencesOf(root, inputs) {
  const folders = new Set(inputs.flatMap(path => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []))
  /** @type {Map<string, string[]>} */
  const byText = new Map()
  for (const folder of [...folders].toSorted()) {
    const {name, version, license} = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
    const text = textIn(join(root, folder)) ?? `Its package says no more than: ${license}`
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version}`])
  }
  const parts = [...byText].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`)
  return `The files beside this one hold code of these packages.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`
}

/** @param {string} folder of a package */
function textIn(folder) {
  const files = readdirSync(folder).filter(name => /^(licen[cs]e|copying|notice)/i.test(name))
  if (files.length === 0) return undefined
  return files.map(name => readFileSync(join(folder, name), 'utf8').trim()).join('\n\n')
}
