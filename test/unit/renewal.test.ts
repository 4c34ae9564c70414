import {expect} from 'chai'
import {credentialsFor} from '../../src/credentials/credentials.ts'
import type {Dependencies} from '../../src/credentials/dependencies.ts'
import type {Issued} from '../../src/credentials/issued.ts'
import {developer, makeStage, type Stage} from '../support/dependencies.ts'
import {makeOpenIdProvider, type OpenIdProvider} from '../support/openid.ts'
import {realStrategy} from '../support/real-strategy.ts'

const minute = 60_000
const request = {profile: 'developer', force: false, lasting: false}

describe('silent renewal at a provider that is slow', () => {
  let stage: Stage
  let provider: OpenIdProvider
  let old: Issued

  function call(): Dependencies {
    const deps = stage.call()
    const fetch: typeof globalThis.fetch = (input, init) =>
      new URL(String(input)).host === 'idp.example' ? provider.fetch(input, init) : stage.sts.fetch(input, init)
    const network = {...deps.network, fetch, fetchOnce: fetch, offsetTo: () => 0}
    return {
      ...deps,
      registry: {...deps.registry, strategy: realStrategy},
      network,
      networkOf: () => network,
      openBrowser: request => provider.browse(request),
    }
  }

  beforeEach(async () => {
    stage = makeStage(`
providers:
  corp: {strategy: oidc, issuer: 'https://idp.example', clientId: aws-oidc}
profiles:
  developer: {provider: corp, role: ${developer}}
`)
    // The library judges ID tokens by the clock of this machine, whatever the clock of the test says.
    stage.clock.advance(Date.now() - stage.clock.now().getTime())
    provider = makeOpenIdProvider(stage.clock)
    old = await credentialsFor(request, call())
    stage.clock.advance(50 * minute)
  })

  it('gives up its requests after five seconds, and old credentials are served', async () => {
    // What is remembered of the provider lasts a day; only then are there questions.
    stage.clock.advance(22.5 * 60 * minute)
    old = await credentialsFor(request, call())
    provider.renewals.length = 0
    stage.clock.advance(50 * minute)
    provider.milliseconds.get = 5_001
    expect((await credentialsFor(request, call())).credentials).to.deep.equal(old.credentials)
    expect(provider.renewals, 'nothing was used up').to.deep.equal([])
    expect(stage.said).to.deep.equal([])
  })

  it('saves the answer to a refresh request that comes later, and old credentials are served', async () => {
    provider.milliseconds.post = 5_001
    expect((await credentialsFor(request, call())).credentials).to.deep.equal(old.credentials)
    provider.milliseconds.post = 0
    stage.clock.advance(6 * minute)
    expect((await credentialsFor(request, call())).credentials).not.to.deep.equal(old.credentials)
    expect(provider.renewals).to.deep.equal(['refresh-token-1', 'refresh-token-2'])
  })
})
