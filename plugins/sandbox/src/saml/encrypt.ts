import {createCipheriv, publicEncrypt, randomBytes} from 'node:crypto'
import {element} from '../xml-text.ts'
import type {SamlIdentity} from './identity.ts'
import {namespaces} from './names.ts'

const {encryption, signature, assertion} = namespaces

/** An encrypted assertion that AWS can't read: it is encrypted for the provider's own key. */
export function encryptedAssertion(xml: string, {certificate}: SamlIdentity): string {
  const key = randomBytes(32)
  const iv = randomBytes(16)
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  const encrypted = Buffer.concat([iv, cipher.update(xml), cipher.final()])
  const encryptedKey = element(
    'xenc:EncryptedKey',
    {},
    method(`${encryption}rsa-oaep-mgf1p`),
    cipherData(publicEncrypt(certificate, key)),
  )
  const data = element(
    'xenc:EncryptedData',
    {'xmlns:xenc': encryption, Type: `${encryption}Element`},
    method(`${encryption}aes256-cbc`),
    element('ds:KeyInfo', {'xmlns:ds': signature}, encryptedKey),
    cipherData(encrypted),
  )
  return element('saml:EncryptedAssertion', {'xmlns:saml': assertion}, data)
}

function method(algorithm: string): string {
  return element('xenc:EncryptionMethod', {Algorithm: algorithm})
}

function cipherData(bytes: Buffer): string {
  return element('xenc:CipherData', {}, element('xenc:CipherValue', {}, bytes.toString('base64')))
}
