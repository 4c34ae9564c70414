import {Sha256} from '@smithy/core/checksum'
import {SignatureV4} from '@smithy/signature-v4'
import type {AwsCredentials} from '../plugin.ts'
import type {StsEndpoint} from './endpoint.ts'

/**
 * Signs the headers of a POST to STS with credentials (Signature Version 4). `date` is the time by the clock of STS,
 * which refuses a time more than 15 minutes off.
 */
export async function signedHeaders(
  headers: Readonly<Record<string, string>>,
  body: string,
  {url, region}: StsEndpoint,
  {accessKeyId, secretAccessKey, sessionToken}: AwsCredentials,
  date: Date,
): Promise<Readonly<Record<string, string>>> {
  const signer = new SignatureV4({
    service: 'sts',
    region,
    credentials: {accessKeyId, secretAccessKey, sessionToken},
    sha256: Sha256,
  })
  const {protocol, hostname, host, pathname: path} = url
  const request = {method: 'POST', protocol, hostname, path, headers: {...headers, host}, body}
  return (await signer.sign(request, {signingDate: date})).headers
}
