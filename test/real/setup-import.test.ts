import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {ask, awsClients} from '../support/aws-clients.ts'
import {useAwsTools} from '../support/aws-tools.ts'
import {sandboxBin} from '../support/sandbox.ts'

describe('An imported configuration of aws-cli-oidc', () => {
  const tools = useAwsTools()

  for (const client of awsClients) {
    it(`gives credentials to ${client.name} under the same profile name as before`, async () => {
      const {home, sandbox} = tools
      const aws = join(home.folder, 'aws-config')
      await home.writeConfig(`cache: file\nbrowser: [${process.execPath}, ${sandboxBin}, browse]\n`)
      await mkdir(join(home.folder, '.aws-cli-oidc'))
      await writeFile(
        join(home.folder, '.aws-cli-oidc/config.yaml'),
        `corp:
  aws_federation_type: oidc
  client_id: ${sandbox.clientId}
  oidc_provider_metadata_url: ${sandbox.issuer}/.well-known/openid-configuration
`,
      )
      const role = 'arn:aws:iam::123456789012:role/developer'
      const line = `credential_process=aws-cli-oidc get-cred -p corp -r ${role} -j -s -d 3600`
      await writeFile(aws, `[profile developer]\nregion = us-east-1\n${line}\n`)
      const taken = await home.run(['setup', '--from', 'aws-cli-oidc', '--yes'], {AWS_CONFIG_FILE: aws})
      expect(taken.exitCode, taken.stderr).to.equal(0)
      expect(await readFile(aws, 'utf8')).not.to.include('get-cred')
      const {arns, stderr} = await ask(client, tools, {profile: 'developer'})
      expect(arns.join(), stderr).to.match(/^arn:aws:sts::123456789012:assumed-role\/developer\//)
      expect(await sandbox.signIns()).to.equal(1)
    })
  }
})
