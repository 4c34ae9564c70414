import {markKey} from '../aws-config/own-profile.ts'
import {problemOfName} from '../aws-config/writable.ts'
import type {SignInDependencies} from '../credentials/dependencies.ts'
import {nameOf} from '../credentials/role-choice.ts'
import {chooseProvider} from '../credentials/target.ts'
import {AwsOidcError} from '../errors.ts'
import type {Role} from '../plugin.ts'
import {roleArgument, rolesOfferedAt} from '../session/offered-roles.ts'
import type {WantedProfile} from './aws-profiles.ts'

export interface OfferedProfiles {
  readonly provider: string
  readonly profiles: readonly WantedProfile[]
}

export interface OfferRequest {
  readonly provider: string | undefined
  /** May hold `{account}`, `{accountName}`, `{role}`, `{provider}` and `{samlProvider}`. */
  readonly nameTemplate: string
}

/** A profile for each role that a provider offers the user. Rejects with USAGE if two roles would share a name. */
export async function offeredProfiles(
  {provider, nameTemplate}: OfferRequest,
  deps: SignInDependencies,
): Promise<OfferedProfiles> {
  const chosen = await chooseProvider({provider, usualProfile: ''}, 'profiles sync --from-roles', deps)
  const name = 'provider' in chosen ? chosen.provider : ''
  const {list} = await rolesOfferedAt(name, {refresh: false}, deps)
  // An incomplete list would remove profiles.
  if (list.failure !== undefined) throw list.failure
  const {roles} = list
  const template = readTemplate(nameTemplate)
  const named = new Map<string, Role>()
  for (const role of roles) {
    const profile = template(role, name)
    const other = named.get(profile)
    if (other && roleArgument(other, roles) !== roleArgument(role, roles)) throw sameName(profile, other, role)
    named.set(profile, role)
  }
  return {provider: name, profiles: [...named].map(([profile, role]) => profileFor(profile, role, name, roles))}
}

function profileFor(profile: string, role: Role, provider: string, all: readonly Role[]): WantedProfile {
  const args = ['creds', '--provider', provider, '--role', roleArgument(role, all)]
  return {name: profile, args, beside: {[markKey]: profile}, bySource: undefined}
}

const placeholders: ReadonlyMap<string, (role: Role, provider: string) => string> = new Map([
  ['account', ({accountId}) => accountId],
  ['accountName', ({accountId, accountName}) => accountName ?? accountId],
  ['role', ({name}) => name],
  ['provider', (_, provider) => provider],
  ['samlProvider', ({principalArn}) => principalArn?.split('/').at(-1) ?? ''],
])

/** Makes names that AWS tools accept, with a hyphen for what they would refuse. Throws USAGE for a bad template. */
function readTemplate(template: string): (role: Role, provider: string) => string {
  const known = [...placeholders.keys()]
  const [, unknown] = [...template.matchAll(/\{(\w*)\}/g)].find(([, name = '']) => !known.includes(name)) ?? []
  if (unknown !== undefined || /[{}]/.test(template.replaceAll(/\{\w+\}/g, ''))) {
    throw usage(`There is no "{${unknown ?? ''}}" in a name template. Known: ${known.join(', ')}.`)
  }
  if (problemOfName(template.replaceAll(/\{\w+\}/g, 'x'))) {
    throw usage(`"${template}" makes no valid names for AWS profiles, which hold only A-Z a-z 0-9 and _-/.%@:+`)
  }
  return (role, provider) => {
    const filled = template.replaceAll(
      /\{(\w+)\}/g,
      (_, name: string) => placeholders.get(name)?.(role, provider) ?? '',
    )
    return filled.replaceAll(/[^\w\-/.%@:+]+/g, '-').replace(/^-+/, '')
  }
}

function sameName(profile: string, one: Role, other: Role): AwsOidcError {
  const [first, second] = [one, other].map(
    role => `${nameOf(role)}${role.principalArn ? ` (${role.principalArn})` : ''}`,
  )
  return usage(`Two roles would both become the profile "${profile}": ${first} and ${second}.`)
}

function usage(message: string): AwsOidcError {
  return new AwsOidcError('USAGE', message, {hint: "--name-template '{account}-{role}'"})
}
