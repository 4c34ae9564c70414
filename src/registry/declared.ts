import {printable} from '../errors.ts'
import {readObject, readTexts} from '../text/json.ts'

/** What a package.json says about a plugin, read as data. */
export type Manifest = Readonly<Record<string, unknown>>

export type Kind = 'strategies' | 'caches'

/** The singular of each, which is also its name in the configuration. */
export const words: Readonly<Record<Kind, string>> = {strategies: 'strategy', caches: 'cache'}
export const kinds: readonly Kind[] = ['strategies', 'caches']

/** The version of the contract with plugins. */
export const apiVersion = 1

/** The ids that a package declares. What is no id by the contract does not count. */
export function declaredBy(manifest: Manifest, kind: Kind): readonly string[] {
  return writtenIn(manifest, kind).filter(isId)
}

function writtenIn(manifest: Manifest, kind: Kind): readonly string[] {
  return readTexts(readObject(manifest['aws-oidc'])[kind])
}

/** As `Entry.id` has it. What is a member of every object would be found by all that look ids up in one. */
function isId(text: string): boolean {
  return /^[a-z][a-z0-9-]*$/.test(text) && !isInEachObject(text)
}

function isInEachObject(text: string): boolean {
  return Object.hasOwn(Object.prototype, text)
}

/** Why this version of aws-oidc can't serve a plugin, as far as its package.json tells. */
export async function whyUnfit(
  manifest: Manifest,
  ownVersion: string,
): Promise<{readonly text: string; readonly newer: boolean} | undefined> {
  const range = readObject(manifest.engines)['aws-oidc']
  if (typeof range === 'string' && !(await isIn(range, ownVersion))) {
    return {text: `it needs aws-oidc ${printable(range, 50)}; this is ${ownVersion}`, newer: true}
  }
  const {apiVersion: built} = readObject(manifest['aws-oidc'])
  if (built === undefined || built === apiVersion) return undefined
  return {text: ofOtherVersion(built), newer: typeof built === 'number' && built > apiVersion}
}

/** The range of Node versions that a plugin needs, if this one is not among them. */
export async function otherNodeOf(manifest: Manifest, nodeVersion: string): Promise<string | undefined> {
  const {node} = readObject(manifest.engines)
  return typeof node === 'string' && !(await isIn(node, nodeVersion)) ? printable(node, 50) : undefined
}

/** What a package declares against the contract: it is not installed or linked then. */
export function misdeclaredIn(manifest: Manifest): string | undefined {
  for (const kind of kinds) {
    const wrong = writtenIn(manifest, kind).find(id => !isId(id))
    if (wrong !== undefined) {
      const rule = isInEachObject(wrong)
        ? 'that is a word of JavaScript'
        : 'an id is made of lower-case letters, digits and hyphens, and begins with a letter'
      return `it provides the ${words[kind]} ${printable(JSON.stringify(wrong), 100)}, but ${rule}`
    }
  }
  // oclif would load them with it.
  const further = readObject(manifest.oclif).plugins
  if (further === undefined || (Array.isArray(further) && further.length === 0)) return undefined
  const names = printable(Array.isArray(further) ? further.join(', ') : JSON.stringify(further), 100)
  return `it declares further plugins (${names}), whose commands and hooks nobody has agreed to`
}

export function ofOtherVersion(version: unknown): string {
  return `it was built for version ${printable(String(version), 50)} of the contract; this is version ${apiVersion}`
}

async function isIn(range: string, version: string): Promise<boolean> {
  const {satisfies} = (await import('semver')).default
  return satisfies(version, range, {includePrerelease: true})
}
