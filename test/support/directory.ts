import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'

export interface Directory {
  readonly url: string
  /** The paths that were asked for so far. */
  readonly asked: string[]
  /** The account at which the directory breaks down. */
  breaksAt: string | undefined
  stop(): Promise<void>
}

export const accounts = ['123456789012', '210987654321', '333333333333', '444444444444'].map((id, index) => ({
  id,
  name: ['production', 'staging', 'suspended', 'sandbox'][index] ?? '',
  email: `aws-${index}@example.com`,
}))

const roles: Readonly<Record<string, readonly string[]>> = {
  '123456789012': ['developer', 'auditor'],
  '210987654321': ['developer'],
  '444444444444': ['admin'],
}

/** What test/examples/directory asks: a server that knows the roles of one user. */
export async function startDirectory(): Promise<Directory> {
  const server = createServer((request, response) => {
    const {pathname, searchParams} = new URL(request.url ?? '/', 'http://directory')
    directory.asked.push(pathname)
    const answer = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body))
    if (!request.headers.authorization?.startsWith('Bearer ')) return answer(401, {})
    if (pathname === '/accounts') return answer(200, accounts)
    if (pathname === '/find') {
      const account = accounts.find(({id, name, email}) =>
        [id, name, email].includes(searchParams.get('account') ?? ''),
      )
      const has = account && roles[account.id]?.includes(searchParams.get('role') ?? '')
      return has ? answer(200, account) : answer(404, {})
    }
    const id = pathname.split('/')[2] ?? ''
    if (id === directory.breaksAt) return answer(503, {})
    const names = roles[id]
    return names ? answer(200, names) : answer(403, {reason: 'the account is suspended'})
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const {port} = server.address() as AddressInfo
  const directory: Directory = {
    url: `http://127.0.0.1:${port}`,
    asked: [],
    breaksAt: undefined,
    stop: () => new Promise(resolve => server.close(() => resolve())),
  }
  return directory
}
