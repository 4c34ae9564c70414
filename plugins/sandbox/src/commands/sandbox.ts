import {Command} from '@oclif/core'
import {main} from '../main.ts'
import {processTerminal} from '../terminal.ts'

export default class Sandbox extends Command {
  static override summary =
    'an OpenID provider with SAML, a strict AWS STS and a sign-in to a console on 127.0.0.1, for trying aws-oidc without an account'
  static override strict = false
  static override examples = [
    '<%= config.bin %> <%= command.id %> start --write-config ./sandbox',
    '<%= config.bin %> <%= command.id %> browse URL',
  ]

  async run(): Promise<void> {
    this.exit(await main(this.argv, processTerminal))
  }
}
