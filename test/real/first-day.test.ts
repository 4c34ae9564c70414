import {readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {ask, awsClients, ownEndpoints} from '../support/aws-clients.ts'
import {useAwsTools} from '../support/aws-tools.ts'
import {sandboxBin} from '../support/sandbox.ts'

const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`

describe('The first day', () => {
  const tools = useAwsTools()

  const clients = awsClients.filter(client => client.switchesInTheSandbox || client.takesOwnEndpoints)
  for (const client of clients) {
    it(`leads from an empty configuration to ${client.name} with three profiles, with one sign-in for each of two providers`, async () => {
      const {home, sandbox} = tools
      const path = join(home.folder, 'aws-config')
      await rm(path)
      await home.writeConfig(`cache: file\nbrowser: [${process.execPath}, ${sandboxBin}, browse]\n`)
      const set = [`issuer=${sandbox.issuer}`, `clientId=${sandbox.clientId}`].flatMap(pair => ['--set', pair])
      const usual = [...set, '--role', role('developer'), '--region', 'us-east-1', '--yes']
      for (const args of [
        ['setup', '--provider', 'corp', '--strategy', 'oidc', ...usual],
        [
          'setup',
          '--provider',
          'saml',
          '--strategy',
          'saml2',
          '--set',
          'via=token-exchange',
          ...usual,
          '-p',
          'saml-developer',
        ],
        ['profiles', 'add', 'admin', '--source', 'developer', '--role', role('admin')],
        ['profiles', 'sync', '--yes'],
      ]) {
        const {exitCode, stderr} = await home.run(args, {AWS_CONFIG_FILE: path})
        expect(exitCode, `${args.join(' ')}: ${stderr}`).to.equal(0)
      }
      expect(await readFile(path, 'utf8'))
        .to.include('[profile developer]')
        .and.match(/^\[profile admin\]\n(?:.+\n)*credential_process = .+ creds --profile admin$/m)
      for (const profile of ['developer', 'admin', 'saml-developer'] as const) {
        const {arns, stderr} = await ask(client, tools, {
          profile,
          env: client.takesOwnEndpoints ? await ownEndpoints(tools) : {},
        })
        const name = profile.replace('saml-', '')
        expect(arns.join(), stderr).to.match(RegExp(`^arn:aws:sts::123456789012:assumed-role/${name}/`))
      }
      expect(await sandbox.signIns()).to.equal(2)
    })
  }
})
