import type {OidcClient} from '../plugin.ts'

type Fetch = typeof globalThis.fetch

/**
 * `fetch` with the headers that a client's provider wants of each request. Redirects are never followed, so that the
 * headers reach nobody else.
 */
export function withClientHeaders(fetch: Fetch, {headers}: Pick<OidcClient, 'headers'>): Fetch {
  if (!headers) return fetch
  return (input, init) => fetch(input, {...init, redirect: 'manual', headers: {...headers, ...init?.headers}})
}
