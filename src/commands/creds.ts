import {Flags} from '@oclif/core'
import {formatCredentials, formats} from '../formats/index.ts'
import {AwsOidcCommand, flowFlags} from './shared/command.ts'
import {durationFlag} from './shared/duration-flag.ts'

export default class Creds extends AwsOidcCommand {
  protected override readonly startedByTools = true
  static override summary = 'Print AWS credentials, signing in if needed.'
  static override description =
    'The credentials come from the cache while they last, from a silent renewal, or from a sign-in in your browser. The default format is the document that a credential_process prints; the others are for shells and env files, as the examples show. The others leave AWS_PROFILE as it is, and the AWS SDK for JavaScript prefers it.'
  static override examples = [
    '<%= config.bin %> creds --profile developer',
    '<%= config.bin %> creds --provider corp --role arn:aws:iam::123456789012:role/developer',
    {description: 'bash, zsh and other POSIX shells', command: 'eval "$(<%= config.bin %> creds --format env)"'},
    {description: 'for one program only', command: 'env $(<%= config.bin %> creds --format env-no-export) PROGRAM'},
    {description: 'fish', command: '<%= config.bin %> creds --format fish | source'},
    {description: 'PowerShell', command: '<%= config.bin %> creds --format powershell | Invoke-Expression'},
    {
      description: 'the Windows command prompt (in a batch file %%i)',
      command: `for /f "delims=" %i in ('<%= config.bin %> creds --format windows-cmd') do @call %i`,
    },
    {description: 'Nushell', command: '<%= config.bin %> creds --format nushell | from json | load-env'},
    {
      description: 'a container',
      command: 'docker run --env-file <(<%= config.bin %> creds --format dotenv) IMAGE',
    },
  ]
  static override flags = {
    profile: Flags.string({
      char: 'p',
      description: 'aws-oidc profile (default: AWS_OIDC_PROFILE, AWS_PROFILE, "default")',
      helpValue: 'NAME',
    }),
    provider: Flags.string({
      description: 'provider to sign in to, without a profile',
      helpValue: 'NAME',
      exclusive: ['profile'],
    }),
    role: Flags.string({description: 'role to assume instead of the configured one', helpValue: 'ARN'}),
    duration: durationFlag,
    format: Flags.option({options: formats, description: 'output format', default: 'process' as const})(),
    force: Flags.boolean({description: 'skip cached credentials'}),
    ...flowFlags,
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(Creds)
    const forShell = flags.format !== 'process'
    const {deps} = await this.wire(flags, {browser: flags.browser, device: flags.device})
    const request = {
      profile: this.profileOf(flags.profile) ?? 'default',
      provider: flags.provider,
      role: flags.role,
      durationSeconds: flags.duration,
      force: flags.force,
      lasting: forShell,
    }
    if (forShell) {
      const {credentialsForShell} = await import('../credentials/working-region.ts')
      return this.hand(await formatCredentials(flags.format, await credentialsForShell(request, deps)))
    }
    const {credentialsFor} = await import('../credentials/credentials.ts')
    this.hand(await formatCredentials(flags.format, await credentialsFor(request, deps)))
  }
}
