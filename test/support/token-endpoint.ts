import {createServer} from 'node:http'
import {text} from 'node:stream/consumers'
import type {Sandbox} from './sandbox.ts'

export interface TokenEndpoint {
  readonly address: string
  close(): Promise<void>
}

/** The sandbox's token endpoint, at another address, which tells when it has done what it was asked and not yet answered. */
export async function slowTokenEndpoint({issuer}: Sandbox, onDone: () => void): Promise<TokenEndpoint> {
  const server = createServer(async (request, response) => {
    const {method = '', headers} = request
    const answer = await fetch(`${issuer}/token`, {
      method,
      headers: {'content-type': headers['content-type'] ?? ''},
      body: await text(request),
    })
    onDone()
    // The signal has to arrive before the answer.
    await new Promise(resolve => setTimeout(resolve, 200))
    response.writeHead(answer.status, {'content-type': 'application/json', connection: 'close'})
    response.end(await answer.text())
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  const bound = server.address()
  const port = bound !== null && typeof bound === 'object' ? bound.port : 0
  return {
    address: `http://127.0.0.1:${port}/token`,
    close: () => new Promise(resolve => server.close(() => resolve())),
  }
}
