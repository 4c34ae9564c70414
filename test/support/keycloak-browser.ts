import {visitKeycloak} from './keycloak-person.ts'

/** A browser to be started with an address: signs in as KEYCLOAK_USER, and comes back to whoever waits. */
const [, , address = ''] = process.argv
const {redirect, page} = await visitKeycloak(new URL(address), {name: process.env.KEYCLOAK_USER || 'alice'})
if (redirect) await fetch(redirect)
else process.stderr.write(`${page}\n`)
