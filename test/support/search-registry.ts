import {createServer} from 'node:http'
import {listening} from './ports.ts'

/** A registry that answers searches as registry.npmjs.org does, with what each version's metadata says. */
export interface SearchRegistry {
  /** Variables for npm: this registry, and none of the user's npm configuration. */
  readonly env: Readonly<Record<string, string>>
  /** The paths and queries that were asked for. */
  readonly asked: readonly string[]
  stop(): void
}

export interface SearchHit {
  readonly name: string
  readonly keywords: readonly string[]
  /** Members of its package.json, and what the registry adds. */
  readonly facts?: Readonly<Record<string, unknown>>
  /** Whether the registry finds it and knows no more of it. */
  readonly isGone?: boolean
}

export const released = '2026-03-01T12:00:00.000Z'

/** Starts it. Hits have version 1.0.0; `undefined` for hits makes a registry without search. */
export async function startSearchRegistry(
  hits: readonly SearchHit[] | undefined,
  folder: string,
): Promise<SearchRegistry> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '').replaceAll('+', ' ')
    asked.push(path)
    const hit = hits?.find(({name, isGone}) => path === `/${name}` && !isGone)
    const document = path.startsWith('/-/v1/search') ? hits && {objects: hits.map(objectOf)} : hit && packumentOf(hit)
    response.writeHead(document ? 200 : 404, {'content-type': 'application/json'})
    response.end(JSON.stringify(document ?? {error: 'not found'}))
  })
  const port = await listening(server)
  return {
    env: {
      npm_config_userconfig: `${folder}/absent-npmrc`,
      npm_config_cache: `${folder}/npm-cache`,
      AWS_OIDC_NPM_REGISTRY: `http://127.0.0.1:${port}/`,
    },
    asked,
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function objectOf({name, keywords}: SearchHit) {
  const publisher = {username: 'bob', email: 'bob@example.com'}
  return {package: {name, version: '1.0.0', keywords, date: released, publisher, maintainers: [publisher], links: {}}}
}

function packumentOf({name, facts}: SearchHit) {
  const version = {name, version: '1.0.0', ...facts}
  return {
    name,
    'dist-tags': {latest: '1.0.0'},
    versions: {'1.0.0': version},
    time: {'1.0.0': released},
  }
}
