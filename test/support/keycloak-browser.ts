import {appendFile} from 'node:fs/promises'
import {visitKeycloak} from './keycloak-person.ts'

/**
 * A browser to be started with an address: signs in as KEYCLOAK_USER, and comes back to whoever waits; as `nobody` it
 * leaves the address alone. What it was started with stands in the file KEYCLOAK_VISITS from then on.
 */
const [, , address = ''] = process.argv
const {KEYCLOAK_USER: name = 'alice', KEYCLOAK_VISITS: visits} = process.env
if (visits) await appendFile(visits, `${address}\n`)
if (name !== 'nobody') {
  const {redirect, page} = await visitKeycloak(new URL(address), {name})
  if (redirect) await fetch(redirect)
  else process.stderr.write(`${page}\n`)
}
