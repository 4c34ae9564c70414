import {chmod, mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {stringify} from 'yaml'
import {roleArn} from './account.ts'
import type {SandboxAddresses} from './sandbox.ts'

const region = 'us-east-1'

/**
 * Writes a configuration of aws-oidc and one of the AWS tools to `directory`, with the same profiles.
 * `command` is the command line that the AWS tools run.
 */
export async function writeConfig(directory: string, addresses: SandboxAddresses, command: string): Promise<void> {
  await mkdir(directory, {recursive: true, mode: 0o700})
  await chmod(directory, 0o700)
  await writePrivate(join(directory, 'config.yaml'), stringify(configurationFor(addresses), {lineWidth: 0}))
  await writePrivate(join(directory, 'aws-config'), awsConfig(['developer', 'admin', 'saml-developer'], command))
}

function configurationFor({issuer, clientId}: SandboxAddresses) {
  return {
    providers: {
      sandbox: {strategy: 'oidc', issuer, clientId, rolesClaim: 'aws_roles'},
      'sandbox-saml': {strategy: 'saml2', via: 'token-exchange', issuer, clientId},
    },
    profiles: {
      developer: {provider: 'sandbox', role: roleArn('developer'), region},
      admin: {source: 'developer', role: roleArn('admin')},
      'saml-developer': {provider: 'sandbox-saml', role: roleArn('developer'), region},
    },
  }
}

function awsConfig(profiles: readonly string[], command: string): string {
  const sections = profiles.map(
    profile => `[profile ${profile}]\nregion = ${region}\ncredential_process = ${command} creds --profile ${profile}\n`,
  )
  return sections.join('\n')
}

async function writePrivate(file: string, text: string): Promise<void> {
  await writeFile(file, text, {mode: 0o600})
  // The mode above applies only to new files.
  await chmod(file, 0o600)
}
