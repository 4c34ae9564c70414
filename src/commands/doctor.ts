import {Flags} from '@oclif/core'
import {exitCodeOf} from '../errors.ts'
import {reportLines} from '../formats/doctor-report.ts'
import {AwsOidcCommand} from './shared/command.ts'

export default class Doctor extends AwsOidcCommand {
  static override summary = 'Find problems, and say how to fix them.'
  static override description =
    'Checks the configuration, the files and variables of the AWS tools, this installation with its plugins, files, keyring and browser, and each provider, up to its sign-in page. You are not asked to sign in, no browser is opened, and nothing is changed without --fix. The exit code is 7 if an error or a warning is left.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> doctor',
    {
      description: 'one profile, fixing what can be fixed',
      command: '<%= config.bin %> doctor --profile developer --fix',
    },
    {
      description: 'for a script, on a machine without a network',
      command: '<%= config.bin %> doctor --no-network --json',
    },
  ]
  static override flags = {
    provider: Flags.string({
      description: 'of all providers, check only this one',
      helpValue: 'NAME',
      exclusive: ['profile'],
    }),
    profile: Flags.string({char: 'p', description: 'of all profiles, check only this one', helpValue: 'NAME'}),
    fix: Flags.boolean({
      description:
        'fix what is safe to fix: permissions, leftovers, the launcher and profiles of aws-oidc, an old brake',
    }),
    'no-network': Flags.boolean({description: 'contact no server'}),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(Doctor)
    const {provider, profile, fix, 'no-network': offline} = flags
    const {examine} = await import('../doctor/doctor.ts')
    const report = await examine({provider, profile, fix, network: !offline}, await this.context(flags))
    this.report(report, reportLines(report, this.colours))
    if (!report.healthy) this.exit(exitCodeOf('CHECK_FAILED'))
  }
}
