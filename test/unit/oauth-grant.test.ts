import {expect} from 'chai'
import * as openid from 'openid-client'
import {grantAt} from '../../src/oauth/grant.ts'

const client = {issuer: new URL('https://sso.example.com'), clientId: 'aws-oidc'}
const form = {grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', subject_token: 'a-token'}

describe('a request of a strategy to the token endpoint', () => {
  it('sends the form unchanged, and returns the answer of the provider', async () => {
    const asked: (string | undefined)[] = []
    const body = {access_token: 'assertion', token_type: 'N_A', issued_token_type: 'x'}
    const answer = await grantAt(providerThat(Response.json(body), asked), client, form)
    expect(answer.status).to.equal(200)
    expect(answer.body).to.include({access_token: 'assertion', issued_token_type: 'x'})
    expect(Object.fromEntries(new URLSearchParams(asked[0]))).to.deep.equal({...form, client_id: 'aws-oidc'})
  })

  it('returns a refusal as an answer', async () => {
    const body = {error: 'invalid_client', error_description: 'Audience not found'}
    expect(await grantAt(providerThat(Response.json(body, {status: 400})), client, form)).to.deep.equal({
      status: 400,
      body,
    })
  })

  it('returns a refusal with a challenge as an answer, too', async () => {
    const body = {error: 'invalid_client'}
    const headers = {'www-authenticate': 'Basic realm="sso"'}
    expect(await grantAt(providerThat(Response.json(body, {status: 401, headers})), client, form)).to.deep.equal({
      status: 401,
      body,
    })
  })

  for (const [what, response, code] of [
    ['a challenge without a body', () => challenge(), 'SIGN_IN_REFUSED'],
    ['an answer of 503', () => new Response('', {status: 503}), 'UNAVAILABLE'],
    ['an error of 500 in words', () => Response.json({error: 'server_error'}, {status: 500}), 'UNAVAILABLE'],
    ['a web page', () => new Response('<html>', {headers: {'content-type': 'text/html'}}), 'BAD_RESPONSE'],
  ] as const) {
    it(`rejects with ${code} for ${what}`, async () => {
      const failure = await grantAt(providerThat(response()), client, form).catch((error: unknown) => error)
      expect(failure).to.be.an('error').with.property('code', code)
    })
  }
})

function challenge(): Response {
  return new Response('', {status: 401, headers: {'www-authenticate': 'Basic realm="sso"'}})
}

function providerThat(response: Response, asked: (string | undefined)[] = []): openid.Configuration {
  const metadata = {issuer: client.issuer.href, token_endpoint: 'https://sso.example.com/token'}
  const configuration = new openid.Configuration(metadata, client.clientId, {}, openid.None())
  configuration[openid.customFetch] = async (_, {body}) => {
    asked.push(String(body))
    return response
  }
  return configuration
}
