import {Flags} from '@oclif/core'
import {accountText} from '../formats/account.ts'
import {claimLines} from '../formats/claims.ts'
import {AwsOidcCommand, profileFlag} from './shared/command.ts'

export default class Whoami extends AwsOidcCommand {
  static override summary = 'Ask AWS who the credentials of a profile are.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> whoami',
    '<%= config.bin %> whoami --profile developer',
    {description: "what a role's trust policy is compared with", command: '<%= config.bin %> whoami --claims'},
    {description: 'the account alone', command: '<%= config.bin %> whoami --profile developer --json | jq -r .account'},
  ]
  static override flags = {
    profile: profileFlag,
    claims: Flags.boolean({description: 'show what the ID token says of you instead; AWS is not asked'}),
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
