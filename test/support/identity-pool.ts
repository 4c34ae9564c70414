import {createServer, type IncomingMessage} from 'node:http'
import type {AddressInfo} from 'node:net'
import {text} from 'node:stream/consumers'
import type {Sandbox} from './sandbox.ts'

export interface IdentityPool {
  readonly url: string
  readonly id: string
  /** The actions asked for so far. */
  readonly asked: readonly string[]
  stop(): Promise<void>
}

/**
 * A Cognito identity pool that gives one role to whoever the sandbox's provider signs in. It asks STS for the role as
 * the real one does, and its answers are shaped as
 * https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetCredentialsForIdentity.html says.
 */
export async function startIdentityPool(sandbox: Sandbox, role: string): Promise<IdentityPool> {
  const id = 'eu-central-1:6ab57a4b-3a38-4a5b-9c7d-2d1f0a4be2c1'
  const identity = 'eu-central-1:11111111-2222-4333-8444-555555555555'
  const asked: string[] = []

  async function answerTo(request: IncomingMessage): Promise<readonly [number, object]> {
    const action = String(request.headers['x-amz-target']).replace(/^AWSCognitoIdentityService\./, '')
    asked.push(action)
    const body = JSON.parse(await text(request))
    const token = body.Logins?.[new URL(sandbox.issuer).host]
    if (request.method !== 'POST' || request.headers['content-type'] !== 'application/x-amz-json-1.1')
      return refusal('SerializationException', 'not a request of this protocol')
    if (typeof token !== 'string') return refusal('NotAuthorizedException', 'No login of a provider of this pool.')
    if (action === 'GetId' && body.IdentityPoolId === id) return [200, {IdentityId: identity}]
    if (action === 'GetCredentialsForIdentity' && body.IdentityId === identity) return credentialsFor(token)
    return refusal('ResourceNotFoundException', `${action} of an unknown pool or identity`)
  }

  async function credentialsFor(token: string): Promise<readonly [number, object]> {
    const form = {
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: role,
      RoleSessionName: 'CognitoIdentityCredentials',
      WebIdentityToken: token,
    }
    const answer = await fetch(sandbox.sts, {method: 'POST', body: new URLSearchParams(form)})
    const xml = await answer.text()
    if (!answer.ok) return refusal('InvalidIdentityPoolConfigurationException', xml)
    const member = (name: string) => new RegExp(`<${name}>(.*?)</${name}>`).exec(xml)?.[1] ?? ''
    const Credentials = {
      AccessKeyId: member('AccessKeyId'),
      SecretKey: member('SecretAccessKey'),
      SessionToken: member('SessionToken'),
      Expiration: Date.parse(member('Expiration')) / 1000,
    }
    return [200, {IdentityId: identity, Credentials}]
  }

  const server = createServer(async (request, response) => {
    const [status, body] = await answerTo(request)
    response.writeHead(status, {'content-type': 'application/x-amz-json-1.1'}).end(JSON.stringify(body))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const {port} = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    id,
    asked,
    stop: () => new Promise(resolve => server.close(() => resolve())),
  }
}

function refusal(type: string, message: string): readonly [number, object] {
  return [400, {__type: type, message}]
}
