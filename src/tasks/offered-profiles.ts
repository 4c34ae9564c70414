import {markKey} from '../aws-config/own-profile.ts'
import {problemOfName} from '../aws-config/writable.ts'
import {AwsOidcError} from '../errors.ts'
import type {Role} from '../plugin.ts'
import type {WantedProfile} from './aws-profiles.ts'
import {noting} from './last-problem.ts'
import type {Parts} from './parts.ts'
import {plansFor} from './plan.ts'
import {nameOf} from './role-choice.ts'
import {signIn} from './sign-in.ts'
import {chooseProvider} from './target.ts'

export interface OfferedProfiles {
  readonly provider: string
  readonly profiles: readonly WantedProfile[]
}

export interface OfferWish {
  readonly provider: string | undefined
  /** Of `{account}`, `{accountName}`, `{role}`, `{provider}` and `{samlProvider}`. */
  readonly nameTemplate: string
}

/** A profile for each role that a provider offers the person who signs in. */
export async function offeredProfiles({provider, nameTemplate}: OfferWish, parts: Parts): Promise<OfferedProfiles> {
  const chosen = await chooseProvider({provider, usualProfile: ''}, 'profiles sync --from-roles', parts)
  const name = 'provider' in chosen ? chosen.provider : ''
  const roles = await rolesOf(name, parts)
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

async function rolesOf(provider: string, parts: Parts): Promise<readonly Role[]> {
  const [plan] = plansFor({provider}, parts)
  if (!plan) throw new Error('a provider has a plan')
  const {identity} = await parts.locks.hold(plan.providerId, parts.signal, () =>
    noting(plan, parts, () =>
      signIn(plan, {fresh: false, forgetful: false, quiet: false, signal: parts.signal}, parts),
    ),
  )
  const roles = await identity.roles?.()
  if (roles) return roles
  throw new AwsOidcError('CONFIG_INVALID', `"${provider}" does not say which roles there are.`, {
    hint: 'Set "rolesClaim" of the provider to the claim that lists role ARNs.',
  })
}

function profileFor(profile: string, role: Role, provider: string, all: readonly Role[]): WantedProfile {
  const args = ['creds', '--provider', provider, '--role', roleArgument(role, all)]
  return {name: profile, args, beside: {[markKey]: profile}, bySource: undefined}
}

/** With the SAML provider, where the role comes through several. */
function roleArgument(role: Role, all: readonly Role[]): string {
  const twice = all.some(other => nameOf(other) === nameOf(role) && other.principalArn !== role.principalArn)
  return twice && role.principalArn !== undefined ? `${nameOf(role)},${role.principalArn}` : nameOf(role)
}

const placeholders: Readonly<Record<string, (role: Role, provider: string) => string>> = {
  account: ({accountId}) => accountId,
  accountName: ({accountId, accountName}) => accountName ?? accountId,
  role: ({name}) => name,
  provider: (_, provider) => provider,
  samlProvider: ({principalArn}) => principalArn?.split('/').at(-1) ?? '',
}

/** Makes names that AWS tools know: what they would refuse becomes a hyphen. */
function readTemplate(template: string): (role: Role, provider: string) => string {
  const known = Object.keys(placeholders)
  const [, unknown] = [...template.matchAll(/\{(\w*)\}/g)].find(([, name = '']) => !known.includes(name)) ?? []
  if (unknown !== undefined || /[{}]/.test(template.replaceAll(/\{\w+\}/g, ''))) {
    throw usage(`There is no "{${unknown ?? ''}}" in a template for names. There: ${known.join(', ')}.`)
  }
  if (problemOfName(template.replaceAll(/\{\w+\}/g, 'x'))) {
    throw usage(`"${template}" makes no names for AWS profiles, which hold A-Z a-z 0-9 and _-/.%@:+ only.`)
  }
  return (role, provider) => {
    const filled = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => placeholders[name]?.(role, provider) ?? '')
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
