/** Our own plugins, by what they provide. Listed, because a name derived from an id could be published by anybody. */
export const ourPlugins = {
  strategies: new Map([['keycloak', 'aws-oidc-keycloak']]),
  caches: new Map([['pass', 'aws-oidc-cache-pass']]),
} satisfies Readonly<Record<string, ReadonlyMap<string, string>>>

/** None is published on npm yet; each is built in the folder `plugins/` of a clone. */
const unpublished = [...ourPlugins.strategies.values(), ...ourPlugins.caches.values(), 'aws-oidc-sandbox']

/** How to install one of our own plugins where the registry does not have it; `undefined` for any other. */
export function installFromClone(plugin: string, version: string): string | undefined {
  if (!unpublished.includes(plugin)) return undefined
  const pack = `npm pack --workspace plugins/${plugin.slice('aws-oidc-'.length)}`
  const install = `aws-oidc plugins install ./${plugin}-${version}.tgz`
  return `${pack} && ${install} (in a clone of aws-oidc, after npm run build)`
}

/** How to get a newer aws-oidc: from the registry, or in the clone that this one runs from. */
export function updateOf({root}: {readonly root: string}): string {
  const isInstalled = /[\\/]node_modules[\\/]/.test(root)
  return isInstalled ? 'npm install --global aws-oidc@latest' : `git pull && npm ci && npm run build (in ${root})`
}
