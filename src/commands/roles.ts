import {Args, Flags} from '@oclif/core'
import {accountText} from '../formats/account.ts'
import type {ListedRole, RolesOffered} from '../session/roles.ts'
import {AwsOidcCommand, flowFlags} from './shared/command.ts'

export default class Roles extends AwsOidcCommand {
  static override summary = 'List the AWS roles that a provider offers you.'
  static override description =
    'Lists the roles in the SAML assertion, in the claim that "rolesClaim" names, or that the provider tells in another way, with your profiles for them. You are asked to sign in if needed. Only AWS knows which of these roles it lets you assume.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> roles --provider corp',
    {
      description: 'with words of the ARN or the account',
      command: '<%= config.bin %> roles 123456789012 dev --provider corp',
    },
    '<%= config.bin %> roles --provider corp --json',
  ]
  static override args = {
    search: Args.string({
      description: 'list only roles with all these words in the ARN or account',
      multiple: true,
      ignoreStdin: true,
    }),
  }
  static override flags = {
    provider: Flags.string({
      description:
        'provider (default: that of the profile in AWS_OIDC_PROFILE, AWS_PROFILE or "default", or the only one)',
      helpValue: 'NAME',
    }),
    refresh: Flags.boolean({description: 'ask the provider, even if a list was kept'}),
    ...flowFlags,
  }

  async run(): Promise<void> {
    const {flags, args} = await this.parse(Roles)
    const {provider, refresh, browser, device} = flags
    const search = args.search ?? []
    const {deps} = await this.wire(flags, {browser, device, login: true})
    const {listRoles} = await import('../session/roles.ts')
    const request = {provider, usualProfile: this.profileOf(undefined), search, refresh}
    const {offered, failure} = await listRoles(request, deps)
    const isNone = offered.roles.length === 0
    const nothing = offered.complete ? [none(offered, search)] : []
    this.report(offered, isNone ? nothing : this.table(rows(offered.roles)))
    for (const line of leftOut(offered)) deps.log.warn(line)
    if (failure !== undefined) this.endWith(failure)
  }
}

function rows(roles: readonly ListedRole[]): readonly (readonly string[])[] {
  return [
    ['ROLE', 'ACCOUNT', 'PROFILES', 'ARN'],
    ...roles.map(({name, accountId, accountName, profiles, role}) => [
      name,
      accountText(accountId, accountName),
      profiles.join(', '),
      role,
    ]),
  ]
}

// An administrator's mistake can concern thousands of accounts.
const mostNamed = 5

/** What the list lacks. */
function leftOut({omitted, complete}: RolesOffered): readonly string[] {
  const named = omitted.slice(0, mostNamed).map(({what, why}) => `The roles in ${what} could not be listed: ${why}.`)
  const more = omitted.length - mostNamed
  return [
    ...named,
    ...(more > 0 ? [`The roles in ${more} more could not be listed.`] : []),
    ...(complete ? [] : ['The list is not complete.']),
  ]
}

function none({provider, subject, offered}: RolesOffered, search: readonly string[]): string {
  const who = subject ?? 'you'
  if (offered === 0) return `"${provider}" offers no AWS role to ${who}.`
  return `None of the ${offered} roles that "${provider}" offers to ${who} has "${search.join('" and "')}" in it.`
}
