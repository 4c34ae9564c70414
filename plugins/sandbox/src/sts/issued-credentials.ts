import {randomBytes} from 'node:crypto'

export interface RoleSession {
  /** The account of the role. */
  readonly account: string
  readonly roleName: string
  readonly sessionName: string
  readonly assumedRoleId: string
  /** Whether the role was assumed with the session of another role. */
  readonly chained: boolean
}

export interface IssuedCredential extends RoleSession {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiresAt: Date
}

const keyIdAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** All credentials issued since start, even expired ones, because AWS distinguishes expired from unknown tokens. */
export class IssuedCredentials {
  readonly #byAccessKeyId = new Map<string, IssuedCredential>()

  issue(session: RoleSession, expiresAt: Date): IssuedCredential {
    const issued = {
      ...session,
      accessKeyId: `ASIA${randomKeyCharacters(16)}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(750).toString('base64'),
      expiresAt,
    }
    this.#byAccessKeyId.set(issued.accessKeyId, issued)
    return issued
  }

  find(accessKeyId: string): IssuedCredential | undefined {
    return this.#byAccessKeyId.get(accessKeyId)
  }
}

function randomKeyCharacters(length: number): string {
  return Array.from(randomBytes(length), byte => keyIdAlphabet[byte % keyIdAlphabet.length]).join('')
}
