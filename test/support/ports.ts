import {once} from 'node:events'
import {connect, createServer} from 'node:net'

/** A port of this machine that somebody else uses until the caller's block ends. */
export async function busyPort(host = '127.0.0.1'): Promise<AsyncDisposable & {readonly port: number}> {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address !== 'object') throw new Error('no port')
  return {
    port: address.port,
    [Symbol.asyncDispose]: () => new Promise(resolve => server.close(() => resolve())),
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  await using busy = await busyPort()
  return busy.port
}

/** Whether anybody takes a connection there. */
export function answers(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({host, port, timeout: 2000})
    const settle = (reachable: boolean) => {
      socket.destroy()
      resolve(reachable)
    }
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
    socket.once('timeout', () => settle(false))
  })
}
