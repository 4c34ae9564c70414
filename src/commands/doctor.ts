import {Flags} from '@oclif/core'
import {exitCodeOf} from '../errors.ts'
import {reportLines} from '../formats/doctor-report.ts'
import {AwsOidcCommand} from './shared/command.ts'

export default class Doctor extends AwsOidcCommand {
  static override summary = 'Find what is wrong, and say how to mend it.'
  static override description =
    'Looks at the configuration, the AWS tools’ files and variables, this installation and its plugins, files, keyring and browser, and at each provider, up to its page to sign in at. Nobody is asked to sign in, no browser is opened, and nothing is changed without --fix. The exit code is 7 where an error or a warning is left.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> doctor',
    {
      description: 'only what concerns one profile, with what can be mended mended',
      command: '<%= config.bin %> doctor --profile developer --fix',
    },
    {
      description: 'for a script, on a machine without a network',
      command: '<%= config.bin %> doctor --no-network --json',
    },
  ]
  static override flags = {
    provider: Flags.string({description: 'of the providers, only this one', helpValue: 'NAME', exclusive: ['profile']}),
    profile: Flags.string({char: 'p', description: 'of the profiles, only this one', helpValue: 'NAME'}),
    fix: Flags.boolean({
      description: 'mend what can do no harm: permissions, leftovers, our launcher and profiles, an old brake',
    }),
    'no-network': Flags.boolean({description: 'ask no server'}),
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
