import {AwsOidcCommand, profileFlag} from '../command.ts'
import {accountText} from '../formats/account.ts'

export default class Whoami extends AwsOidcCommand {
  static override summary = 'Ask AWS who the credentials of a profile are.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> whoami',
    '<%= config.bin %> whoami --profile developer',
    {description: 'the account alone', command: '<%= config.bin %> whoami --profile developer --json | jq -r .account'},
  ]
  static override flags = {profile: profileFlag}

  async run(): Promise<void> {
    const {flags} = await this.parse(Whoami)
    const profile = this.profileOf(flags.profile)
    const identity = await this.app(flags).whoami({profile, force: false, lasting: false})
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
