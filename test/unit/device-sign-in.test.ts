import {createHash} from 'node:crypto'
import {expect} from 'chai'
import {AwsOidcError} from '../../src/errors.ts'
import {type DeviceCode, signInByDevice} from '../../src/oauth/device-sign-in.ts'
import {discover} from '../../src/oauth/discovery.ts'
import type {OidcClient} from '../../src/plugin.ts'
import {type MovableClock, movableClock} from '../support/dependencies.ts'

const issuer = 'https://idp.example'
const client: OidcClient = {issuer: new URL(issuer), clientId: 'aws-oidc', parameters: {audience: 'aws'}}
const tokens = {token_type: 'Bearer', access_token: 'access-token', refresh_token: 'refresh-token', expires_in: 300}
const usual = {
  device_code: 'device-code',
  user_code: 'FQBC-WQBN',
  verification_uri: `${issuer}/device`,
  verification_uri_complete: `${issuer}/device?user_code=FQBC-WQBN`,
  expires_in: 600,
}

/** An answer to a poll; an error is thrown, as a network that is cut does. */
type Poll =
  | {readonly status?: number; readonly error: string; readonly headers?: Record<string, string>}
  | Error
  | object

interface Stage {
  readonly clock: MovableClock
  readonly shown: DeviceCode[]
  readonly secrets: string[]
  /** Seconds between the code and the polls, one after the other. */
  readonly waits: number[]
  readonly forms: URLSearchParams[]
  /** Sets the wall clock, which limits must not run on. */
  setWallClock(milliseconds: number): void
  run(limit?: AbortSignal, onShown?: () => void): Promise<unknown>
}

/** A provider that answers the polls in this order, and then always with the last one. */
function stageWith(polls: readonly Poll[], device: object = {}, deviceStatus = 200): Stage {
  const clock = movableClock()
  const [shown, secrets, waits, forms]: [DeviceCode[], string[], number[], URLSearchParams[]] = [[], [], [], []]
  let last = clock.now().getTime()
  let count = 0
  let setAhead = 0

  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const {pathname} = new URL(String(input))
    if (init.method !== 'POST') return json(pathname === '/jwks' ? {keys: []} : metadata)
    forms.push(new URLSearchParams(String(init.body)))
    if (pathname === '/device/auth') return json(deviceStatus === 200 ? {...usual, ...device} : device, deviceStatus)
    waits.push((clock.now().getTime() - last) / 1000)
    last = clock.now().getTime()
    const poll = polls[Math.min(count++, polls.length - 1)] ?? tokens
    if (poll instanceof Error) throw poll
    if (!('error' in poll)) return json(poll)
    const {status = 400, headers, error} = {headers: {}, ...poll}
    return json({error, error_description: 'in the words of the provider'}, status, headers)
  }

  return {
    clock,
    shown,
    secrets,
    waits,
    forms,
    setWallClock(milliseconds) {
      setAhead = milliseconds
    },
    async run(signal = new AbortController().signal, onShown = () => undefined) {
      const configuration = await discover(client, {fetch, offsetTo: () => 0, mutualTls: false})
      return signInByDevice(configuration, client, {
        remember: true,
        show: async code => {
          shown.push(code)
          onShown()
        },
        onNoRenewal: async () => undefined,
        maskSecret: secret => void secrets.push(secret),
        transport: {fetch, offsetTo: () => 0, mutualTls: false},
        sleep: async milliseconds => {
          signal.throwIfAborted()
          clock.advance(milliseconds)
        },
        elapsed: clock.elapsed,
        signal,
        clock: {now: () => new Date(clock.now().getTime() + setAhead), offsetMilliseconds: 0},
      })
    },
  }
}

const metadata = {
  issuer,
  token_endpoint: `${issuer}/token`,
  device_authorization_endpoint: `${issuer}/device/auth`,
  jwks_uri: `${issuer}/jwks`,
}

function json(value: object, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(value), {status, headers: {'content-type': 'application/json', ...headers}})
}

async function failureOf(work: Promise<unknown>): Promise<AwsOidcError> {
  const failure: unknown = await work.then(
    () => 'it worked',
    (error: unknown) => error,
  )
  if (!(failure instanceof AwsOidcError)) throw failure
  return failure
}

const pending = {error: 'authorization_pending'}
const slowDown = {error: 'slow_down'}
const cut = () => new AwsOidcError('UNAVAILABLE', 'idp.example could not be reached: the connection was cut.')

describe('a sign-in with a code', () => {
  for (const [device, most] of [
    [{interval: 0.001}, 600],
    [{interval: 0.001, expires_in: 1e13}, 3_600],
    [{interval: 3e6, expires_in: 4e6}, 1],
  ] as const) {
    it(`polls once a second at most, for an hour at most, where the provider says ${JSON.stringify(device)}`, async () => {
      const stage = stageWith([pending], device)
      expect(await failureOf(stage.run())).to.include({code: 'TIMED_OUT'})
      expect(stage.waits.length).to.be.within(0, most)
      expect(Math.min(1, ...stage.waits.slice(0, -1)), 'seconds between two polls').to.equal(1)
    })
  }

  it('polls every five seconds where the provider names no interval, else at its interval', async () => {
    for (const [device, interval] of [
      [{}, 5],
      [{interval: 7}, 7],
    ] as const) {
      const stage = stageWith([pending, pending, tokens], device)
      expect(await stage.run()).to.include({accessToken: 'access-token', refreshToken: 'refresh-token'})
      expect(stage.waits).to.deep.equal([interval, interval, interval])
    }
  })

  it('shows both addresses, the code as the provider wrote it, and when it expires', async () => {
    const stage = stageWith([tokens], {user_code: 'fq bc-1'})
    const begun = stage.clock.now().getTime()
    await stage.run()
    expect(stage.shown).to.deep.equal([
      {
        url: new URL(`${issuer}/device`),
        completeUrl: new URL(`${issuer}/device?user_code=FQBC-WQBN`),
        code: 'fq bc-1',
        expiresAt: new Date(begun + 600_000),
      },
    ])
  })

  it('proves with PKCE that the same client requests the code and the tokens', async () => {
    const stage = stageWith([pending, tokens])
    await stage.run()
    const [request, first, second] = stage.forms
    const challenge = request?.get('code_challenge')
    expect(request?.get('code_challenge_method')).to.equal('S256')
    for (const poll of [first, second]) {
      const verifier = poll?.get('code_verifier') ?? ''
      expect(createHash('sha256').update(verifier).digest('base64url')).to.equal(challenge)
      expect(poll?.get('device_code')).to.equal('device-code')
      expect(poll?.get('grant_type')).to.equal('urn:ietf:params:oauth:grant-type:device_code')
    }
  })

  it('sends the scopes and parameters of the provider, and masks the device code', async () => {
    const stage = stageWith([tokens])
    await stage.run()
    expect(stage.forms[0]?.get('scope')).to.equal('openid email')
    expect(stage.forms[0]?.get('audience')).to.equal('aws')
    expect(stage.secrets).to.deep.equal([stage.forms[1]?.get('code_verifier'), 'device-code'])
  })

  it('waits five seconds longer after each "slow_down", for the rest of the sign-in', async () => {
    const stage = stageWith([slowDown, pending, slowDown, pending, tokens])
    await stage.run()
    expect(stage.waits).to.deep.equal([5, 10, 10, 15, 15])
  })

  for (const [words, failure] of [
    ['while the network is cut', cut()],
    ['while the provider is out of order', {status: 503, error: 'temporarily_unavailable'}],
    ['while the provider is asked too often', {status: 429, error: 'too_many_requests'}],
  ] as const) {
    it(`waits twice as long each time ${words}, up to a minute, and as usual afterwards`, async () => {
      const stage = stageWith([failure, failure, failure, failure, failure, pending, tokens])
      expect(await stage.run()).to.include({accessToken: 'access-token'})
      expect(stage.waits).to.deep.equal([5, 10, 20, 40, 60, 60, 5])
    })
  }

  it('leaves a provider alone for as long as it says', async () => {
    const stage = stageWith([{status: 429, error: 'slow', headers: {'retry-after': '33'}}, tokens])
    await stage.run()
    expect(stage.waits).to.deep.equal([5, 33])
  })

  for (const [error, code, said] of [
    ['access_denied', 'SIGN_IN_REFUSED', 'The sign-in to idp.example was declined: access_denied ('],
    ['authorization_declined', 'SIGN_IN_REFUSED', 'The sign-in to idp.example was declined: authorization_declined ('],
    ['expired_token', 'TIMED_OUT', 'The code from idp.example expired before you had signed in: expired_token ('],
    ['bad_verification_code', 'TIMED_OUT', 'expired before you had signed in: bad_verification_code ('],
    ['invalid_grant', 'SIGN_IN_REFUSED', 'idp.example gave no tokens: invalid_grant ('],
    ['unauthorized_client', 'SIGN_IN_REFUSED', 'idp.example gave no tokens: unauthorized_client ('],
  ] as const) {
    it(`ends with ${code} on "${error}", and polls no more`, async () => {
      const stage = stageWith([pending, {error}])
      const failure = await failureOf(stage.run())
      expect(failure.code).to.equal(code)
      expect(failure.message).to.include(said).and.include('in the words of the provider')
      expect(failure.hint).to.match(/^(aws-oidc login|Check "clientId")/)
      expect(stage.waits).to.have.length(2)
    })
  }

  it('ends when the code expires, even where the provider never says so', async () => {
    const stage = stageWith([pending], {expires_in: 12})
    const begun = stage.clock.now().getTime()
    expect(await failureOf(stage.run())).to.include({
      code: 'TIMED_OUT',
      message: 'The code from idp.example expired before you had signed in.',
      hint: 'aws-oidc login',
    })
    expect(stage.waits).to.deep.equal([5, 5])
    expect(stage.clock.now().getTime() - begun).to.equal(12_000)
  })

  for (const [way, milliseconds] of [
    ['ahead', 86_400_000],
    ['back', -86_400_000],
  ] as const) {
    it(`polls exactly until the code expires, even where the wall clock is set ${way} by a day meanwhile`, async () => {
      const stage = stageWith([pending], {expires_in: 12})
      const begun = stage.clock.elapsed()
      const running = stage.run(new AbortController().signal, () => stage.setWallClock(milliseconds))
      expect(await failureOf(running)).to.include({code: 'TIMED_OUT'})
      expect(stage.waits).to.deep.equal([5, 5])
      expect(stage.clock.elapsed() - begun).to.equal(12_000)
    })
  }

  it('names the network where that prevented the last answer', async () => {
    const stage = stageWith([pending, cut()], {expires_in: 30})
    expect(await failureOf(stage.run())).to.include({code: 'UNAVAILABLE'})
  })

  it('ends with the reason when it is interrupted', async () => {
    const stage = stageWith([pending])
    const stop = new AbortController()
    const running = stage.run(stop.signal)
    stop.abort(new AwsOidcError('INTERRUPTED', 'Interrupted.'))
    expect(await failureOf(running)).to.include({code: 'INTERRUPTED'})
  })

  for (const [words, polls, code] of [
    ['what the limit says where the user did not sign in', [pending], 'TIMED_OUT'],
    ['what is wrong with the network where it is cut', [cut()], 'UNAVAILABLE'],
  ] as const) {
    it(`says, when our own time is up, ${words}`, async () => {
      const stage = stageWith(polls)
      const limit = stage.clock.limit(60_000, new AwsOidcError('TIMED_OUT', 'You did not sign in within five minutes.'))
      expect(await failureOf(stage.run(limit.signal))).to.include({code})
    })
  }

  it('is not available where the provider gives this client no code, and nothing is shown', async () => {
    const stage = stageWith([], {error: 'unauthorized_client', error_description: 'disabled for the client'}, 400)
    const refusal = {error: 'unauthorized_client', description: 'disabled for the client'}
    expect(await stage.run()).to.deep.equal({refusal})
    expect(stage.shown).to.deep.equal([])
  })

  it('is refused in the words of the provider, and nothing is shown, where the client has the wrong secret', async () => {
    const stage = stageWith([], {error: 'unauthorized_client', error_description: 'wrong secret'}, 401)
    const failure = await failureOf(stage.run())
    expect(failure).to.include({code: 'SIGN_IN_REFUSED'})
    const refusal = {error: 'unauthorized_client', description: 'wrong secret'}
    expect(failure).to.have.property('refusal').that.deep.equals(refusal)
    expect(stage.shown).to.deep.equal([])
  })

  for (const address of [
    'http://idp.example/device',
    'javascript:alert(1)',
    'https://idp.example@evil.example/device',
    'https://idp.example:secret@evil.example/device',
    'nonsense\u001b[31m',
  ]) {
    for (const member of ['verification_uri', 'verification_uri_complete']) {
      it(`never shows ${JSON.stringify(address)} as ${member}`, async () => {
        const stage = stageWith([tokens], {[member]: address})
        const failure = await failureOf(stage.run())
        expect(failure).to.include({code: 'BAD_RESPONSE'})
        expect(failure.message).not.to.match(/\p{Cc}|secret/u)
        expect([stage.shown, stage.waits]).to.deep.equal([[], []])
      })
    }
  }

  it('ignores a complete address on another host than the one that is shown', async () => {
    const stage = stageWith([tokens], {verification_uri_complete: 'https://evil.example/device?user_code=FQBC-WQBN'})
    await stage.run()
    expect(stage.shown[0]).not.to.have.property('completeUrl')
  })

  it('may use http on this machine', async () => {
    const stage = stageWith([tokens], {
      verification_uri: 'http://127.0.0.1:8080/device',
      verification_uri_complete: undefined,
    })
    await stage.run()
    expect(stage.shown[0]?.url.href).to.equal('http://127.0.0.1:8080/device')
  })
})
