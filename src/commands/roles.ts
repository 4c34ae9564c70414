import {Args, Flags} from '@oclif/core'
import {accountText} from '../formats/account.ts'
import type {ListedRole, RolesOffered} from '../session/roles.ts'
import {AwsOidcCommand, flowFlags} from './shared/command.ts'

export default class Roles extends AwsOidcCommand {
  static override summary = 'List the AWS roles that a provider offers you.'
  static override description =
    'Those of the SAML assertion, or of the claim that "rolesClaim" names, with the profiles of yours that are for them; a sign-in is asked for where it is needed. Which of them AWS really lets you take, only AWS knows.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> roles --provider corp',
    {
      description: 'words of its ARN, or of its account',
      command: '<%= config.bin %> roles 123456789012 dev --provider corp',
    },
    '<%= config.bin %> roles --provider corp --json',
  ]
  static override args = {
    search: Args.string({
      description: 'only those with all these words in ARN or account',
      multiple: true,
      ignoreStdin: true,
    }),
  }
  static override flags = {
    provider: Flags.string({
      description:
        'the provider (default: that of the profile meant by AWS_OIDC_PROFILE and its like, or the only one)',
      helpValue: 'NAME',
    }),
    ...flowFlags,
  }

  async run(): Promise<void> {
    const {flags, args} = await this.parse(Roles)
    const {provider, browser, device} = flags
    const search = args.search ?? []
    const {deps} = await this.wire(flags, {browser, device, login: true})
    const {listRoles} = await import('../session/roles.ts')
    const offered = await listRoles({provider, usualProfile: this.profileOf(undefined), search}, deps)
    this.report(offered, offered.roles.length === 0 ? [none(offered, search)] : this.table(rows(offered.roles)))
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

function none({provider, subject, offered}: RolesOffered, search: readonly string[]): string {
  const who = subject ?? 'you'
  if (offered === 0) return `"${provider}" offers no AWS role to ${who}.`
  return `None of the ${offered} roles that "${provider}" offers to ${who} has "${search.join('" and "')}" in it.`
}
