import {createHash, createHmac} from 'node:crypto'

export interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
}

export interface SigningChoices {
  readonly at?: Date
  readonly service?: string
}

/**
 * Headers of Signature Version 4 for a form posted to `address`. Knows just this one kind of request and shares nothing
 * with the code under test, so that the two can disagree.
 */
export function signedHeaders(address: string, form: string, keys: Keys, choices: SigningChoices = {}) {
  const {host, pathname} = new URL(address)
  const service = choices.service ?? 'sts'
  const timestamp = (choices.at ?? new Date()).toISOString().replace(/[-:]|\.\d+/g, '')
  const scope = `${timestamp.slice(0, 8)}/us-east-1/${service}/aws4_request`
  const canonical =
    `POST\n${pathname}\n\nhost:${host}\nx-amz-date:${timestamp}\nx-amz-security-token:${keys.sessionToken}\n\n` +
    `host;x-amz-date;x-amz-security-token\n${hash(form)}`
  let key: Buffer | string = `AWS4${keys.secretAccessKey}`
  for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest()
  const signature = createHmac('sha256', key)
    .update(`AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${hash(canonical)}`)
    .digest('hex')
  return {
    'x-amz-date': timestamp,
    'x-amz-security-token': keys.sessionToken,
    authorization: `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=${signature}`,
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
