import {Flags} from '@oclif/core'
import {AwsOidcError} from '../errors.ts'
import {AwsOidcCommand, flowFlags, profileFlag} from './shared/command.ts'
import {durationFlag} from './shared/duration-flag.ts'
import {regionFlag} from './shared/region-flag.ts'

export default class Exec extends AwsOidcCommand {
  static override summary = 'Run a program with the credentials of a profile.'
  static override description =
    'The program gets the credentials in its environment, without any other source of AWS credentials. It has the terminal as if you had started it directly, and its exit code becomes the exit code of exec.'
  static override usage = 'exec [FLAGS] -- COMMAND [ARGUMENTS]'
  static override examples = [
    '<%= config.bin %> exec --profile developer -- terraform plan',
    '<%= config.bin %> exec --profile developer --duration 8h -- bash',
    {
      description: 'a program that runs for hours',
      command: '<%= config.bin %> exec --profile developer --serve -- ./long-job',
    },
    '<%= config.bin %> exec --profile developer --region eu-west-1 -- aws s3 ls',
  ]
  static override completions = {'--': 'program'}
  static override flags = {
    profile: profileFlag,
    region: regionFlag({description: 'region for the program'}),
    duration: durationFlag,
    nested: Flags.boolean({description: 'run even inside an exec with another account'}),
    serve: Flags.boolean({
      description: 'serve the credentials from an endpoint that renews them as long as the program runs',
    }),
    'keep-aws-files': Flags.boolean({
      description: 'leave your own AWS files visible to the program, although keys in them may win',
      dependsOn: ['serve'],
    }),
    ...flowFlags,
  }

  async run(): Promise<void> {
    // What follows belongs to the program alone, flags and a second "--" included.
    const end = this.argv.indexOf('--')
    const [program, ...args] = end === -1 ? [] : this.argv.slice(end + 1)
    if (program === undefined) {
      throw new AwsOidcError('USAGE', 'There is no command to run after "--".', {
        hint: 'aws-oidc exec --profile NAME -- COMMAND',
      })
    }
    const {flags} = await this.parse(Exec, this.argv.slice(0, end))
    const {deps} = await this.wire(flags, {browser: flags.browser, device: flags.device})
    const {exec} = await import('../exec/exec.ts')
    const request = {
      profile: await this.intendedProfile(flags.profile, deps),
      command: [program, ...args] as const,
      durationSeconds: flags.duration,
      region: flags.region,
      nested: flags.nested,
      serve: flags.serve,
      keepAwsFiles: flags['keep-aws-files'],
    }
    this.endLike(await exec(request, deps))
  }
}
