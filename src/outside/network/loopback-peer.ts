import {readQuickly} from '../files/quick.ts'

/** The two ends of a connection on loopback, as the listener sees them. */
export interface LoopbackConnection {
  readonly localPort: number
  readonly remotePort: number
}

/**
 * Whether a connection comes from a program of another user of this machine. Only Linux tells, in world-readable files;
 * elsewhere the answer is always no.
 */
export async function isOtherUsers(connection: LoopbackConnection): Promise<boolean> {
  const own = process.getuid?.()
  if (own === undefined) return false
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map(path => readQuickly(path) ?? '')
  return tables.some(table => ownersIn(table, connection).some(uid => uid !== own && uid !== 0))
}

/**
 * The user ids at the other end. The caller lets root pass: it can read everything anyway, and relays between a virtual
 * machine and its host run as root. https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html
 */
export function ownersIn(table: string, {localPort, remotePort}: LoopbackConnection): readonly number[] {
  return table.split('\n').flatMap(line => {
    const [, local = '', remote = '', , , , , uid] = line.trim().split(/\s+/)
    const isOtherEnd = portOf(local) === remotePort && portOf(remote) === localPort
    return isOtherEnd && uid !== undefined ? [Number(uid)] : []
  })
}

function portOf(address: string): number {
  return Number.parseInt(address.split(':')[1] ?? '', 16)
}
