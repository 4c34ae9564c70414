import {once} from 'node:events'
import type {IncomingMessage} from 'node:http'

const limitBytes = 56 * 1024

/** Reads a form and puts it back, because oidc-provider parses the body itself. */
export async function peekForm(request: IncomingMessage): Promise<URLSearchParams> {
  const expectedBytes = Number(request.headers['content-length'] ?? 0)
  if (expectedBytes === 0 || expectedBytes > limitBytes) return new URLSearchParams()
  const chunks: Buffer[] = []
  let length = 0
  while (length < expectedBytes) {
    const chunk: unknown = request.read()
    if (chunk instanceof Buffer) {
      chunks.push(chunk)
      length += chunk.length
    } else if (request.readableEnded || request.destroyed) {
      break
    } else {
      await once(request, 'readable')
    }
  }
  const body = Buffer.concat(chunks)
  request.unshift(body)
  return new URLSearchParams(body.toString())
}
