import {createServer} from 'node:http'
import {text} from 'node:stream/consumers'
import {listening} from './ports.ts'
import type {Sandbox} from './sandbox.ts'

export interface Gateway {
  readonly url: string
  /** What it was asked, such as "POST /token refresh_token https://aws". */
  readonly asked: readonly string[]
  stop(): Promise<void>
}

const places: Readonly<Record<string, string>> = {
  '/token': '/token',
  '/jwks': '/jwks',
  '/revoke': '/token/revocation',
}

/** A gateway in front of the sandbox's provider. It lets nothing through without its key, or for no audience. */
export async function startGateway({issuer}: Sandbox, key: string): Promise<Gateway> {
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    const {method = '', headers, url = ''} = request
    const body = await text(request)
    const form = new URLSearchParams(body)
    asked.push([method, url, form.get('grant_type'), form.get('audience')].filter(Boolean).join(' '))
    const place = places[url]
    if (headers['x-gateway-key'] !== key) return response.writeHead(403).end()
    if (place === undefined) return response.writeHead(404).end()
    if (url === '/token' && !form.has('audience')) return response.writeHead(400).end('{"error":"invalid_target"}')
    form.delete('audience')
    const answer = await fetch(issuer + place, {
      method,
      headers: {'content-type': headers['content-type'] ?? ''},
      ...(method === 'POST' && {body: form.toString()}),
    })
    response.writeHead(answer.status, {'content-type': 'application/json'}).end(await answer.text())
    return response
  })
  const port = await listening(server)
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    stop: () => new Promise(resolve => server.close(() => resolve())),
  }
}
