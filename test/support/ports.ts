import {once} from 'node:events'
import {connect, createServer, type Server} from 'node:net'

/** A port of this machine that stays in use until the end of the caller's block. */
export async function busyPort(host = '127.0.0.1'): Promise<AsyncDisposable & {readonly port: number}> {
  const server = createServer()
  return {
    port: await listening(server, 0, host),
    [Symbol.asyncDispose]: () => new Promise(resolve => server.close(() => resolve())),
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  await using busy = await busyPort()
  return busy.port
}

/** Whether the port accepts connections. */
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

/** Makes a server listen, and returns its port. */
export async function listening(server: Server, port = 0, host = '127.0.0.1'): Promise<number> {
  await once(server.listen(port, host), 'listening')
  const address = server.address()
  if (address === null || typeof address !== 'object') throw new Error('no port')
  return address.port
}
