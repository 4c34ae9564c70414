import type {IncomingMessage, ServerResponse} from 'node:http'

/** An answer other than 200 that a handler wants given. */
export class HttpError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Rejects with 413 beyond `limitBytes`. */
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

/** Told of errors that can only be a mistake in the sandbox itself. */
export type BugListener = (error: unknown) => void

/** The client went away before the answer was written, which is its right. */
export function isHangUp(error: unknown): boolean {
  const codes = ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
