import type {ServerResponse} from 'node:http'
import {setTimeout as delay} from 'node:timers/promises'
import type {Fault} from './faults.ts'

/**
 * Carries out the part of `fault` that precedes the real answer: delays it, cuts the connection or answers something
 * else. Resolves to the outcome for the journal if that was the whole answer.
 */
export async function interfere(fault: Fault | undefined, response: ServerResponse): Promise<string | undefined> {
  // Unreferenced: a delayed answer must not keep a stopped sandbox alive.
  if (fault?.delayMs !== undefined) await delay(fault.delayMs, undefined, {ref: false})
  if (fault?.cut) {
    response.destroy()
    return 'cut'
  }
  if (fault?.status !== undefined) {
    response.writeHead(fault.status, {'Content-Type': fault.contentType ?? 'text/plain; charset=utf-8'})
    response.end(fault.body ?? '')
    return `http_${fault.status}`
  }
  return undefined
}
