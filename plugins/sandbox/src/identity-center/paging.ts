import {invalidRequest} from './errors.ts'

const usualSize = 20
const largestSize = 100

export interface Page<T> {
  readonly items: readonly T[]
  readonly nextToken: string | null
}

/** The page of `all` that the query asks for. `list` says what is listed: a token is good for that alone. */
export function pageOf<T>(all: readonly T[], list: string, query: URLSearchParams): Page<T> {
  const size = readSize(query.get('max_result'))
  const start = readToken(query.get('next_token'), list)
  const end = start + size
  return {items: all.slice(start, end), nextToken: end < all.length ? tokenFor(list, end) : null}
}

function readSize(text: string | null): number {
  if (text === null) return usualSize
  const size = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (size >= 1 && size <= largestSize) return size
  throw invalidRequest(`ResultSize parameter must be within the valid limits of: 1-${largestSize}`)
}

function tokenFor(list: string, start: number): string {
  return Buffer.from(`${list} ${start}`).toString('base64url')
}

function readToken(token: string | null, list: string): number {
  if (token === null) return 0
  const start = Number(Buffer.from(token, 'base64url').toString().replace(`${list} `, ''))
  if (Number.isInteger(start) && start > 0 && token === tokenFor(list, start)) return start
  throw invalidRequest('Invalid next token provided')
}
