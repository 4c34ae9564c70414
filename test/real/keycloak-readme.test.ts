import {execFile} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {expect} from 'chai'
import {parse, stringify} from 'yaml'
import {installed} from '../support/aws-tools.ts'
import {administrator} from '../support/keycloak.ts'
import {trust, useKeycloak} from '../support/keycloak-scene.ts'
import {root} from '../support/sandbox.ts'

const readme = readFileSync(join(root, 'plugins/keycloak/README.md'), 'utf8')
const address = 'https://sso.example.com'

/** The blocks of code with that language, or with a name behind it. */
function blocks(info: string): string {
  const found = [...readme.matchAll(/^```([^\n]+)\n(.*?)^```$/gms)].filter(([, language]) => language === info)
  if (found.length === 0) throw new Error(`no block ${info}`)
  return found.map(([, , code]) => code).join('')
}

describe('A server that is set up as the README of the plugin says', () => {
  const scene = useKeycloak({realms: 'none', realm: 'example'})
  let folder: string

  /** Runs commands of the README at our server; they log in as the administrator first. */
  async function shell(script: string): Promise<void> {
    const {PATH, JAVA_HOME} = process.env
    const commands = script.replaceAll(address, scene.keycloak.url).replace('the-first-password', 'alice-password')
    await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', commands], {
      cwd: folder,
      env: {
        PATH: `${installed('keycloak/usual/bin')}:${PATH}`,
        HOME: folder,
        KC_CLI_PASSWORD: administrator.password,
        ...(JAVA_HOME && {JAVA_HOME}),
      },
    })
  }

  before(async function () {
    this.timeout(300_000)
    folder = await mkdtemp(join(tmpdir(), 'aws-oidc-kcadm-'))
    await shell(blocks('sh'))
    await trust(scene.issuer, scene.sandbox)
  })
  beforeEach(() => configure())
  after(() => rm(folder, {recursive: true, force: true}))

  /** The configuration of the README, with these settings over those of the provider and the profile of OIDC. */
  async function configure(provider: object = {}, profile: object = {}): Promise<void> {
    const written = parse(blocks('yaml').replaceAll(address, scene.keycloak.url))
    Object.assign(written.providers.corp, provider)
    Object.assign(written.profiles.developer, profile)
    const browser = [process.execPath, join(root, 'test/support/keycloak-browser.ts')]
    await scene.home.writeConfig(stringify({...written, browser, cache: 'file'}))
  }

  async function expectRole(profile: string): Promise<void> {
    const {exitCode, stdout, stderr} = await scene.home.run(['whoami', '--profile', profile, '--json'])
    expect(exitCode, stderr).to.equal(0)
    expect(JSON.parse(stdout).arn).to.match(/assumed-role\/developer\/alice/)
  }

  for (const profile of ['developer', 'saml-developer']) {
    it(`gives the role of the profile ${profile}`, () => expectRole(profile))
  }

  it('lists the roles in the claim that its mapper makes', async () => {
    await configure({rolesClaim: 'aws_roles'}, {role: undefined})
    await expectRole('developer')
  })

  it('gives it again after the commands there have corrected every wrong switch', async function () {
    this.timeout(300_000)
    await scene.changeClient('aws-oidc', {
      standardFlowEnabled: false,
      redirectUris: [],
      attributes: {
        'oauth2.device.authorization.grant.enabled': 'false',
        'pkce.code.challenge.method': 'plain',
        'standard.token.exchange.enabled': 'true',
        'require.pushed.authorization.requests': 'true',
        'dpop.bound.access.tokens': 'true',
      },
    })
    await scene.changeClient('urn:amazon:webservices', {
      consentRequired: true,
      attributes: {'saml.assertion.signature': 'false', saml_assertion_consumer_url_post: ''},
    })
    const id = (clientId: string) =>
      `$(kcadm.sh get clients -r $realm -q clientId=${clientId} --fields id --format csv --noquotes)`
    const variables = `realm=example\nclient=${id('aws-oidc')}\nsaml=${id('urn:amazon:webservices')}\n`
    const [login = ''] = blocks('sh').split('\n')
    await shell(`${login}\n${variables}${blocks('sh switches')}`)
    for (const profile of ['developer', 'saml-developer']) await expectRole(profile)
    const {exitCode, stderr} = await scene.home.run(['login', '--profile', 'developer', '--force', '--device'])
    expect(exitCode, stderr).to.equal(0)
  })
})
