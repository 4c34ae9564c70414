import {appendFile} from 'node:fs/promises'
import {visitKeycloak} from './keycloak-user.ts'

/**
 * A browser command that gets an address: it signs in as KEYCLOAK_USER and follows the redirect to the waiting caller;
 * as `nobody` it does nothing. The address is appended to the file KEYCLOAK_VISITS.
 */
const [, , address = ''] = process.argv
const {KEYCLOAK_USER: name = 'alice', KEYCLOAK_VISITS: visits} = process.env
if (visits) await appendFile(visits, `${address}\n`)
if (name !== 'nobody') {
  const {redirect, page} = await visitKeycloak(new URL(address), {name})
  if (redirect) await fetch(redirect)
  else process.stderr.write(`${page}\n`)
}
