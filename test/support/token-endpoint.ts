import {createServer} from 'node:http'
import {text} from 'node:stream/consumers'
import {listening} from './ports.ts'
import type {Sandbox} from './sandbox.ts'

export interface TokenEndpoint {
  readonly address: string
  close(): Promise<void>
}

/**
 * The sandbox's token endpoint at another address, which calls `onDone` after processing a request and before
 * answering.
 */
export async function slowTokenEndpoint({issuer}: Sandbox, onDone: () => void): Promise<TokenEndpoint> {
  const server = createServer(async (request, response) => {
    const {method = '', headers} = request
    const answer = await fetch(`${issuer}/token`, {
      method,
      headers: {'content-type': headers['content-type'] ?? ''},
      body: await text(request),
    })
    onDone()
    // The signal must arrive before the answer.
    await new Promise(resolve => setTimeout(resolve, 200))
    response.writeHead(answer.status, {'content-type': 'application/json', connection: 'close'})
    response.end(await answer.text())
  })
  const port = await listening(server)
  return {
    address: `http://127.0.0.1:${port}/token`,
    close: () => new Promise(resolve => server.close(() => resolve())),
  }
}

/** An address that is, or was, a token endpoint, and the requests it received. */
export interface OtherEndpoint extends TokenEndpoint {
  readonly received: readonly string[]
}

interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Answers all requests alike, or each path in its own way; an absent answer cuts the connection. */
export async function otherEndpoint(answers?: Answer | ((path: string) => Answer)): Promise<OtherEndpoint> {
  const received: string[] = []
  const server = createServer(async (request, response) => {
    received.push(await text(request))
    const answer = typeof answers === 'function' ? answers(request.url ?? '') : answers
    if (!answer) return request.socket.destroy()
    response.writeHead(answer.status, {connection: 'close', ...answer.headers})
    return response.end(answer.body)
  })
  const port = await listening(server)
  return {
    address: `http://127.0.0.1:${port}/token`,
    received,
    close: () => new Promise(resolve => server.close(() => resolve())),
  }
}
