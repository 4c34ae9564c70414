import {execFile} from 'node:child_process'
import {readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {expect} from 'chai'
import {stringify} from 'yaml'
import {commandLine} from '../../src/aws-config/command-line.ts'
import {ask, awsClients, ownEndpoints} from '../support/aws-clients.ts'
import {installed, useAwsTools} from '../support/aws-tools.ts'
import {bin} from '../support/home.ts'
import {variablesOf} from '../support/machine.ts'
import {sandboxBin} from '../support/sandbox.ts'
import {onTerminal} from '../support/terminal.ts'

const run = promisify(execFile)
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`
const sessionOf = (name: string) => RegExp(`^arn:aws:sts::123456789012:assumed-role/${name}/.+`)

describe('What profiles sync writes', () => {
  const tools = useAwsTools()
  const path = () => join(tools.home.folder, 'aws-config')
  const sync = (...args: string[]) => tools.home.run(['profiles', 'sync', ...args], {AWS_CONFIG_FILE: path()})

  beforeEach(async () => {
    const {issuer, clientId} = tools.sandbox
    const provider = {issuer, clientId}
    await tools.home.writeConfig(
      stringify({
        browser: [process.execPath, sandboxBin, 'browse'],
        cache: 'file',
        providers: {
          sandbox: {strategy: 'oidc', ...provider, rolesClaim: 'aws_roles'},
          'sandbox-saml': {strategy: 'saml2', via: 'token-exchange', ...provider},
        },
        profiles: {
          developer: {provider: 'sandbox', role: role('developer'), region: 'us-east-1'},
          admin: {source: 'developer', role: role('admin'), sessionName: 'by-the-tool'},
          'saml-developer': {provider: 'sandbox-saml', role: role('developer'), region: 'us-east-1'},
        },
      }),
    )
    await rm(path())
  })

  for (const client of awsClients.filter(client => client.switchesInTheSandbox || client.takesOwnEndpoints)) {
    it(`gives ${client.name} each profile: a role, one that it switches to itself, and one by SAML`, async () => {
      expect(await sync('--yes', '--chain', 'aws')).to.include({exitCode: 0, stderr: ''})
      expect(await readFile(path(), 'utf8')).to.match(/\[profile admin\][^[]*source_profile = developer/)
      const env = client.takesOwnEndpoints ? await ownEndpoints(tools) : {}
      for (const profile of ['developer', 'admin', 'saml-developer'] as const) {
        const {arns, errors, stderr} = await ask(client, tools, {profile, env})
        expect(errors, stderr).to.deep.equal([])
        expect(arns[0], profile).to.match(sessionOf(profile === 'admin' ? 'admin' : 'developer'))
        if (profile === 'admin') expect(arns[0]).to.match(/\/by-the-tool$/)
      }
    })
  }

  for (const client of awsClients) {
    it(`gives ${client.name} a role that aws-oidc switches to, with the user's name`, async () => {
      await tools.home.configure({})
      expect(await sync('--yes')).to.include({exitCode: 0, stderr: ''})
      expect(await readFile(path(), 'utf8')).to.not.include('role_arn')
      const {arns, errors, stderr} = await ask(client, tools, {profile: 'admin'})
      expect(errors, stderr).to.deep.equal([])
      expect(arns[0]).to.equal('arn:aws:sts::123456789012:assumed-role/admin/alice@example.com')
    })
  }

  // With each character that a name may have.
  const names = ['50%', '%/.@:+_-x', '/x.y@z:']
  for (const client of awsClients) {
    it(`gives ${client.name} profiles of every allowed name, from a folder with a space in its name`, async () => {
      const profiles = Object.fromEntries(
        names.map(name => [name, {provider: 'sandbox', role: role('developer'), region: 'us-east-1'}]),
      )
      await tools.home.configure({profiles})
      const env = {AWS_CONFIG_FILE: path(), XDG_DATA_HOME: join(tools.home.folder, "it's my data")}
      expect(await tools.home.run(['profiles', 'sync', '--yes'], env)).to.include({exitCode: 0, stderr: ''})
      for (const profile of names) {
        const {arns, errors, stderr} = await ask(client, tools, {profile})
        expect(errors, `${profile}: ${stderr}`).to.deep.equal([])
        expect(arns[0], profile).to.match(sessionOf('developer'))
      }
    })
  }

  it('is still recognized when the AWS CLI has written into the file, and keeps its changes', async () => {
    await sync('--yes')
    const set = async (...args: string[]) => {
      const {exitCode, stderr} = await tools.start(installed('python/bin/aws'), ['configure', 'set', ...args]).ended
      expect({exitCode, stderr}).to.deep.equal({exitCode: 0, stderr: ''})
    }
    await set('cli_pager', 'less', '--profile', 'developer')
    await set('region', 'eu-west-3', '--profile', 'admin')
    await set('region', 'eu-west-1', '--profile', 'theirs')
    expect(await sync('--check')).to.include({exitCode: 7})
    const {stdout} = await sync('--yes', '--prune')
    expect(stdout).to.include('  [profile admin]\n- region = eu-west-3\n+ region = us-east-1\n\n1 profile written.')
    const text = await readFile(path(), 'utf8')
    expect(text).to.include('cli_pager = less\n').and.include('[profile theirs]\nregion = eu-west-1\n')
    expect(await sync('--check')).to.include({exitCode: 0})
  })

  it('is shown on a terminal, in colours, and written only after a yes', async () => {
    const env = {...variablesOf(tools.home, tools.sandbox), AWS_CONFIG_FILE: path(), LANG: 'C.UTF-8'}
    const session = (keys: string) =>
      onTerminal([process.execPath, bin, 'profiles', 'sync'], {env, type: {keys, when: 'Write this?'}})
    const refused = await session('\u001b[B\r')
    expect({exitCode: refused.exitCode, restored: refused.restored}).to.deep.equal({exitCode: 0, restored: true})
    expect(refused.shown).to.include('\u001b[32m+ [profile developer]\u001b[39m').and.include('Nothing was changed')
    expect(await readFile(path(), 'utf8').catch(() => undefined)).to.equal(undefined)
    const left = await session('\u0003')
    expect({exitCode: left.exitCode, restored: left.restored}).to.deep.equal({exitCode: 130, restored: true})
    const agreed = await session('\r')
    expect(agreed.shown).to.include('3 profiles written.')
    expect(await readFile(path(), 'utf8')).to.include('[profile saml-developer]')
  })

  it('is split by botocore into the original arguments, on Windows too', async () => {
    const args = ['creds', '--provider', 'corp & co', '--role', role('a+b=c,d.@-e')]
    for (const [platform, program] of [
      ['linux', "/home/o'neil/#1 *?[x] ~/{a,b}/<no>|de;&(1)!/node"],
      ['win32', 'C:\\Program Files (x86)\\no & de^!\\node.exe'],
    ] as const) {
      const line = commandLine([program, program], args, platform)
      const script =
        'import json, sys; from botocore.compat import compat_shell_split as split; print(json.dumps(split(*sys.argv[1:])))'
      const {stdout} = await run(installed('python/bin/python'), ['-c', script, line, platform])
      expect(JSON.parse(stdout)).to.deep.equal([program, program, ...args])
    }
  })
})
