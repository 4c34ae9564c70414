import {AwsOidcError} from '../errors.ts'
import {memberOf} from '../text/json.ts'
import {printable} from '../text/printable.ts'

type Claims = Readonly<Record<string, unknown>>

interface Named {
  readonly subject?: string | undefined
  readonly claims?: Claims | undefined
}

export interface SessionName {
  readonly name: string
  /** Which value could not be used because it would tell nobody apart, and which one replaces it. */
  readonly note?: string
}

/**
 * The role session name from a template such as `{email}`, or from the subject if there is none. STS takes 2 to 64 of
 * `[\w+=,.@-]`; other characters become `-`. A name in another script would be lost, and two users would look the same,
 * so another claim that names the user replaces it. Throws CONFIG_INVALID if a claim is missing.
 */
export function sessionNameOf(template: string | undefined, user: Named | undefined): SessionName {
  const {subject, claims = {}} = user ?? {}
  const notes: string[] = []
  const put = (value: string, what: string) => {
    const instead = isLegible(value) ? undefined : legibleClaim(claims)
    if (!instead) return value
    notes.push(`AWS accepts too few letters of ${what} in a session name: ${instead.claim} is used instead.`)
    return instead.value
  }
  const text =
    template?.replace(/\{([^{}]+)\}/g, (_, name: string) =>
      put(claimAt(name, claims, template), `the claim "${name}"`),
    ) ?? put(subject?.trim() || 'aws-oidc', 'the name you are signed in with')
  const name = fitted(text).slice(0, 64).padEnd(2, '-')
  return {name, ...(notes.length > 0 && {note: notes.join(' ')})}
}

function claimAt(name: string, claims: Claims, template: string): string {
  const value = memberOf(claims, name)
  if (typeof value === 'number' || (typeof value === 'string' && value.trim() !== '')) return String(value)
  const named = `sessionName "${printable(template, 100)}" needs the claim "${name}"`
  const there = printable(Object.keys(claims).join(', ')) || 'none'
  const isThere = value !== undefined && value !== null && typeof value !== 'string'
  throw new AwsOidcError(
    'CONFIG_INVALID',
    isThere
      ? `${named}, which is ${Array.isArray(value) ? 'a list' : 'not text'} in this sign-in and can't be part of a name.`
      : `${named}, which ${value === undefined ? 'the sign-in lacks' : 'is empty in this sign-in'}.`,
    {hint: `Claims in this sign-in: ${there}.`},
  )
}

function fitted(text: string): string {
  return text.replace(/[^\w+=,.@-]/g, '-')
}

/** Whether STS takes more than half of the letters before an @; those behind it are the same for everybody. */
function isLegible(value: string): boolean {
  const [local = ''] = value.split('@')
  const letters = local.match(/[\p{L}\p{M}\p{N}]/gu) ?? []
  const kept = letters.filter(letter => /[A-Za-z0-9]/.test(letter))
  return kept.length > 0 && 2 * kept.length > letters.length
}

/** The first legible claim (OpenID Connect Core 1.0, 5.1). `sub` is unique for good, but means nothing to a reader. */
function legibleClaim({email, preferred_username: username, sub}: Claims) {
  const local = typeof email === 'string' ? email.split('@')[0] : undefined
  const candidates = [
    ['the part of "email" before the @', local],
    ['"preferred_username"', username],
    ['"sub"', sub],
  ] as const
  for (const [claim, value] of candidates) if (typeof value === 'string' && isLegible(value)) return {claim, value}
  return undefined
}
