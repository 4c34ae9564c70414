import type {Configuration} from '../config/schema.ts'
import {AwsOidcError, printable} from '../errors.ts'
import type {InstalledPackage} from './registry.ts'

/** What the configuration says of plugins. */
export type Allowance = Pick<Configuration, 'allowedPlugins' | 'pinnedPlugins' | 'path'>

/** What is known of a plugin whose use is in question. */
export type Known = Pick<InstalledPackage, 'name'> &
  Partial<Pick<InstalledPackage, 'manifest' | 'linked' | 'integrity'>>

/** Whether a list of names, in which `*` stands for any part of a name, allows a plugin. No list allows all. */
export function allowsPlugin(allowed: readonly string[] | undefined, plugin: string): boolean {
  return allowed === undefined || allowed.some(pattern => patternOf(pattern).test(plugin))
}

/**
 * Why a plugin may not be used: it is not listed, or it is not the one that was pinned. Of a plugin that is not installed
 * only its name counts.
 */
export function refusalOf(plugin: Known, {allowedPlugins, pinnedPlugins, path}: Allowance): AwsOidcError | undefined {
  const {name, manifest, linked = false, integrity} = plugin
  if (!allowsPlugin(allowedPlugins, name)) {
    return new AwsOidcError('CONFIG_INVALID', `"plugins.allow" in ${path} does not list ${name}.`, {
      hint: `Add "${name}" to "plugins: {allow: [...]}".`,
    })
  }
  const pin = pinnedPlugins.get(name)
  if (!pin || !manifest) return undefined
  const difference = linked
    ? 'it is linked to a folder'
    : differenceFrom(pin, {version: printable(String(manifest.version), 50), integrity})
  if (difference === undefined) return undefined
  const message = `"plugins.allow" in ${path} pins ${name} to ${pin.version}, but ${difference}.`
  return new AwsOidcError('CONFIG_INVALID', message, {hint: `aws-oidc plugins install ${name}@${pin.version}`})
}

/** How a version of a plugin differs from the pinned one, as the end of a sentence; `undefined` if it does not. */
export function differenceFrom(
  pin: {readonly version: string; readonly integrity?: string | undefined},
  {version, integrity}: {readonly version: string; readonly integrity: string | undefined},
): string | undefined {
  if (version !== pin.version) return `this is ${version}`
  if (pin.integrity === undefined || pin.integrity === integrity) return undefined
  return integrity === undefined ? 'npm has noted no integrity of it' : 'its integrity is another one'
}

/** `*` stands for anything but a slash, so that it never stands for a scope and a name. */
function patternOf(text: string): RegExp {
  const parts = text.split('*').map(part => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
  return new RegExp(`^${parts.join('[^/]*')}$`)
}
