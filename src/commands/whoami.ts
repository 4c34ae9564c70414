import {Flags} from '@oclif/core'
import {accountText} from '../formats/account.ts'
import {claimLines} from '../formats/claims.ts'
import {AwsOidcCommand, profileFlag} from './shared/command.ts'

export default class Whoami extends AwsOidcCommand {
  static override summary = 'Ask AWS which identity the credentials of a profile have.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> whoami',
    '<%= config.bin %> whoami --profile developer',
    {description: "the claims that a role's trust policy can check", command: '<%= config.bin %> whoami --claims'},
    {description: 'only the account', command: '<%= config.bin %> whoami --profile developer --json | jq -r .account'},
  ]
  static override flags = {
    profile: profileFlag,
    claims: Flags.boolean({description: 'show the claims in your ID token instead, without asking AWS'}),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(Whoami)
    const {deps} = await this.wire(flags)
    const profile = await this.intendedProfile(flags.profile, deps)
    if (flags.claims) {
      const {claimsFor} = await import('../session/claims.ts')
      const shown = await claimsFor({profile}, deps)
      return this.report(shown, claimLines(shown.claims, shown.others))
    }
    const {whoami} = await import('../session/whoami.ts')
    const identity = await whoami({profile, force: false, lasting: false}, deps)
    const account = accountText(identity.account, identity.accountName)
    this.report(
      identity,
      this.list([
        ['Account', account],
        ['Arn', identity.arn],
        ['UserId', identity.userId],
      ]),
    )
  }
}
