import {expect} from 'chai'
import type {FederationStrategy, Host, Identity, OidcClient} from '../../src/plugin.ts'
import {oidc} from '../../src/providers/oidc.ts'
import {fakeTokens, type StrategyContractOptions, strategyContract} from '../../src/testing/index.ts'
import {writtenToStdout} from '../../src/testing/stdout.ts'

const issuer = new URL('https://idp.example')
const settings = {issuer, clientId: 'aws-oidc', clientSecret: 'the-secret-of-the-client'}
type Settings = typeof settings
const idp = () => ({tokens: [fakeTokens()]})

describe('the strategy "oidc"', () => {
  for (const {name, run} of strategyContract(oidc, {settings, idp})) it(name, run)
})

/** A strategy that keeps the contract, in the steps that a broken one does differently. */
function strategyWith(change: {
  readonly settings?: FederationStrategy<Settings>['settings']
  readonly before?: (settings: Settings, host: Host) => Promise<unknown>
  readonly identity?: (identity: Identity, settings: Settings, host: Host) => Identity
  readonly signIn?: FederationStrategy<Settings>['signIn']
}): FederationStrategy<Settings> {
  return {
    settings: change.settings ?? {
      issuer: {type: 'url', description: 'the issuer', required: true},
      clientId: {type: 'string', description: 'the client', required: true},
      clientSecret: {type: 'string', description: 'its secret', secret: true},
    },
    async signIn(settings, host) {
      await change.before?.(settings, host)
      if (change.signIn) return change.signIn(settings, host)
      const {idToken = ''} = await host.tokens(clientOf(settings))
      const identity: Identity = {subject: 'alice', proofFor: async () => ({kind: 'web-identity', token: idToken})}
      return change.identity?.(identity, settings, host) ?? identity
    },
  }
}

function clientOf({issuer, clientId}: Settings): OidcClient {
  return {issuer, clientId}
}

/** The names of the checks that a strategy fails. */
async function failedBy(
  strategy: FederationStrategy<Settings>,
  options: Partial<StrategyContractOptions<Settings>> = {},
): Promise<readonly string[]> {
  const failed: string[] = []
  for (const {name, run} of strategyContract(strategy, {settings, idp, ...options})) {
    await run().catch(() => failed.push(name))
  }
  return failed
}

describe('the contract of strategies', () => {
  it('is kept by a strategy that does what it says', async () => {
    expect(await failedBy(strategyWith({}))).to.deep.equal([])
  })

  it('finds a setting without a description or with an unknown type', async () => {
    const {issuer, clientId, clientSecret} = strategyWith({}).settings
    const described = {issuer, clientId, clientSecret}
    for (const broken of [
      {...described, clientId: {...clientId, description: ' '}},
      {...described, clientId: {...clientId, default: 'aws-oidc'}},
      {...described, clientSecret: {...clientSecret, default: 'changeme'}},
      {...described, 'client-id': clientId},
      JSON.parse(JSON.stringify({...described, issuer: {...issuer, type: 'address'}})),
      JSON.parse(JSON.stringify({issuer, clientId})),
    ]) {
      expect(await failedBy(strategyWith({settings: broken}))).to.deep.equal(['describes each of its settings'])
    }
  })

  it('finds a strategy that asks although the user may not be asked', async () => {
    const asks = strategyWith({before: (_, host) => host.ask.text('Who are you?').catch(() => 'nobody')})
    expect(await failedBy(asks, {idp: () => ({...idp(), answers: ['alice']})})).to.include(
      'rejects with SIGN_IN_REQUIRED and does not ask, if no user may be asked and nothing is remembered',
    )
  })

  it('finds a strategy that has another code where the user may not be asked', async () => {
    const wrong = strategyWith({
      before: async (_, host) => {
        if (!host.interactive && host.memory && (await host.memory.get('x')) === undefined) throw new Error('nobody')
      },
    })
    expect(await failedBy(wrong)).to.include(
      'rejects with SIGN_IN_REQUIRED and does not ask, if no user may be asked and nothing is remembered',
    )
  })

  it('finds a strategy that goes on after the signal has aborted', async () => {
    const stubborn = strategyWith({
      signIn: async (settings, host) => {
        const {idToken = 'none'} = await host.tokens(clientOf(settings)).catch(error => {
          if (host.interactive) return fakeTokens()
          throw error
        })
        return {subject: 'alice', proofFor: async () => ({kind: 'web-identity', token: idToken})}
      },
    })
    expect(await failedBy(stubborn)).to.deep.equal([
      'stops when the signal aborts, whatever it waits for',
      'does not begin when the signal has aborted',
    ])
  })

  const answers = 'answers with the members and types that the contract names'
  const inErrors = 'uses no other error codes than those for plugins, whichever answer of the provider fails'
  const cyclic: Record<string, unknown> = {}
  cyclic.self = cyclic
  const credentials = {accessKeyId: 'ASIA', secretAccessKey: 'secret', sessionToken: 'token'}
  const wrong: Readonly<Record<string, readonly [change: Readonly<Record<string, unknown>>, check: string]>> = {
    'has cyclic claims': [{claims: cyclic}, answers],
    'offers a role that is only a name': [{roles: () => 'admin'}, answers],
    'returns credentials of 1970': [
      {proofFor: async () => ({kind: 'credentials', credentials: {...credentials, expiration: new Date(0)}})},
      answers,
    ],
    'returns credentials that have expired': [
      {
        proofFor: async () => ({
          kind: 'credentials',
          credentials: {...credentials, expiration: new Date('2025-01-01')},
        }),
      },
      answers,
    ],
    'returns a proof that AWS does not know': [{proofFor: async () => ({kind: 'kerberos'})}, answers],
  }
  for (const [what, [change, check]] of Object.entries(wrong)) {
    it(`finds a strategy that ${what}`, async () => {
      expect(await failedBy(strategyWith({identity: identity => ({...identity, ...change})}))).to.include(check)
    })
  }

  it('finds a strategy that prints to stdout', async () => {
    const printing = strategyWith({before: async () => process.stdout.write('signing in\n')})
    let failed: readonly string[] = []
    const printed = await writtenToStdout(async () => {
      failed = await failedBy(printing)
    })
    expect(printed).to.include('signing in')
    expect(failed).to.deep.equal(['writes nothing to stdout, which belongs to the document that AWS tools read'])
  })

  it('finds a strategy that throws an error with a code that is none', async () => {
    const unknown = strategyWith({
      async signIn(settings, host) {
        const {idToken = ''} = await host.tokens(clientOf(settings)).catch(() => {
          throw Object.assign(new Error('The gateway is closed.'), {code: 'GATEWAY_CLOSED'})
        })
        return {subject: 'alice', proofFor: async () => ({kind: 'web-identity', token: idToken})}
      },
    })
    expect(await failedBy(unknown)).to.include(inErrors)
  })

  it('finds a strategy whose check resolves to a text', async () => {
    const check: unknown = async () => 'all is well'
    expect(await failedBy(Object.assign(strategyWith({}), {check}))).to.deep.equal([answers])
  })

  const meanings: Readonly<Record<string, () => unknown>> = {
    'has no message for a refusal': () => ({hint: 'Ask somebody.'}),
    'describes a refusal later': async () => ({message: 'The client is off.'}),
    'throws where a refusal has no description': () => {
      throw new TypeError('description is undefined')
    },
    'tells its secret where it describes a refusal': () => ({message: `It is ${settings.clientSecret}.`}),
  }
  for (const [what, describeRefusal] of Object.entries(meanings)) {
    it(`finds a strategy that ${what}`, async () => {
      const failed = await failedBy(Object.assign(strategyWith({}), {describeRefusal}))
      expect(failed).to.deep.equal([answers])
    })
  }

  it('fits a strategy that describes one refusal', async () => {
    const describeRefusal: FederationStrategy<Settings>['describeRefusal'] = ({error}) =>
      error === 'invalid_scope' ? {message: 'The scope is unknown.', hint: 'Add it.'} : undefined
    expect(await failedBy({...strategyWith({}), describeRefusal})).to.deep.equal([])
  })

  it('fits a strategy that never asks a user, and finds one that does', async () => {
    const ambient = strategyWith({
      signIn: async () => ({subject: 'job', proofFor: async () => ({kind: 'web-identity', token: 'a.b.c'})}),
    })
    expect(await failedBy(ambient, {idp: () => ({}), unattended: true})).to.deep.equal([
      'stops when the signal aborts, whatever it waits for',
      'does not begin when the signal has aborted',
    ])
    expect(await failedBy(strategyWith({}), {unattended: true})).to.include(
      'asks no user, and uses every answer of the provider',
    )
  })

  it('finds a strategy that remembers nothing', async () => {
    const forgetful = strategyWith({
      signIn: async (settings, host) => {
        const {idToken = ''} = await host.tokens(clientOf(settings), {fresh: true})
        return {subject: 'alice', proofFor: async () => ({kind: 'web-identity', token: idToken})}
      },
    })
    expect(await failedBy(forgetful)).to.deep.equal(['does not ask the user a second time'])
  })

  it('finds a strategy that has another subject the second time', async () => {
    let calls = 0
    const changing = strategyWith({identity: identity => ({...identity, subject: `person ${calls++}`})})
    expect(await failedBy(changing)).to.deep.equal(['does not ask the user a second time'])
  })

  it('finds a strategy that asks for each role', async () => {
    const asking = strategyWith({
      identity: (identity, settings, host) => ({
        ...identity,
        async proofFor(role) {
          await host.openBrowser(new URL(`/${role.name}`, settings.issuer))
          return identity.proofFor(role)
        },
      }),
    })
    expect(await failedBy(asking)).to.include('gives proofs for two roles from one sign-in')
  })

  it('finds proofs that AWS does not accept', async () => {
    for (const proof of [
      {kind: 'web-identity', token: ''},
      {kind: 'saml', document: '<samlp:Response>'},
      {kind: 'credentials', credentials: {accessKeyId: 'A', secretAccessKey: 'b', sessionToken: ''}},
      {kind: 'credentials', credentials: {accessKeyId: 'A', secretAccessKey: 'b', sessionToken: 'c', expiration: 1}},
      {kind: 'password'},
    ]) {
      const broken = strategyWith({
        identity: identity => ({...identity, proofFor: async () => JSON.parse(JSON.stringify(proof))}),
      })
      expect(await failedBy(broken), proof.kind).to.include(
        'answers with the members and types that the contract names',
      )
    }
  })

  it('finds a strategy that leaves an answer of the provider unused, or needs one that is missing', async () => {
    const all = 'asks the user, and uses every answer of the provider'
    const response = () => Response.json({})
    expect(await failedBy(strategyWith({}), {idp: () => ({...idp(), responses: [response]})})).to.include(all)
    const curious = strategyWith({before: (_, host) => host.fetch('https://idp.example/me').catch(() => undefined)})
    expect(await failedBy(curious)).to.include(all)
  })

  it('finds secrets in the log: of the provider, and of the settings', async () => {
    const check = 'leaks no secret to its log'
    const token = strategyWith({
      identity: (identity, _, host) => ({
        ...identity,
        async proofFor(role) {
          const proof = await identity.proofFor(role)
          host.log.debug(`shows ${JSON.stringify(proof)}`)
          return proof
        },
      }),
    })
    expect(await failedBy(token)).to.deep.equal([check])
    const secret = strategyWith({before: async ({clientSecret}, host) => host.log.debug(`secret ${clientSecret}`)})
    expect(await failedBy(secret)).to.deep.equal([check])
    const granted = strategyWith({
      async before(settings, host) {
        const {body} = await host.grant(clientOf(settings), {grant_type: 'x'})
        host.log.debug(`was given ${body.access_token}`)
      },
    })
    const grants = [{status: 200, body: {access_token: 'what-was-exchanged'}}]
    expect(await failedBy(granted, {idp: () => ({...idp(), grants}), idpAgain: () => ({grants})})).to.include(check)
  })

  it('finds secrets in an error, in its causes and in its properties', async () => {
    const script = () => ({...idp(), grants: [{status: 200, body: {}}]})
    for (const attach of [
      (secret: string) => new Error(`refused: ${secret}`),
      (secret: string) => new Error('refused', {cause: new Error(secret)}),
      (secret: string) => Object.assign(new Error('refused'), {form: {client_secret: secret}}),
    ]) {
      const leaking = strategyWith({
        before: (settings, host) =>
          host.grant(clientOf(settings), {grant_type: 'x'}).catch(error => {
            throw host.interactive && !host.signal.aborted ? attach(settings.clientSecret) : error
          }),
      })
      expect(await failedBy(leaking, {idp: script, idpAgain: () => ({grants: [{status: 200, body: {}}]})})).to.include(
        'leaks no secret to an error, whichever answer of the provider fails',
      )
    }
  })
})
