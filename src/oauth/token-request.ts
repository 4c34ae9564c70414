import {Response} from '../http/fetched.ts'

type Fetch = typeof globalThis.fetch

/** Sends one request to a token endpoint and records its outcome. */
export interface TokenRequest {
  readonly fetch: Fetch
  /**
   * `answered` for a 2xx answer; `refused` if the endpoint did not carry out the request; `unsent` if it was never
   * sent; `unknown` if it may have been carried out.
   */
  outcome(): 'answered' | 'refused' | 'unsent' | 'unknown'
  /** Replays the recorded answer, to verify it again: the request itself can't be repeated. */
  readonly again: Fetch
  /** The body of the answer. */
  text(): string
}

// The only failures that are sure to happen before anything is sent.
const withoutConnection = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

export function tokenRequest(fetch: Fetch): TokenRequest {
  let answer: {readonly status: number; readonly headers: Headers; readonly text: string} | undefined
  let sent = false
  const replay = () =>
    new Response(answer?.text ?? null, {status: answer?.status ?? 200, headers: answer?.headers ?? {}})
  return {
    async fetch(input, init) {
      if (init?.method !== 'POST') return fetch(input, init)
      try {
        sent = true
        answer = undefined
        const response = await fetch(input, init)
        answer = {status: response.status, headers: response.headers, text: await response.text()}
        return replay()
      } catch (error) {
        sent = !withoutConnection.has(codeBehind(error))
        throw error
      }
    },
    outcome() {
      if (!answer) return sent ? 'unknown' : 'unsent'
      if (answer.status >= 500 || answer.status === 429) return 'unknown'
      return answer.status < 300 ? 'answered' : 'refused'
    },
    again: async (input, init) => (init?.method === 'POST' ? replay() : fetch(input, init)),
    text: () => answer?.text ?? '',
  }
}

function codeBehind(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}
