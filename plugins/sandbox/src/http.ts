import type {IncomingMessage, ServerResponse} from 'node:http'

/** Thrown by a handler to answer with another status than 200. */
export class HttpError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Reads the whole body. Rejects with an HttpError 413 beyond `limitBytes`. */
export async function readBody(request: IncomingMessage, limitBytes = 1_000_000): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk)
    length += bytes.length
    if (length > limitBytes) throw new HttpError(413, `The body is longer than ${limitBytes} bytes.`)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, {'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store'})
  response.end(`${JSON.stringify(value)}\n`)
}

export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').replace(/\?.*$/s, '')
}

/** Called with errors that can only be bugs of the sandbox. */
export type BugListener = (error: unknown) => void

/** Whether the client has disconnected before the answer was written, which it may. */
export function isHangUp(error: unknown): boolean {
  const codes = ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
