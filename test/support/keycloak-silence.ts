import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {stringify} from 'yaml'
import {credentialsFor} from '../../src/credentials/credentials.ts'
import {loadModule} from '../../src/outside/system/load-module.ts'
import {type InstalledPackage, registryOf} from '../../src/registry/registry.ts'
import {makeStage} from './dependencies.ts'
import {visitKeycloak} from './keycloak-user.ts'
import {root} from './sandbox.ts'

/** A sign-in that never returns: the text of Keycloak's page, and the failure after five minutes. */
export async function signInInVain(
  provider: Readonly<Record<string, unknown>>,
  name: string,
): Promise<{readonly page: string; readonly failure: unknown}> {
  const role = 'arn:aws:iam::123456789012:role/Developer'
  const stage = makeStage(
    stringify({
      providers: {corp: {strategy: 'keycloak', ...provider}},
      profiles: {developer: {provider: 'corp', role}},
    }),
  )
  const usual = stage.call()
  const network = {...usual.network, fetch, withTls: () => network}
  const registry = registryOf(await packageAt(root), [await packageAt(join(root, 'plugins/keycloak'))], {
    refusal: () => undefined,
    guard: (_plugin, work) => work(),
    load: loadModule,
    nearest: () => undefined,
  })
  let page = ''
  const deps = {
    ...usual,
    networkOf: () => network,
    registry,
    async openBrowser(address: URL) {
      ;({page} = await visitKeycloak(address, {name}))
      stage.clock.advance(5 * 60_000)
    },
  }
  const failure = await credentialsFor({profile: 'developer', force: false, lasting: false}, deps).catch(
    (error: unknown) => error,
  )
  return {page, failure}
}

async function packageAt(folder: string): Promise<InstalledPackage> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  return {name: manifest.name, root: folder, manifest}
}
