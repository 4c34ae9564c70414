import {expect} from 'chai'
import {credentialsFor} from '../../src/credentials/credentials.ts'
import type {Dependencies} from '../../src/credentials/dependencies.ts'
import type {Host} from '../../src/plugin.ts'
import {developer, makeStage} from '../support/dependencies.ts'
import {assertionXml, encoded, samlProvider} from '../support/saml.ts'

const issuer = 'https://sso.example.com'
const document = encoded(assertionXml())

/** A call whose strategy does this with its host, at a provider that gives the assertion for any token. */
function callDoing(work: (host: Host) => Promise<void>, refusal?: object): Dependencies {
  const deps = makeStage().call()
  const granted = {access_token: document, token_type: 'N_A', refresh_token: 'the-refresh-token'}
  const fetch: typeof globalThis.fetch = async input =>
    String(input).endsWith('/token')
      ? Response.json(refusal ?? granted, {status: refusal ? 400 : 200})
      : Response.json({issuer, token_endpoint: `${issuer}/token`})
  const network: Dependencies['network'] = {...deps.network, fetch, withTls: () => network}
  const strategy = async (id: string) => {
    const usual = await deps.registry.strategy(id)
    return {
      ...usual,
      async signIn(settings: Record<string, unknown>, host: Host) {
        await work(host)
        return usual.signIn(settings, host)
      },
    }
  }
  return {...deps, networkOf: () => network, registry: {...deps.registry, strategy}}
}

const request = {profile: 'developer', force: false, lasting: false}
const client = {issuer: new URL(issuer), clientId: 'aws-oidc'}

describe('the answer that a strategy gets from its host', () => {
  it('from the token endpoint has its secrets masked from then on', async () => {
    const deps = callDoing(
      async host => void (await host.grant(client, {grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange'})),
    )
    await credentialsFor(request, deps)
    expect(deps.secrets.mask(`${document} the-refresh-token`)).to.equal('*** ***')
  })

  it('with the words of a refusal has secrets masked, before anything cuts them', async () => {
    const answers: unknown[] = []
    const deps = callDoing(
      async host =>
        void answers.push((await host.grant(client, {grant_type: 'urn:example:any'})).body.error_description),
      {error: 'invalid_request', error_description: 'No: short-one'},
    )
    deps.secrets.add('short-one')
    await credentialsFor(request, deps)
    expect(answers).to.deep.equal(['No: ***'])
  })

  it('with the roles in a SAML document has the provider of each', async () => {
    const found: unknown[] = []
    await credentialsFor(
      request,
      callDoing(async host => void found.push(...(await host.rolesIn(document)))),
    )
    expect(found).to.deep.equal([
      {accountId: '123456789012', name: 'developer', arn: developer, principalArn: samlProvider},
    ])
  })

  it('for a document without an assertion is BAD_RESPONSE', async () => {
    const failure = await credentialsFor(
      request,
      callDoing(async host => void (await host.rolesIn('%'))),
    ).catch((error: unknown) => error)
    expect(failure).to.be.an('error').with.property('code', 'BAD_RESPONSE')
  })
})
