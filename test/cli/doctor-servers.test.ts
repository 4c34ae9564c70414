import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {makeAuthority} from '../support/certificates.ts'
import {examine, finds, type Illness} from '../support/doctor.ts'
import {hookWith, plantPlugin} from '../support/planted-plugin.ts'
import {busyPort, freePort} from '../support/ports.ts'
import {type Scene, useScene} from '../support/scene.ts'
import {startFront} from '../support/tls-front.ts'
import {otherEndpoint} from '../support/token-endpoint.ts'

const online: readonly string[] = []

/** A strategy with a check of its own. */
const checking =
  (body: string) =>
  async ({home, sandbox}: Scene) => {
    const hook = hookWith({}).replace('async signIn(', `async check(settings, host) { ${body} },\n      async signIn(`)
    await plantPlugin(home, {hook})
    await home.configure({provider: {strategy: 'ping', issuer: sandbox.issuer}})
  }

const servers: readonly Illness[] = [
  {
    id: 'provider.metadata',
    severity: 'error',
    when: 'of another issuer',
    make: ({sandbox}) => sandbox.fault({on: 'discovery', change: {issuer: 'https://sso.example.com'}}),
    says: /https:\/\/sso\.example\.com/,
    mend: /issuer: https:\/\/sso\.example\.com/,
    args: online,
  },
  {
    id: 'provider.metadata',
    severity: 'error',
    when: 'that does not exist',
    make: ({home, sandbox}) => home.configure({provider: {issuer: `${new URL(sandbox.issuer).origin}/nowhere`}}),
    says: /HTTP 404/,
    mend: /Check "issuer"/,
    args: online,
  },
  {
    id: 'provider.unreachable',
    severity: 'error',
    when: 'where nobody answers',
    make: async ({home}) => home.configure({provider: {issuer: `http://127.0.0.1:${await freePort()}`}}),
    says: /127\.0\.0\.1:\d+ could not be reached: the connection was refused/,
    mend: /Check the network, VPN and proxy/,
    args: online,
  },
  {
    id: 'provider.ports',
    severity: 'error',
    when: 'all of which are taken',
    make: ({home}) => home.configure({provider: {redirect: {ports: [taken]}}}),
    says: /No port for the sign-in is free: \d+/,
    mend: /redirect\.ports/,
    args: online,
  },
  {
    id: 'provider.refused',
    severity: 'error',
    when: 'for a client that the provider does not know',
    make: ({home}) => home.configure({provider: {clientId: 'nobody'}}),
    says: /no sign-in page for the client "nobody" and the redirect address http:\/\/127\.0\.0\.1\/callback/,
    mend: /Check the client ID, and the redirect addresses/,
    args: online,
  },
  {
    id: 'provider.refused',
    severity: 'error',
    when: 'for a redirect address that is not registered',
    make: ({home}) => home.configure({provider: {redirect: {path: '/other'}}}),
    says: /the redirect address http:\/\/127\.0\.0\.1\/other/,
    mend: /Check the client ID, and the redirect addresses/,
    args: online,
  },
  {
    id: 'provider.no-code',
    severity: 'error',
    when: 'where the configuration requires a code and the provider offers none',
    async make({home, sandbox}) {
      await home.configure({provider: {flow: 'device'}})
      await sandbox.fault({on: 'discovery', change: {device_authorization_endpoint: null}})
    },
    says: /"sandbox" offers no sign-in with a code/,
    mend: /flow: auto/,
    args: online,
  },
  {
    id: 'browser.elsewhere',
    severity: 'note',
    when: 'over SSH, where you sign in with a code',
    make: ({home}) => home.configure({top: {browser: undefined}}),
    env: () => ({SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22'}),
    says: /You sign in with a code, because this is an SSH session/,
    mend: /^aws-oidc login --provider sandbox$/,
    args: online,
  },
  {
    id: 'browser.unreachable',
    severity: 'warning',
    when: 'in a codespace, where the provider offers no code',
    async make({home, sandbox}) {
      await home.configure({top: {browser: undefined}})
      await sandbox.fault({on: 'discovery', change: {device_authorization_endpoint: null}})
    },
    env: () => ({CODESPACES: 'true'}),
    says: /this is GitHub Codespaces, and the provider offers no code.*Programs can't ask you/,
    mend: /^aws-oidc login --provider sandbox$/,
    args: online,
  },
  {
    id: 'provider.check',
    severity: 'warning',
    when: 'for what its strategy says is wrong',
    make: checking(
      `return [{ok: true, what: 'the first is fine'}, {ok: false, what: 'the switch is off', mend: 'flip it'}]`,
    ),
    says: /^the switch is off$/,
    mend: /^flip it$/,
    args: online,
  },
  {
    id: 'provider.check',
    severity: 'warning',
    when: 'where its strategy can not tell',
    make: checking(`throw host.error('UNAVAILABLE', 'The portal is closed.', {hint: 'wait'})`),
    says: /^The portal is closed\.$/,
    mend: /^wait$/,
    args: online,
  },
  {
    id: 'provider.check',
    severity: 'note',
    when: 'where its strategy would need the user, who is not asked',
    make: checking(`await host.tokens({issuer: settings.issuer, clientId: settings.clientId}); return []`),
    says: /You need to sign in to 127\.0\.0\.1:\d+\./,
    mend: /^aws-oidc login --provider sandbox$/,
    args: online,
  },
  {
    id: 'check.crashed',
    severity: 'warning',
    when: 'in the code of a plugin, and goes on',
    make: checking('throw new TypeError("oops")'),
    says: /A check failed: what the strategy "ping" checks of "sandbox": .*aws-oidc-ping failed: oops/,
    mend: /^aws-oidc doctor --debug$/,
    args: online,
  },
  {
    id: 'clock.wrong',
    severity: 'error',
    when: 'by more than AWS tolerates',
    make: ({sandbox}) => sandbox.steer('POST', '/clock', {offsetSeconds: 1200}),
    says: /The clock of this machine is 20 min behind that of 127\.0\.0\.1:\d+/,
    mend: /^sudo timedatectl set-ntp true$/,
    args: online,
  },
  {
    id: 'clock.wrong',
    severity: 'warning',
    when: 'by less',
    make: ({sandbox}) => sandbox.steer('POST', '/clock', {offsetSeconds: -120}),
    env: () => ({WSL_DISTRO_NAME: 'Debian'}),
    says: /2 min ahead of/,
    mend: /^sudo hwclock -s$/,
    args: online,
  },
  {
    id: 'sts.unreachable',
    severity: 'error',
    when: 'where nobody answers',
    env: () => ({AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${free}`}),
    says: /127\.0\.0\.1:\d+ could not be reached/,
    mend: /Check the network/,
    args: online,
  },
]

let taken = 0
let free = 0

describe('doctor, for servers,', () => {
  const scene = useScene()
  const ids = async (args = online, env = {}) => (await examine(scene.home, env, args)).findings.map(({id}) => id)
  let port: Awaited<ReturnType<typeof busyPort>>
  before(async () => {
    port = await busyPort()
    taken = port.port
    free = await freePort()
  })
  after(() => port[Symbol.asyncDispose]())

  finds(scene, servers)

  it('finds nothing where all is well, asks no questions and signs nobody in', async () => {
    await scene.home.run(['profiles', 'sync', '--yes'])
    await scene.sandbox.steer('DELETE', '/journal')
    const {findings, fine} = await examine(scene.home)
    expect(findings.map(({id}) => id)).to.deep.equal(['environment.sts'])
    const said = fine.map(({area, what}) => `${area}: ${what}`).join('\n')
    expect(said)
      .to.match(/^Provider sandbox: read the metadata of 127\.0\.0\.1:\d+$/m)
      .and.match(/^Provider sandbox: a sign-in uses the browser; there is a page for the client "aws-oidc"$/m)
      .and.match(/^AWS: the STS at 127\.0\.0\.1:\d+ has answered$/m)
    const kinds = (await scene.sandbox.journal()).map(({kind}) => kind)
    expect(kinds).not.to.include.members(['sign-in'])
    expect(kinds).not.to.include.members(['token'])
  })

  for (const [what, location, says] of [
    ['a page of its own that says so, as Ory Hydra does', '/error?error=invalid_client', /: invalid_client\.$/],
    ['a page that it refuses then, as Dex does', '/token', /no sign-in page for the client "aws-oidc"/],
  ] as const) {
    it(`recognizes by ${what} that a client is refused`, async () => {
      await sendingTo(location, async () => {
        const {findings} = await examine(scene.home)
        expect(findings.find(({id}) => id === 'provider.refused')?.what).to.match(says)
      })
    })
  }

  it('says that only a browser can tell where the sign-in page is on another host', async () => {
    await sendingTo('http://localhost:1/login', async () => {
      const {fine} = await examine(scene.home)
      expect(fine.map(({what}) => what)).to.include(
        'a sign-in uses the browser; only a browser can tell whether there is a page for the client "aws-oidc"',
      )
    })
  })

  it('notes that no sign-in can be renewed where the client may not have "offline_access"', async () => {
    await sendingTo('http://127.0.0.1/callback?error=invalid_scope', async () => {
      const {findings} = await examine(scene.home)
      expect(findings.map(({id}) => id)).not.to.include('provider.refused')
      expect(findings.find(({id}) => id === 'provider.no-renewal')).to.include({severity: 'note'})
    })
  })

  /** A provider whose page to sign in at sends the browser on, and refuses all else. */
  async function sendingTo(location: string, work: () => Promise<void>): Promise<void> {
    const other = await otherEndpoint(path =>
      path.startsWith('/token?') ? {status: 302, headers: {location}} : {status: 400, body: 'Bad Request'},
    )
    try {
      await scene.sandbox.fault({on: 'discovery', change: {authorization_endpoint: other.address}})
      await work()
    } finally {
      await other.close()
    }
  }

  it('with --no-network contacts no server, and reports none', async () => {
    await scene.home.configure({provider: {issuer: `http://127.0.0.1:${free}`}})
    expect(await ids(['--no-network'])).not.to.include('provider.unreachable')
  })

  it('names a proxy that does not work, and the variable it comes from', async () => {
    await scene.home.configure({provider: {issuer: 'https://sso.example.com'}})
    const env = {HTTPS_PROXY: `http://user:proxy-password@127.0.0.1:${free}`, NO_PROXY: '127.0.0.1'}
    const {findings} = await examine(scene.home, env)
    const told = findings.find(({id}) => id === 'provider.unreachable')
    expect(told?.what).to.include(`could not be reached through the proxy 127.0.0.1:${free}`)
    expect(told?.details?.[0]).to.equal(`The proxy 127.0.0.1:${free} comes from HTTPS_PROXY.`)
    expect(JSON.stringify(findings)).not.to.include('proxy-password')
  })

  it('says in plain words that a certificate is not trusted, and which authorities are', async () => {
    const [authority, other] = [await makeAuthority(), await makeAuthority('Another')]
    const pair = await authority.forServer(['127.0.0.1'])
    const front = await startFront({...pair, behind: new URL(scene.sandbox.issuer)})
    try {
      await scene.home.configure({provider: {issuer: `https://127.0.0.1:${front.port}`}})
      const bundle = join(scene.home.folder, 'ca.pem')
      await writeFile(bundle, other.certificate)
      const {findings} = await examine(scene.home, {AWS_CA_BUNDLE: bundle})
      const told = findings.find(({id}) => id === 'provider.unreachable')
      expect(told?.what).to.match(/The certificate of 127\.0\.0\.1:\d+ is not trusted/)
      expect(told?.mend).to.match(/^export AWS_CA_BUNDLE=/)
      expect(told?.details).to.deep.equal([
        `aws-oidc trusts the authorities of the system and those of AWS_CA_BUNDLE (${bundle}).`,
      ])
    } finally {
      await front.stop()
    }
  })

  it('does not wait for a server that does not answer, and names it', async () => {
    await scene.sandbox.fault({on: 'discovery', delayMs: 20_000})
    const began = performance.now()
    const {findings} = await examine(scene.home)
    expect(findings.find(({id}) => id === 'provider.unreachable')?.what).to.match(/has not answered within 8 s/)
    expect(performance.now() - began).to.be.lessThan(16_000)
  })

  it('runs no program that prints a secret', async () => {
    const mark = join(scene.home.folder, 'ran')
    const command = [process.execPath, '-e', `require('node:fs').writeFileSync(${JSON.stringify(mark)}, '')`]
    await scene.home.configure({provider: {clientSecret: {command}}})
    expect(await ids()).not.to.include('provider.settings')
  })
})
