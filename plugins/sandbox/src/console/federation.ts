import {isJsonObject} from '../json.ts'
import type {SandboxState} from '../state.ts'
import type {IssuedCredential} from '../sts/issued-credentials.ts'
import type {ConsoleSession} from './sessions.ts'

/** A refusal with status 400 and a page, which is how AWS Sign-In refuses everything. */
export class FederationError extends Error {
  /** Whether the browser is still signed in as somebody else. */
  readonly occupied: boolean

  constructor(message: string, {occupied = false} = {}) {
    super(message)
    this.occupied = occupied
  }
}

export type Federated =
  | {readonly session: ConsoleSession; readonly token: string}
  | {readonly session: ConsoleSession; readonly destination: URL}

// AWS Sign-In's own words, as users reported them: https://github.com/99designs/aws-vault/issues/77
const invalid = 'Invalid credentials parameter'
const shortestSeconds = 900
const longestSeconds = 43_200

/** Handles a request to the federation endpoint. `cookie` identifies the browser's present session. */
export function federate(parameters: URLSearchParams, cookie: string, state: SandboxState): Federated {
  const action = parameters.get('Action')
  if (action === 'getSigninToken') return getSigninToken(parameters, state)
  if (action === 'login') return login(parameters, cookie, state)
  throw new FederationError('Invalid action parameter')
}

function getSigninToken(parameters: URLSearchParams, state: SandboxState): Federated {
  const issued = issuedFor(parameters.get('Session') ?? '', state)
  const expiresAt = endOf(issued, parameters.get('SessionDuration'), state)
  const {account, roleName, sessionName, assumedRoleId, chained} = issued
  const session = {account, roleName, sessionName, assumedRoleId, chained, expiresAt}
  return {session, token: state.console.issueToken(session)}
}

/** Finds the credentials in `Session`. Refuses keys without a matching session token, such as those of an IAM user. */
function issuedFor(text: string, {credentials, clock}: SandboxState): IssuedCredential {
  const {sessionId, sessionKey, sessionToken} = parse(text)
  const issued = typeof sessionId === 'string' ? credentials.find(sessionId) : undefined
  const matches = issued?.secretAccessKey === sessionKey && issued?.sessionToken === sessionToken
  if (!issued || !matches || issued.expiresAt <= clock.now()) throw new FederationError(invalid)
  return issued
}

function parse(text: string) {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : {}
  } catch {
    return {}
  }
}

/** Without a duration the console session ends with the credentials. With one it may outlive them, unless chained. */
function endOf(issued: IssuedCredential, duration: string | null, {clock}: SandboxState): Date {
  if (duration === null) return issued.expiresAt
  const seconds = /^\d+$/.test(duration) ? Number(duration) : 0
  if (issued.chained || seconds < shortestSeconds || seconds > longestSeconds) throw new FederationError(invalid)
  return new Date(clock.now().getTime() + seconds * 1000)
}

function login(parameters: URLSearchParams, cookie: string, state: SandboxState): Federated {
  const session = state.console.byToken(parameters.get('SigninToken') ?? '')
  if (!session) throw new FederationError('Invalid sign-in token')
  const destination = URL.parse(parameters.get('Destination') ?? '')
  if (!destination || !isConsole(destination)) throw new FederationError('Invalid destination parameter')
  const before = state.console.byCookie(cookie)
  if (before && before.assumedRoleId !== session.assumedRoleId) {
    throw new FederationError('You must first log out before logging into a different AWS account.', {occupied: true})
  }
  return {session, destination}
}

function isConsole({protocol, host}: URL): boolean {
  return protocol === 'https:' && /^([a-z0-9-]+\.)*console\.aws\.amazon\.com$/.test(host)
}
