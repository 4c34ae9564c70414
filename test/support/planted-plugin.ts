import {join} from 'node:path'
import type {Home} from './home.ts'
import {listPlugins} from './listed-plugins.ts'
import {writePackage} from './written-package.ts'

export interface Planted {
  /** Defaults to `aws-oidc-ping`, which declares the strategy `ping`. */
  readonly name?: string
  /** The source code of its hook. */
  readonly hook: string
  /** Overrides for its package.json. */
  readonly manifest?: Readonly<Record<string, unknown>>
  readonly files?: Readonly<Record<string, string>>
}

/** Links a plugin as `plugins link` would, without a package manager. */
export async function plantPlugin(home: Home, {name = 'aws-oidc-ping', hook, manifest, files}: Planted): Promise<void> {
  const root = join(home.folder, 'plugins', name)
  await writePackage(root, {...pluginManifest({name}), ...manifest}, {'strategies.js': hook, ...files})
  await listPlugins(home, [{name, type: 'link', root}])
}

/** The package.json of a plugin whose hook brings a strategy of this id. */
export function pluginManifest({name = 'aws-oidc-ping', id = 'ping', version = '1.0.0'} = {}) {
  return {
    name,
    version,
    type: 'module',
    'aws-oidc': {apiVersion: 1, strategies: [id]},
    oclif: {hooks: {'aws-oidc:strategies': './strategies.js'}},
  }
}

/** A hook whose strategy signs in as the built-in one does, with these lines before each step. */
export function hookWith(lines: {
  readonly atImport?: string
  readonly atHook?: string
  readonly atSignIn?: string
  readonly atSignOut?: string
}) {
  return `
    import fs from 'node:fs'
    import {writeSync} from 'node:fs'
    ${lines.atImport ?? ''}
    const ping = {
      settings: {
        issuer: {type: 'url', description: 'the issuer', required: true},
        clientId: {type: 'string', description: 'the client', required: true},
        rolesClaim: {type: 'string', description: 'not used'},
      },
      async signIn({issuer, clientId}, host) {
        ${lines.atSignIn ?? ''}
        const {idToken} = await host.tokens({issuer, clientId})
        return {subject: 'alice', proofFor: async () => ({kind: 'web-identity', token: idToken})}
      },
      async signOut(settings, host) {
        ${lines.atSignOut ?? ''}
      },
    }
    export default async () => {
      ${lines.atHook ?? ''}
      return {apiVersion: 1, entries: [{id: 'ping', summary: 'Ping', load: async () => ping}]}
    }
    void fs, writeSync
  `
}
