import type {InstalledPlugin} from '../../registry/fit.ts'

/** What a plugin provides, as the end of a sentence; empty if that is nothing. */
export function whatOf({strategies, caches, commands}: InstalledPlugin): string {
  const parts = [
    ...strategies.map(id => `"strategy: ${id}"`),
    ...caches.map(id => `"cache: ${id}"`),
    ...commands.map(command => `"aws-oidc ${command}"`),
  ]
  return parts.length === 0 ? '' : `, which provides ${parts.join(', ')}`
}
