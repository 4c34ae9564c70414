import {Args, Flags} from '@oclif/core'
import {AwsOidcCommand, profileFlag} from './shared/command.ts'
import {consoleDurationFlag} from './shared/duration-flag.ts'
import {regionFlag} from './shared/region-flag.ts'

export default class Console extends AwsOidcCommand {
  static override summary = 'Open the AWS console, signed in as a profile.'
  static override description =
    'Opens the home page, a service by its short name (usually its name in the AWS CLI), or any page of the console. The session lasts as long as the credentials, or as long as --duration says. No other session is signed out: if your browser already has one, turn on multi-session support in the console, or keep the sessions apart with --browser-profile or --container.'
  static override enableJsonFlag = true
  static override examples = [
    '<%= config.bin %> console --profile developer',
    '<%= config.bin %> console s3 --profile admin --region eu-west-1',
    {
      description: 'for a browser elsewhere; for 15 minutes, the address signs in anyone who opens it',
      command: '<%= config.bin %> console --url --profile saml-developer',
    },
  ]
  static override args = {
    service: Args.string({description: 'service to open, such as s3, ec2 or cloudformation', ignoreStdin: true}),
  }
  static override flags = {
    profile: profileFlag,
    url: Flags.boolean({description: 'print the address instead of opening it'}),
    destination: Flags.string({description: 'page of the console to open', helpValue: 'ADDRESS'}),
    region: regionFlag({description: 'region to open the console in'}),
    duration: consoleDurationFlag,
    'browser-profile': Flags.string({
      description: 'profile of Chrome, Chromium or Edge to open it in, such as "Profile 1"',
      helpValue: 'FOLDER',
      exclusive: ['container', 'url'],
    }),
    container: Flags.string({
      description: 'container of Firefox to open it in (add-on "Open external links in a container")',
      helpValue: 'NAME',
      exclusive: ['url'],
    }),
  }

  async run(): Promise<void> {
    const {flags, args} = await this.parse(Console)
    const {destination, region, duration: durationSeconds, container, 'browser-profile': browserProfile} = flags
    const {deps} = await this.wire(flags)
    const request = {
      ...{
        profile: await this.intendedProfile(flags.profile, deps),
        service: args.service,
        destination,
        region,
        durationSeconds,
      },
      place: placeOf(container, browserProfile),
    }
    if (!flags.url) {
      const {openConsole} = await import('../console/open.ts')
      const session = await openConsole(request, deps)
      return this.report(session, [
        `The console is open in your browser as ${session.role}, until ${this.when(session.until)}.`,
      ])
    }
    const {consoleUrl} = await import('../console/console.ts')
    const address = await consoleUrl(request, deps)
    return this.jsonEnabled() ? this.handJson(address) : this.hand(`${address.url}\n`)
  }
}

function placeOf(container: string | undefined, profile: string | undefined) {
  if (container !== undefined) return {kind: 'container', name: container} as const
  return profile === undefined ? undefined : ({kind: 'profile', name: profile} as const)
}
