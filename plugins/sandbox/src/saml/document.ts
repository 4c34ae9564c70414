import {awsSignIn, type User} from '../account.ts'
import type {Clock} from '../clock.ts'
import {assertionFor} from './assertion.ts'
import {encryptedAssertion} from './encrypt.ts'
import {createSamlIdentity, type SamlIdentity} from './identity.ts'
import type {DocumentOrder} from './order.ts'
import {responseFor} from './response.ts'
import {breakSignatures, signElement} from './sign.ts'

export interface SamlSource {
  readonly issuer: string
  readonly identity: SamlIdentity
  readonly clock: Clock
}

const doctype = '<!DOCTYPE Response [<!ENTITY someone "alice">]>'

/** The provider's SAML document about `user`, with the form, the encoding and the mistakes of `order`. */
export async function samlDocument(user: User, order: DocumentOrder, source: SamlSource): Promise<string> {
  const {change, encoding, padded} = order
  const xml = await signedXml(user, order, source)
  const whole = Buffer.from(
    `${change.doctype ? doctype : ''}${change.signature === 'broken' ? breakSignatures(xml) : xml}`,
  )
  // Node pads base64 but not base64url, so remove the padding first.
  const bare = whole.toString(encoding).replace(/=+$/, '')
  return padded ? bare.padEnd(Math.ceil(bare.length / 4) * 4, '=') : bare
}

async function signedXml(user: User, order: DocumentOrder, {identity, clock, ...source}: SamlSource): Promise<string> {
  const {form, c14n, change} = order
  const issuer = change.issuer ?? source.issuer
  const now = clock.now()
  const signer = change.signature === 'foreign-key' ? await createSamlIdentity() : identity
  const sign = (xml: string, id: string) => signElement(xml, id, c14n, signer)
  const signsAssertions = change.signature !== 'none' && change.signature !== 'response-only'

  const assertions = Array.from({length: change.secondAssertion ? 2 : 1}, () =>
    assertionFor({user, order, issuer, now}),
  )
  const selfContained = () =>
    assertions.map(({id, xml}) => {
      const signed = signsAssertions ? sign(xml('declared'), id) : xml('declared')
      return change.encrypted ? encryptedAssertion(signed, identity) : signed
    })
  if (form === 'assertion') return selfContained().join('')

  const content = change.encrypted ? selfContained() : assertions.map(({xml}) => xml('undeclared'))
  const issued = new Date(now.getTime() - (change.issueInstantSecondsAgo ?? 0) * 1000)
  const response = responseFor({issuer, recipient: change.recipient ?? awsSignIn, issued, content})
  if (change.signature === 'response-only') return sign(response.xml, response.id)
  // Inclusive C14N includes the Response's namespaces, so sign the assertions inside it.
  const unsigned = signsAssertions && !change.encrypted ? assertions : []
  return unsigned.reduce((xml, {id}) => sign(xml, id), response.xml)
}
