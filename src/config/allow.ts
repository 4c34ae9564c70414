import type {Node} from './node.ts'
import type {PluginPin} from './schema.ts'

/** Which plugins may be used, and those that may be used only as they were when somebody looked at them. */
export interface Allowed {
  readonly allowedPlugins: readonly string[] | undefined
  readonly pinnedPlugins: ReadonlyMap<string, PluginPin>
}

/**
 * Reads `plugins.allow`: a list of names and patterns, or names and patterns with what is pinned, as in
 * `aws-oidc-keycloak: {version: 1.0.0, integrity: sha512-...}`. Throws CONFIG_INVALID.
 */
export function readAllowed(node: Node | undefined): Allowed {
  if (!node) return {allowedPlugins: undefined, pinnedPlugins: new Map()}
  if (Array.isArray(node.value)) return {allowedPlugins: node.texts(), pinnedPlugins: new Map()}
  const members = [...node.members()]
  const pins = members.flatMap(([name, member]) => {
    const pin = readPin(name, member)
    return pin ? [[name, pin] as const] : []
  })
  return {allowedPlugins: members.map(([name]) => name), pinnedPlugins: new Map(pins)}
}

function readPin(name: string, node: Node): PluginPin | undefined {
  const members = node.members(['version', 'integrity'])
  const [version, integrity] = [members.get('version')?.text(), members.get('integrity')?.text()]
  if (version === undefined) {
    if (integrity !== undefined) throw node.complain('needs "version" besides "integrity"')
    return undefined
  }
  if (name.includes('*')) throw node.complain('is a pattern, and no pattern has one version', `${name}: {}`)
  return {version, integrity}
}
