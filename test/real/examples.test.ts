import {copyFile, mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {basename, delimiter, dirname, join} from 'node:path'
import {expect} from 'chai'
import {circumstances} from '../support/example-circumstances.ts'
import {ourCommands} from '../support/examples.ts'
import {bin} from '../support/home.ts'
import {variablesOf} from '../support/machine.ts'
import {startRegistry, type TestRegistry} from '../support/registry.ts'
import {root, sandboxBin} from '../support/sandbox.ts'
import {useScene} from '../support/scene.ts'
import {type SessionBus, startSessionBus} from '../support/session-bus.ts'
import {nushell} from '../support/shells.ts'
import {startProgramOnTerminal} from '../support/terminal-session.ts'
import {respondentAt} from '../support/wizard.ts'

const shells: Readonly<Record<string, readonly string[]>> = {
  fish: ['fish', '--no-config', '-c'],
  zsh: ['zsh', '-f', '-c'],
  Nushell: [nushell, '--no-config-file', '-c'],
}
/** They do not exist on Linux; test/support/windows-shells.ts reads what is printed for them. */
const elsewhere = ['PowerShell', 'powershell', 'the Windows command prompt (in a batch file %%i)']

const withCredentials = `[ -n "$AWS_SESSION_TOKEN$AWS_CONTAINER_AUTHORIZATION_TOKEN" ]`
/** Programs of others, which here only look whether they got what they need. */
const others = {
  aws: withCredentials,
  'long-job': withCredentials,
  bash: withCredentials,
  PROGRAM: withCredentials,
  terraform: `[ "$1" = apply ] || ${withCredentials}`,
  docker: 'grep -q ^AWS_SESSION_TOKEN= "$3"',
  op: 'echo sandbox-client-secret',
  jq: '[ "$2" = .account ] && grep -q 123456789012',
}

describe('The help', function () {
  this.timeout(300_000)
  const scene = useScene()
  let programs: string
  let registry: TestRegistry
  let bus: SessionBus
  let tarball: string

  before(async () => {
    programs = await mkdtemp(join(tmpdir(), 'aws-oidc-programs-'))
    for (const [name, code] of Object.entries({...others, 'aws-oidc': `exec '${process.execPath}' '${bin}' "$@"`})) {
      await writeFile(join(programs, name), `#!/bin/sh\n${code}\n`, {mode: 0o755})
    }
    registry = await startRegistry()
    await registry.publish(join(root, 'plugins/keycloak'))
    tarball = await registry.pack(join(root, 'plugins/keycloak'))
    bus = await startSessionBus()
    await bus.startKeyring('password of the keyring')
  })
  after(async () => {
    await bus?.stop()
    await registry?.stop()
    await rm(programs, {recursive: true})
  })

  beforeEach(async () => {
    const {home, sandbox} = scene
    await scene.sandbox.steer('POST', '/lifetimes', {intervalSeconds: 1})
    await copyFile(tarball, join(home.folder, basename(tarball)))
    await symlink(join(programs, 'long-job'), join(home.folder, 'long-job'))
    await mkdir(join(home.folder, '.aws-cli-oidc'))
    const metadata = `${sandbox.issuer}/.well-known/openid-configuration`
    const settings = `aws_federation_type: oidc
  oidc_provider_metadata_url: ${metadata}
  client_id: aws-oidc
`
    await writeFile(join(home.folder, '.aws-cli-oidc/config.yaml'), `myop:\n  ${settings}`)
  })

  async function configure(nothing: boolean): Promise<void> {
    const {home, sandbox} = scene
    const top = `cache: file\nbrowser: ["${process.execPath}", "${sandboxBin}", browse]\n`
    const provider = `{strategy: oidc, issuer: "${sandbox.issuer}", clientId: aws-oidc, rolesClaim: aws_roles}`
    const role = (name: string) => `"arn:aws:iam::123456789012:role/${name}"`
    const developer = `{provider: corp, role: ${role('developer')}, region: us-east-1}`
    const profiles = `  developer: ${developer}\n  admin: {source: developer, role: ${role('admin')}}\n`
    const bySaml = `{strategy: saml2, via: token-exchange, issuer: "${sandbox.issuer}", clientId: aws-oidc}`
    const saml = `  saml-developer: {provider: corp-saml, role: ${role('developer')}}\n`
    const providers = `providers:\n  corp: ${provider}\n  corp-saml: ${bySaml}\n`
    const text = nothing ? top : `${top}${providers}profiles:\n${profiles}${saml}`
    await home.writeConfig(text)
    await writeFile(join(home.folder, 'config.yaml'), text, {mode: 0o600})
  }

  function type(line: string, shell: readonly string[] = ['/bin/bash', '--norc', '-c']) {
    const real = line
      .replace('https://sso.example.com', scene.sandbox.issuer)
      .replace('https://npm.example.com/', registry.url)
      .replace('https://example.com/', `${registry.url}aws-oidc-keycloak/-/`)
    const env = {
      ...variablesOf(scene.home, scene.sandbox),
      ...registry.env,
      ...bus.env,
      PATH: [programs, dirname(process.execPath), process.env.PATH].join(delimiter),
      AWS_ENDPOINT_URL_SIGNIN: scene.sandbox.console,
      AWS_OIDC_PROFILE: 'developer',
      SHELL: '/bin/bash',
    }
    return startProgramOnTerminal([...shell, real], {env, cwd: scene.home.folder, columns: 200})
  }

  for (const {name, summary, examples} of ourCommands()) {
    describe(`of ${name}`, () => {
      it('has a summary and at least three examples', () => {
        expect(summary).to.match(/^[A-Z].*\.$/)
        expect(examples).to.have.length.of.at.least(3)
      })

      for (const {description = '', line} of examples) {
        if (elsewhere.includes(description)) continue
        it(`has an example that works: ${line}`, async () => {
          const {first = [], nothingConfigured = false, answers} = circumstances[line] ?? {}
          await configure(nothingConfigured)
          for (const before of first) expect((await type(before).ended).exitCode, before).to.equal(0)
          const session = type(line, shells[description])
          const {seen, ...user} = respondentAt(session)
          await answers?.({seen, ...user}, scene.sandbox.issuer)
          expect((await session.ended).exitCode, seen()).to.equal(0)
        })
      }
    })
  }
})
