import {createServer} from 'node:http'
import {text} from 'node:stream/consumers'
import {listening} from './ports.ts'
import type {Sandbox} from './sandbox.ts'
import type {TokenEndpoint} from './token-endpoint.ts'

/**
 * The sandbox's token endpoint, except that it refuses requests with `field` and echoes its value. The error code
 * concerns the client: with another one, a refresh token would be considered dead, and the refusal not shown.
 */
export async function echoingTokenEndpoint(
  {issuer}: Sandbox,
  field: string,
  wording: (said: string) => string,
): Promise<TokenEndpoint & {readonly received: readonly string[]}> {
  const received: string[] = []
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const said = new URLSearchParams(body).get(field)
    if (said === null) {
      const headers = {'content-type': request.headers['content-type'] ?? ''}
      const answer = await fetch(`${issuer}/token`, {method: 'POST', headers, body})
      response.writeHead(answer.status, {'content-type': 'application/json', connection: 'close'})
      return response.end(await answer.text())
    }
    received.push(said)
    response.writeHead(400, {'content-type': 'application/json', connection: 'close'})
    return response.end(JSON.stringify({error: 'unauthorized_client', error_description: wording(said)}))
  })
  const port = await listening(server)
  return {
    address: `http://127.0.0.1:${port}/token`,
    received,
    close: () => new Promise(resolve => server.close(() => resolve())),
  }
}
