import {readFile} from 'node:fs/promises'
import {entryFiles} from './entry-files.ts'
import type {Home} from './home.ts'

/** The refresh token in the user's cache, which is in plain text. */
export async function refreshTokenIn(home: Home): Promise<string | undefined> {
  for (const path of await entryFiles(home.cache)) {
    const text = (await readFile(path, 'utf8')).replaceAll('\\"', '"')
    const [, token] = /"refreshToken":"([^"]+)"/.exec(text) ?? []
    if (token !== undefined) return token
  }
  return undefined
}

/** Keycloak's answer to a refresh token: "taken", or the description of the error. */
export async function presented(refreshToken: string | undefined, issuer: string, clientId: string): Promise<string> {
  const response = await fetch(`${issuer}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken ?? ''}),
  })
  const {error_description: description} = Object(await response.json())
  return response.ok ? 'taken' : String(description)
}
