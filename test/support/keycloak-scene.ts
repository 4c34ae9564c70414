import {join} from 'node:path'
import {stringify} from 'yaml'
import {type Home, makeHome} from './home.ts'
import {administrator, type Keycloak, type KeycloakOptions, startKeycloak} from './keycloak.ts'
import {listPlugins} from './listed-plugins.ts'
import {root, type Sandbox, startSandbox} from './sandbox.ts'

type Settings = Readonly<Record<string, unknown>>

/** A Keycloak, the sandbox's STS for an account that trusts it, and a user with the plugin installed. */
export interface KeycloakScene {
  readonly keycloak: Keycloak
  readonly sandbox: Sandbox
  readonly home: Home
  /** The address of the realm, which is its issuer. */
  readonly issuer: string
  /** Writes a configuration with these settings on top of the usual provider and its one profile. */
  configure(provider: Settings, profile?: Settings): Promise<void>
  /** Changes a client as an administrator would, until the end of the test. */
  changeClient(clientId: string, change: Settings): Promise<void>
  /** Changes a user, until the end of the test. */
  changeUser(name: string, change: Settings): Promise<void>
  /** The sessions that Keycloak holds for a user. */
  sessionsOf(name: string): Promise<readonly Settings[]>
  /** Ends all sessions of a user, as an administrator would. */
  endSessions(name: string): Promise<void>
}

export interface KeycloakSceneOptions extends KeycloakOptions {
  readonly realm?: string
}

export const developerArn = 'arn:aws:iam::123456789012:role/Developer'

/** One Keycloak and one sandbox for a whole `describe`, and a new home for each test. */
export function useKeycloak({realm = 'aws', ...options}: KeycloakSceneOptions = {}): KeycloakScene {
  const undo: (() => Promise<unknown>)[] = []
  let keycloak: Keycloak | undefined
  let sandbox: Sandbox | undefined
  let home: Home | undefined
  const there = <Thing>(thing: Thing | undefined): Thing => {
    if (thing === undefined) throw new Error('it is there during a test')
    return thing
  }

  before(async function () {
    this.timeout(600_000)
    ;[keycloak, sandbox] = await Promise.all([startKeycloak(options), startSandbox()])
    if (options.realms !== 'none') await trust(scene.issuer, sandbox)
  })
  beforeEach(async () => {
    home = await makeHome(there(sandbox))
    await installPlugin(home)
    await scene.configure({})
  })
  afterEach(async () => {
    for (const work of undo.splice(0).reverse()) await work()
    await home?.close()
  })
  after(() => Promise.all([keycloak?.stop(), sandbox?.stop()]))

  const scene: KeycloakScene = {
    get issuer() {
      return `${scene.keycloak.base}/realms/${realm}`
    },
    get keycloak() {
      return there(keycloak)
    },
    get sandbox() {
      return there(sandbox)
    },
    get home() {
      return there(home)
    },
    async configure(provider, profile = {}) {
      const usual = {strategy: 'keycloak', url: scene.keycloak.url, realm, clientId: 'aws-oidc'}
      await scene.home.writeConfig(
        stringify({
          browser: [process.execPath, join(root, 'test/support/keycloak-browser.ts')],
          cache: 'file',
          providers: {corp: {...usual, ...provider}},
          profiles: {developer: {provider: 'corp', role: developerArn, ...profile}},
        }),
      )
    },
    async changeClient(clientId, change) {
      const [client] = await administer('GET', `/clients?clientId=${encodeURIComponent(clientId)}`)
      await changeAt(`/clients/${client?.id}`, there(client), change)
    },
    async changeUser(name, change) {
      const user = await userNamed(name)
      await changeAt(`/users/${user.id}`, user, change)
    },
    sessionsOf: async name => administer('GET', `/users/${(await userNamed(name)).id}/sessions`),
    async endSessions(name) {
      await administer('POST', `/users/${(await userNamed(name)).id}/logout`)
    },
  }

  async function changeAt(path: string, before: Settings, change: Settings): Promise<void> {
    undo.push(() => administer('PUT', path, merged({attributes: emptied(change.attributes)}, before)))
    await administer('PUT', path, merged(before, change))
  }

  async function userNamed(name: string): Promise<Settings> {
    const [user] = await administer('GET', `/users?exact=true&username=${name}`)
    return there(user)
  }

  async function administer(method: string, path: string, body?: Settings): Promise<readonly Settings[]> {
    const response = await fetch(`${scene.keycloak.base}/admin/realms/${realm}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await administratorToken(scene.keycloak.base)}`,
        'content-type': 'application/json',
      },
      ...(body && {body: JSON.stringify(body)}),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? [] : JSON.parse(text)
  }

  return scene
}

const clients = ['aws-oidc', 'aws-oidc-confidential', 'aws-oidc-short', 'aws-oidc-v2']

/** Makes the account trust a realm, by its keys and its certificate, and lets its users assume the role Developer. */
export async function trust(issuer: string, sandbox: Sandbox): Promise<void> {
  await trustKeys(issuer, sandbox)
  const metadata = await (await fetch(`${issuer}/protocol/saml/descriptor`)).text()
  const [, certificate] = /<\w*:?X509Certificate>([^<]+)/.exec(metadata) ?? []
  await sandbox.steer('PUT', '/saml-providers/keycloak', {issuer, certificate})
  const trusting = {audiences: clients, samlAudiences: ['https://signin.aws.amazon.com/saml']}
  await sandbox.steer('PUT', '/roles/Developer', {...trusting, maxSessionDurationSeconds: 43_200})
}

/** Makes the account trust one more realm, for its ID tokens alone. */
export async function trustKeys(issuer: string, sandbox: Sandbox): Promise<void> {
  const keys = await (await fetch(`${issuer}/protocol/openid-connect/certs`)).json()
  await sandbox.steer('PUT', `/openid-providers${new URL(issuer).pathname.replace(/^.*\//, '/')}`, {
    issuer,
    keys,
    audiences: clients,
  })
}

/** Links the plugin as `aws-oidc plugins link` would, without a package manager. */
async function installPlugin(home: Home): Promise<void> {
  await listPlugins(home, [{name: 'aws-oidc-keycloak', type: 'link', root: join(root, 'plugins/keycloak')}])
}

async function administratorToken(base: string): Promise<string> {
  const response = await fetch(`${base}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'password',
      client_id: 'admin-cli',
      username: administrator.name,
      password: administrator.password,
    }),
  })
  const {access_token: token} = Object(await response.json())
  return String(token)
}

/** The attributes without their values. Keycloak keeps an attribute that is left out, and removes an empty one. */
function emptied(attributes: unknown): Settings {
  const names = typeof attributes === 'object' && attributes !== null ? Object.keys(attributes) : []
  return Object.fromEntries(names.map(name => [name, '']))
}

/** The `attributes` of a client are merged one by one. */
function merged(before: Settings, change: Settings): Settings {
  const attributes = {...Object(before.attributes), ...Object(change.attributes)}
  return {...before, ...change, ...(change.attributes !== undefined && {attributes})}
}
