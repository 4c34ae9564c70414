import {expect} from 'chai'
import {type Keys, type SigningChoices, signedHeaders} from './signer.ts'

export interface StsAnswer {
  readonly status: number
  readonly headers: Headers
  readonly xml: string
  /** Text of the first element of this name; empty when there is none. */
  element(name: string): string
}

export type Parameters = Readonly<Record<string, string>>

export async function callSts(
  address: string,
  parameters: Parameters,
  signing?: SigningChoices & {readonly keys: Keys},
): Promise<StsAnswer> {
  const form = new URLSearchParams({Version: '2011-06-15', ...parameters}).toString()
  const signature = signing ? signedHeaders(address, form, signing.keys, signing) : {}
  const headers = {'content-type': 'application/x-www-form-urlencoded', ...signature}
  const response = await fetch(address, {method: 'POST', body: form, headers})
  const xml = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    xml,
    element: name => unescapeXml(new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? ''),
  }
}

export function roleArn(name: string): string {
  return `arn:aws:iam::123456789012:role/${name}`
}

/** AssumeRoleWithWebIdentity of developer, with `changes` over the usual parameters. */
export function assumeByToken(address: string, token: string, changes: Parameters = {}): Promise<StsAnswer> {
  const usual = {RoleArn: roleArn('developer'), RoleSessionName: 'alice', WebIdentityToken: token}
  return callSts(address, {Action: 'AssumeRoleWithWebIdentity', ...usual, ...changes})
}

export function keysIn(answer: StsAnswer): Keys {
  return {
    accessKeyId: answer.element('AccessKeyId'),
    secretAccessKey: answer.element('SecretAccessKey'),
    sessionToken: answer.element('SessionToken'),
  }
}

export function expectError(answer: StsAnswer, status: number, code: string, message: string | RegExp): void {
  expect(`${answer.status} ${answer.element('Code')}`, answer.xml).to.equal(`${status} ${code}`)
  if (typeof message === 'string') expect(answer.element('Message')).to.equal(message)
  else expect(answer.element('Message')).to.match(message)
  expect(answer.element('RequestId')).to.equal(answer.headers.get('x-amzn-requestid'))
}

function unescapeXml(xml: string): string {
  return xml.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
}
