import {AwsOidcError} from '../errors.ts'
import type {Identity, Role, WantedRole} from '../plugin.ts'
import type {SignInDependencies} from './dependencies.ts'
import {type ProfileRequest, plansFor} from './plan.ts'
import {nameOf} from './role-choice.ts'
import {allRolesOf} from './role-list.ts'
import {whileSignedIn} from './signed-in.ts'

/**
 * The request with the number of its role's account, where the user wrote a name or an e-mail address, as in
 * `production/ReadOnly`: from `accounts` of the configuration, else from the provider, which may ask the user to sign
 * in. Rejects with ROLE_NOT_OFFERED if neither knows it, and with USAGE if several accounts have that name.
 */
export async function withAccountNumber<Request extends ProfileRequest>(
  request: Request,
  deps: SignInDependencies,
): Promise<Request> {
  const wanted = request.role === undefined ? undefined : wantedIn(request.role)
  if (!wanted) return request
  const ids = [...deps.configuration.accounts].filter(([, name]) => name === wanted.account).map(([id]) => id)
  const [id] = ids
  if (id !== undefined && ids.length === 1) return {...request, role: `${id}/${wanted.name}`}
  const [plan] = plansFor({...request, role: undefined}, deps)
  if (!plan) throw new Error('a request has a plan')
  const role = await whileSignedIn(plan, deps, identity => find(wanted, identity, plan.provider.name, deps))
  return {...request, role: nameOf(role)}
}

/** Account and role of a text such as `production/ReadOnly`; `undefined` for what names a role by itself. */
function wantedIn(text: string): WantedRole | undefined {
  const [, account, name] = /^([^/]+)\/([\w+=,.@-]{1,64})$/.exec(text) ?? []
  const isOther = account === undefined || name === undefined || /^\d{12}$|^arn:/.test(account)
  return isOther ? undefined : {account, name}
}

async function find(
  wanted: WantedRole,
  identity: Identity,
  provider: string,
  deps: Pick<SignInDependencies, 'signal' | 'progress' | 'log'>,
): Promise<Role> {
  const {account, name} = wanted
  const found = identity.findRole ? [await identity.findRole(wanted)] : await offered(wanted, identity, deps)
  const [role, other] = found.filter(each => each !== undefined)
  if (!role) {
    throw new AwsOidcError(
      'ROLE_NOT_OFFERED',
      `"${provider}" offers you no role "${name}" in an account "${account}".`,
      {
        hint: `aws-oidc roles --provider ${provider}`,
      },
    )
  }
  if (!other) return role
  const ids = `${role.accountId} and ${other.accountId}`
  throw new AwsOidcError('USAGE', `Several accounts are called "${account}" and have a role "${name}": ${ids}.`, {
    hint: `--role ${role.accountId}/${name}`,
  })
}

async function offered(
  {account, name}: WantedRole,
  identity: Identity,
  deps: Pick<SignInDependencies, 'signal' | 'progress' | 'log'>,
): Promise<readonly Role[]> {
  const all = (await allRolesOf(identity, deps)) ?? []
  return all.filter(role => role.name === name && [role.accountName, role.accountEmail].includes(account))
}
