import {isEnded} from './failures.ts'
import type {Context} from './registration.ts'
import {type Grant, renewed, signInAnew} from './sign-in.ts'

/** A user's sign-in at the portal, which renews itself. */
export interface Session {
  /** The present grant. */
  grant(): Grant
  /** Makes a request. If its token turns out to have ended, once more with another one. */
  ask<Answer>(request: (accessToken: string) => Promise<Answer>): Promise<Answer>
}

const name = 'session'
// A token must still be valid when it arrives.
const marginMilliseconds = 60_000

/** The remembered sign-in, renewed where its token has ended, or a new one. */
export async function sessionOf(context: Context): Promise<Session> {
  const {memory, now} = context.host
  const remembered = readGrant(await memory.get(name))
  const lives = remembered && remembered.expiresAt.getTime() - now().getTime() > marginMilliseconds
  let grant = lives ? remembered : await another(remembered, context)
  let replacing: Promise<Grant> | undefined

  /** The grant after one whose token was refused: of many requests that are refused at once, the first one asks for it. */
  async function after(refused: Grant): Promise<Grant> {
    if (grant !== refused) return grant
    replacing ??= another(refused, context).finally(() => {
      replacing = undefined
    })
    grant = await replacing
    return grant
  }

  return {
    grant: () => grant,
    async ask(request) {
      const used = grant
      try {
        return await request(used.accessToken)
      } catch (error) {
        if (!isEnded(error)) throw error
        return request((await after(used)).accessToken)
      }
    },
  }
}

/** Renews a grant, or has the user sign in. */
async function another(earlier: Grant | undefined, context: Context): Promise<Grant> {
  const grant = (earlier && (await renewed(earlier, context))) ?? (await signInAnew(context))
  // First of all: the refresh token before it may have ended.
  await context.host.memory.set(name, JSON.stringify(grant), lastsUntil(grant))
  return grant
}

/** What is remembered of a sign-in; it is not renewed. */
export async function rememberedGrant({memory}: Context['host']): Promise<Grant | undefined> {
  return readGrant(await memory.get(name))
}

function lastsUntil({refreshToken, expiresAt, registration}: Grant): Date {
  return refreshToken === undefined ? expiresAt : registration.expiresAt
}

function readGrant(text: string | undefined): Grant | undefined {
  if (text === undefined) return undefined
  const {expiresAt, registration, ...grant} = JSON.parse(text)
  return {
    ...grant,
    expiresAt: new Date(expiresAt),
    registration: {...registration, expiresAt: new Date(registration.expiresAt)},
  }
}
