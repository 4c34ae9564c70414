import {Readable, Writable} from 'node:stream'

export type Members = Readonly<Record<string, unknown>>

export interface Devtools {
  /** Rejects when the browser refuses or is gone. */
  send(method: string, params?: Members, sessionId?: string): Promise<Members>
  /** Resolves when the event arrives; call it before the action that triggers the event. */
  next(method: string): Promise<void>
}

/**
 * Chromium's protocol over two pipes: JSON messages, each terminated by a zero byte.
 * https://chromedevtools.github.io/devtools-protocol/
 */
export function speakDevtools(
  pipes: {readonly to: unknown; readonly from: unknown},
  gone: Promise<never>,
  heard: (method: string, params: Members) => void,
): Devtools {
  const {to, from} = pipes
  if (!(to instanceof Writable && from instanceof Readable)) throw new Error('chromium was started without pipes')
  const answers = new Map<unknown, (message: Members) => void>()
  const awaited = new Map<string, () => void>()
  let [buffered, lastId] = ['', 0]

  from.setEncoding('utf8').on('data', (chunk: string) => {
    const texts = (buffered + chunk).split('\0')
    buffered = texts.pop() ?? ''
    for (const text of texts) {
      const message = membersOf(JSON.parse(text))
      if (typeof message.method !== 'string') answers.get(message.id)?.(message)
      else {
        heard(message.method, membersOf(message.params))
        awaited.get(message.method)?.()
      }
    }
  })
  // A browser that ends early breaks its pipes; `gone` reports that better.
  for (const stream of [to, from]) stream.on('error', () => undefined)

  return {
    async send(method, params = {}, sessionId) {
      lastId += 1
      const message = {id: lastId, method, params, ...(sessionId && {sessionId})}
      const answer = new Promise<Members>(resolve => answers.set(message.id, resolve))
      to.write(`${JSON.stringify(message)}\0`)
      const {result, error} = await Promise.race([answer, gone])
      if (error) throw new Error(`${method}: ${JSON.stringify(error)}`)
      return membersOf(result)
    },
    next: method => Promise.race([new Promise<void>(resolve => awaited.set(method, resolve)), gone]),
  }
}

export function membersOf(value: unknown): Members {
  return value !== null && typeof value === 'object' ? {...value} : {}
}
