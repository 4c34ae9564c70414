import type {JSONWebKeySet} from 'jose'
import type {OpenIdTrust, SamlTrust} from '../sts/trust.ts'
import {anyObject, list, members, type Reader, text, wrong} from './readers.ts'

// The library that verifies with a key checks its members.
const keySet: Reader<JSONWebKeySet> = (value, place) => ({
  keys: [...list(anyObject)(anyObject(value, place).keys, `${place}.keys`)] as JSONWebKeySet['keys'],
})

const openIdMembers = members({issuer: text, keys: keySet, audiences: list(text)})
const samlMembers = members({issuer: text, certificate: text})

export function readOpenIdProvider(body: unknown): OpenIdTrust {
  const {issuer, keys, audiences} = openIdMembers(body, 'provider')
  if (issuer && keys && audiences) return {issuer, keys, audiences}
  throw wrong('provider.issuer, provider.keys and provider.audiences are needed.')
}

/** Reads a SAML provider, with its certificate in PEM or in bare base64 as in SAML metadata. */
export function readSamlProvider(body: unknown): SamlTrust {
  const {issuer, certificate} = samlMembers(body, 'provider')
  if (!issuer || !certificate) throw wrong('provider.issuer and provider.certificate are needed.')
  const base64 = certificate.replace(/-----[^-]+-----|\s/g, '')
  return {issuer, certificate: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`}
}
