/** What a test may change. All times are by the sandbox's clock. */
export interface Settings {
  registrationSeconds: number
  /** How long a person stays signed in at the portal, and so may renew access tokens. */
  sessionSeconds: number
  /** Of an access token that can be renewed; one that can't be ends with the session. */
  accessTokenSeconds: number
  codeSeconds: number
  deviceCodeSeconds: number
  intervalSeconds: number
  /** What a refresh does to the refresh token: hands out the same, a new one that replaces it, or says nothing of it. */
  refreshTokens: 'same' | 'rotate' | 'omit'
}

const day = 86_400

/**
 * Documented: the session's default of 8 hours. Reported: 1 hour for access tokens, 90 days for registrations, 10 minutes
 * and an interval of 1 second for device codes. A guess: the lifetime of an authorization code.
 */
export const usualSettings: Settings = {
  registrationSeconds: 90 * day,
  sessionSeconds: 8 * 3600,
  accessTokenSeconds: 3600,
  codeSeconds: 60,
  deviceCodeSeconds: 600,
  intervalSeconds: 1,
  refreshTokens: 'same',
}
