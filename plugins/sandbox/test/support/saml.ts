import {DOMParser, type Element} from '@xmldom/xmldom'
import {expect} from 'chai'
import type {SandboxUnderTest} from './running-sandbox.ts'
import {callSts, type Parameters, roleArn, type StsAnswer} from './sts-client.ts'

export const providerArn = 'arn:aws:iam::123456789012:saml-provider/sandbox'
export const signIn = 'https://signin.aws.amazon.com/saml'

/** A document that is made as `order` says: a response for alice where nothing else is said. */
export async function mintSaml({control}: SandboxUnderTest, order: Record<string, unknown> = {}): Promise<string> {
  const {status, body} = await control('POST /saml/mint', {user: 'alice', ...order})
  expect(status, JSON.stringify(body)).to.equal(200)
  return String(body.document)
}

/** AssumeRoleWithSAML of developer, with `changes` over the usual parameters. */
export function assumeBySaml(sts: string, document: string, changes: Parameters = {}): Promise<StsAnswer> {
  const usual = {RoleArn: roleArn('developer'), PrincipalArn: providerArn, SAMLAssertion: document}
  return callSts(sts, {Action: 'AssumeRoleWithSAML', ...usual, ...changes})
}

export function xmlIn(document: string, encoding: 'base64' | 'base64url' = 'base64'): string {
  return Buffer.from(document, encoding).toString()
}

export function documentOf(xml: string): string {
  return Buffer.from(xml).toString('base64')
}

/** All elements of that name, in whatever namespace. */
export function elementsIn(xml: string, name: string): readonly Element[] {
  return [...new DOMParser().parseFromString(xml, 'application/xml').getElementsByTagNameNS('*', name)]
}

/** The values of one of AWS's attributes. */
export function attributeIn(xml: string, name: string): readonly (string | null)[] {
  return elementsIn(xml, 'Attribute')
    .filter(attribute => attribute.getAttribute('Name') === `https://aws.amazon.com/SAML/Attributes/${name}`)
    .flatMap(attribute => [...attribute.getElementsByTagNameNS('*', 'AttributeValue')])
    .map(value => value.textContent)
}
