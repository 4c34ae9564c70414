import {
  GetRoleCredentialsCommand,
  ListAccountRolesCommand,
  ListAccountsCommand,
  LogoutCommand,
} from '@aws-sdk/client-sso'
import type {AwsCredentials} from '../plugin.ts'
import {explained} from './failures.ts'
import {type Pace, paceFor} from './pace.ts'
import type {Context} from './registration.ts'
import type {Session} from './session.ts'

export interface Account {
  readonly id: string
  readonly name?: string
  readonly email?: string
}

/** What the portal says to a user. Errors are those of the SDK, for {@link explained}. */
export interface Portal {
  /** The accounts of the user, as they come. */
  accounts(): AsyncIterable<readonly Account[]>
  /** The names of the permission sets that the user has in an account. */
  permissionSets(accountId: string): Promise<readonly string[]>
  credentials(accountId: string, permissionSet: string): Promise<AwsCredentials>
  /** Ends the session of the user at the portal, also that of the browser and of other programs. */
  logout(): Promise<void>
}

// The portal has refused more since May 2026.
const pageSize = 100

export function portalOf(session: Session, context: Context, pace: Pace = paceFor(context.host)): Portal {
  const {portal} = context.services
  const {host} = context
  const ask: Session['ask'] = request => pace(() => session.ask(request))

  return {
    async *accounts() {
      let nextToken: string | undefined
      do {
        const page = await ask(accessToken =>
          portal.send(new ListAccountsCommand({accessToken, maxResults: pageSize, nextToken})),
        )
        yield (page.accountList ?? []).flatMap(({accountId, accountName, emailAddress}) =>
          accountId === undefined
            ? []
            : [{id: accountId, ...(accountName && {name: accountName}), ...(emailAddress && {email: emailAddress})}],
        )
        nextToken = page.nextToken || undefined
      } while (nextToken !== undefined)
    },

    async permissionSets(accountId) {
      const names: string[] = []
      let nextToken: string | undefined
      do {
        const page = await ask(accessToken =>
          portal.send(new ListAccountRolesCommand({accessToken, accountId, maxResults: pageSize, nextToken})),
        )
        names.push(...(page.roleList ?? []).flatMap(({roleName}) => roleName ?? []))
        nextToken = page.nextToken || undefined
      } while (nextToken !== undefined)
      return names
    },

    async credentials(accountId, roleName) {
      const {roleCredentials = {}} = await ask(accessToken =>
        portal.send(new GetRoleCredentialsCommand({accessToken, accountId, roleName})),
      )
      const {accessKeyId, secretAccessKey, sessionToken, expiration} = roleCredentials
      if (!accessKeyId || !secretAccessKey || !sessionToken || !expiration) {
        throw host.error('BAD_RESPONSE', `IAM Identity Center gave no credentials for ${accountId}/${roleName}.`)
      }
      // In milliseconds, unlike all other times of this service.
      return {accessKeyId, secretAccessKey, sessionToken, expiration: new Date(expiration)}
    },

    async logout() {
      const {accessToken} = session.grant()
      try {
        await portal.send(new LogoutCommand({accessToken}))
      } catch (error) {
        throw explained(error, 'sign you out', context.place, host)
      }
    },
  }
}
