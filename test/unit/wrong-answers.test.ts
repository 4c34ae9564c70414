import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {signInToken} from '../../src/aws/federation.ts'
import {credentialsFor} from '../../src/credentials/credentials.ts'
import type {Dependencies} from '../../src/credentials/dependencies.ts'
import {AwsOidcError, type ErrorCode} from '../../src/errors.ts'
import {revokeTokens} from '../../src/host/tokens.ts'
import {signInByDevice} from '../../src/oauth/device-sign-in.ts'
import {discover} from '../../src/oauth/discovery.ts'
import {endSessionAddress} from '../../src/oauth/revoke.ts'
import {systemFiles} from '../../src/outside/files/files.ts'
import {systemTrees} from '../../src/outside/files/trees.ts'
import type {OidcClient} from '../../src/plugin.ts'
import {installPlugin} from '../../src/registry/install.ts'
import {developer, makeStage, type Stage} from '../support/dependencies.ts'
import type {Dice} from '../support/dice.ts'
import {type AnswerKind, type Distortion, makeOpenIdProvider, type OpenIdProvider} from '../support/openid.ts'
import {realStrategy} from '../support/real-strategy.ts'
import {fuzz, usually} from '../support/rounds.ts'
import {wrongJson, wrongText} from '../support/wrong-answers.ts'

const request = {profile: 'developer', force: false, lasting: false}
const client: OidcClient = {issuer: new URL('https://idp.example'), clientId: 'aws-oidc'}
const challenge = 'Bearer error="invalid_client", x=5, realm'

/** The errors that blame the other side. "PLUGIN_FAILED" and "a bug" blame aws-oidc. */
const theirs: ReadonlySet<ErrorCode> = new Set([
  'AWS_REFUSED',
  'BAD_RESPONSE',
  'CONFIG_INVALID',
  'NOT_APPLICABLE',
  'SIGN_IN_REFUSED',
  'SIGN_IN_REQUIRED',
  'TIMED_OUT',
  'UNAVAILABLE',
  'USAGE',
])

interface Scene {
  readonly stage: Stage
  readonly provider: OpenIdProvider
  call(): Dependencies
}

/** A provider, an STS and a user who signs in. */
function stageFor(): Scene {
  const stage = makeStage(`
providers:
  corp: {strategy: oidc, issuer: 'https://idp.example', clientId: aws-oidc}
profiles:
  developer: {provider: corp, role: ${developer}, sessionName: '{sub}'}
`)
  // The library judges ID tokens by the clock of this machine, whatever the clock of the test says.
  stage.clock.advance(Date.now() - stage.clock.now().getTime())
  const provider = makeOpenIdProvider(stage.clock)
  return {
    stage,
    provider,
    call() {
      const deps = stage.call()
      const fetch: typeof globalThis.fetch = (input, init) =>
        new URL(String(input)).host === 'idp.example' ? provider.fetch(input, init) : stage.sts.fetch(input, init)
      const network = {...deps.network, fetch, fetchOnce: fetch, offsetTo: () => 0}
      const registry = {...deps.registry, strategy: realStrategy}
      return {...deps, registry, network, networkOf: () => network, openBrowser: url => provider.browse(url)}
    },
  }
}

function distortionOf(kind: AnswerKind, dice: Dice): Distortion {
  const status = dice.one([undefined, 200, 302, 400, 401, 403, 500])
  const headers = dice.one([undefined, {'www-authenticate': challenge}, {'retry-after': dice.one(['-1', '1e99', 'x'])}])
  return {
    of: kind,
    by: answer => wrongJson(answer, dice),
    ...(kind === 'refusal' || kind === 'revocation' ? {status: status ?? 400, ...(headers && {headers})} : {}),
  }
}

/** Whoever is to blame for a failure, it isn't we. */
async function isTheirs(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const fault = error instanceof AwsOidcError && theirs.has(error.code) ? undefined : error
    if (fault !== undefined) throw fault
  }
}

describe('answers with wrong types in them are never reported as a bug of ours', function () {
  const rounds = 100
  this.timeout(60_000 + usually(rounds).count * 100)

  for (const kind of ['discovery', 'keys', 'tokens', 'claims', 'refusal'] as const) {
    it(`at a sign-in in the browser, in the ${kind}`, () =>
      fuzz(rounds, async ({dice}) => {
        const {provider, call} = stageFor()
        provider.distortion = distortionOf(kind, dice)
        await isTheirs(() => credentialsFor(request, call()))
      }))

    it(`at a renewal, in the ${kind}`, () =>
      fuzz(rounds, async ({dice}) => {
        const {provider, stage, call} = stageFor()
        await credentialsFor(request, call())
        // The provider's description is remembered for a day; half of the time it is fetched again.
        stage.clock.advance(dice.chance(0.5) ? 86_400_001 : 3_600_000)
        provider.distortion = distortionOf(kind, dice)
        await isTheirs(() => credentialsFor({...request, force: true}, call()))
      }))
  }

  for (const kind of ['discovery', 'code', 'tokens', 'refusal'] as const) {
    it(`at a sign-in with a code, in the ${kind}`, () =>
      fuzz(rounds, async ({dice}) => {
        const {provider, stage} = stageFor()
        provider.distortion = distortionOf(kind, dice)
        const {clock} = stage
        const end = clock.now().getTime() + 3_600_000
        const over = new AbortController()
        let naps = 0
        await isTheirs(async () => {
          const transport = {fetch: provider.fetch, offsetTo: () => 0, mutualTls: false}
          const configuration = await discover(client, transport)
          await signInByDevice(configuration, client, {
            remember: true,
            show: async ({expiresAt}) => void expect(expiresAt.getTime()).to.be.within(0, end + 1),
            onNoRenewal: async () => undefined,
            maskSecret: () => undefined,
            transport,
            async sleep(milliseconds) {
              expect(milliseconds, 'a sleep').to.be.within(0, 2 ** 31 - 1)
              clock.advance(milliseconds)
              naps++
              if (clock.now().getTime() >= end) over.abort(new AwsOidcError('TIMED_OUT', 'The time is up.'))
              over.signal.throwIfAborted()
            },
            elapsed: clock.elapsed,
            signal: over.signal,
            clock: {now: clock.now, offsetMilliseconds: 0},
          })
        })
        expect(naps, 'polls in an hour').to.be.at.most(3_601)
      }))
  }

  for (const kind of ['discovery', 'revocation'] as const) {
    it(`at a sign-out, in the ${kind}`, () =>
      fuzz(rounds, async ({dice}) => {
        const {provider, call} = stageFor()
        const {secrets} = call()
        const memory = {
          get: async () => JSON.stringify({accessToken: 'a', refreshToken: 'r', claims: {}, expiresAt: new Date()}),
          set: async () => undefined,
          delete: async () => undefined,
          directory: async () => '/nowhere',
          restore: async () => undefined,
          takes: async () => true,
        }
        const transport = {fetch: provider.fetch, offsetTo: () => 0, mutualTls: false}
        provider.distortion = distortionOf(kind, dice)
        await isTheirs(() => revokeTokens(client, {...transport, memory, secrets, now: () => new Date()}))
        await isTheirs(async () => endSessionAddress(await discover(client, transport)))
      }))
  }

  it('of AWS STS', () =>
    fuzz(rounds, async ({dice}) => {
      const {stage, call} = stageFor()
      const deps = call()
      const refused = dice.chance(0.3)
      if (refused) stage.sts.refusal = [dice.one(['AccessDenied', 'toString', '__proto__', '']), 'Not you.']
      const fetch: typeof globalThis.fetch = async (input, init) => {
        const answer = await deps.network.fetch(input, init)
        if (new URL(String(input)).host === 'idp.example') return answer
        return new Response(wrongText(await answer.text(), dice), {status: answer.status})
      }
      const network = {...deps.network, fetch, fetchOnce: fetch}
      await isTheirs(() => credentialsFor(request, {...deps, network}))
    }))

  it('of AWS Sign-In', async () => {
    const credentials = {accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c', expiration: new Date()}
    await fuzz(rounds, async ({dice}) => {
      const text = wrongJson({SigninToken: 'token'}, dice)
      const fetch = async () => new Response(text, {status: dice.one([200, 200, 302, 400, 503])})
      const service = {url: new URL('https://us-east-1.signin.aws.amazon.com'), aws: true}
      await isTheirs(() => signInToken(credentials, undefined, {service, fetch}))
    })
  })

  it('of npm', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aws-oidc-wrong-'))
    await fuzz(rounds, async ({dice}) => {
      const {log} = stageFor().call()
      const said = (value: object): unknown => {
        try {
          return JSON.parse(wrongJson(value, dice))
        } catch {
          return undefined
        }
      }
      const npm = {
        async run([command]: readonly string[]) {
          if (command === 'pack') return said([{name: 'aws-oidc-ping', version: '1.0.0', integrity: 'sha512-x'}])
          return command === 'view' ? said({name: 'aws-oidc-ping', _npmUser: {name: 'alice'}}) : undefined
        },
      }
      const own = {name: 'aws-oidc', root: '/nowhere', manifest: {version: '1.0.0'}}
      await isTheirs(() =>
        installPlugin(
          {plugin: 'aws-oidc-ping', builtIn: []},
          {
            own,
            dataFolder: folder,
            configuration: {
              allowedPlugins: undefined,
              pinnedPlugins: new Map(),
              path: 'config.yaml',
              providers: {},
              cache: 'auto',
            },
            files: systemFiles,
            trees: systemTrees,
            exclusively: work => work(),
            nodeVersion: '24.15.0',
            npm,
            npmOptions: {registry: undefined, signal: new AbortController().signal},
            log,
          },
        ).catch(error => {
          // Nothing was installed, which is a plugin's fault in the end.
          if (!(error instanceof AwsOidcError && error.code === 'PLUGIN_FAILED')) throw error
        }),
      )
    })
    await rm(folder, {recursive: true})
  })
})
