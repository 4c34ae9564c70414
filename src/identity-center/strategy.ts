import type {FederationStrategy, Host, Role, WantedRole} from '../plugin.ts'
import {roleOf, rolesOf} from './directory.ts'
import {explained, refusalIn} from './failures.ts'
import {type PortalSettings, placeOf} from './place.ts'
import {type Portal, portalOf} from './portal.ts'
import type {Context} from './registration.ts'
import {servicesAt} from './services.ts'
import {rememberedGrant, sessionOf} from './session.ts'

const accountAccess = 'sso:account:access'
// How IAM names the role that a permission set becomes in an account.
const reservedRole = /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/
const mostNamed = 10

/** IAM Identity Center, the successor of AWS SSO: the portal gives the credentials itself. */
export const identityCenter: FederationStrategy<PortalSettings> = {
  settings: {
    startUrl: {type: 'url', description: 'the address of your AWS access portal', required: true},
    region: {type: 'string', description: 'the region of IAM Identity Center, where the address does not have it'},
    scopes: {type: 'list', description: `scopes to ask for instead of "${accountAccess}"`},
  },

  async signIn(settings, host) {
    const context = await contextFor(settings, host)
    const session = await sessionOf(context)
    const portal = portalOf(session, context)
    const {expiresAt, refreshToken} = session.grant()
    return {
      expiresAt,
      renewable: refreshToken !== undefined,
      rolesInParts: listing => rolesOf(portal, listing, context),
      findRole: wanted => find(wanted, portal, context),
      async proofFor(role) {
        try {
          return {kind: 'credentials', credentials: await portal.credentials(role.accountId, role.name)}
        } catch (error) {
          const {status} = refusalIn(error) ?? {}
          if (status === 403 || status === 404) throw await notAssigned(role, portal, context)
          throw explained(error, `give credentials for ${role.accountId}/${role.name}`, context.place, host)
        }
      },
    }
  },

  async signOut(settings, host, {everywhere}) {
    if (!everywhere) return
    const grant = await rememberedGrant(host)
    if (!grant || grant.expiresAt <= host.now()) return
    const context = await contextFor(settings, host)
    await portalOf({grant: () => grant, ask: request => request(grant.accessToken)}, context).logout()
  },
}

async function contextFor(settings: PortalSettings, host: Host): Promise<Context> {
  const place = await placeOf(settings, host)
  return {place, services: servicesAt(place, host), scopes: settings.scopes ?? [accountAccess], host}
}

/** A role by the number, name or e-mail address of its account, without listing the roles of all. */
async function find({account, name}: WantedRole, portal: Portal, {place, host}: Context): Promise<Role | undefined> {
  const wanted = account.toLowerCase()
  try {
    for await (const page of portal.accounts()) {
      for (const found of page) {
        if (![found.id, found.name, found.email].some(text => text?.toLowerCase() === wanted)) continue
        if ((await portal.permissionSets(found.id)).includes(name)) return roleOf(found, name)
      }
    }
    return undefined
  } catch (error) {
    throw explained(error, 'list your accounts', place, host)
  }
}

/** The portal says "No access", and not what there is instead. */
async function notAssigned({accountId, name}: Role, portal: Portal, {host}: Context): Promise<Error> {
  const there = await portal.permissionSets(accountId).catch(() => [])
  const [, permissionSet] = reservedRole.exec(name) ?? []
  const shown = there.slice(0, mostNamed).join(', ')
  const others = there.filter(other => other !== name)
  const instead = others.length === 0 ? 'You have none there.' : `You have these there: ${shown}.`
  const hint =
    permissionSet === undefined
      ? 'Choose one of yours, or ask whoever runs IAM Identity Center to assign you this one.'
      : `role: ${accountId}/${permissionSet}`
  return host.error(
    'ROLE_NOT_OFFERED',
    `You are not assigned the permission set "${name}" in the account ${accountId}. ${instead}`,
    {hint},
  )
}
