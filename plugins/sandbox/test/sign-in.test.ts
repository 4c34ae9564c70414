import {expect} from 'chai'
import {browse} from '../src/browse.ts'
import {CookieJar} from '../src/cookie-jar.ts'
import {authorize, callbackFor, claimsOf, refresh, signIn, token} from './support/oidc-client.ts'
import {useSandbox} from './support/running-sandbox.ts'
import {roleArn} from './support/sts-client.ts'

describe('Signing in', () => {
  const sandbox = useSandbox()
  const issuer = () => sandbox.addresses.issuer

  it('gives the client a code, its state and the issuer', async () => {
    const {parameters} = await callbackFor(issuer(), 'alice')
    expect(parameters.get('code')).to.be.a('string')
    expect(parameters.get('state')).to.equal('the-state')
    expect(parameters.get('iss')).to.equal(issuer())
  })

  it('puts everything known about the user into the ID token', async () => {
    const {idToken} = await signIn(issuer(), 'alice')
    const {iat, exp, ...claims} = claimsOf(idToken)
    expect(Number(exp) - Number(iat)).to.equal(300)
    expect(claims).to.deep.equal({
      iss: issuer(),
      aud: 'aws-oidc',
      sub: 'alice',
      nonce: 'the-nonce',
      email: 'alice@example.com',
      email_verified: true,
      name: 'Alice Adams',
      preferred_username: 'alice',
      aws_roles: [roleArn('developer'), roleArn('readonly')],
    })
  })

  it('gives carol no roles claim and dave forty roles', async () => {
    expect(claimsOf((await signIn(issuer(), 'carol')).idToken)).not.to.have.property('aws_roles')
    expect(claimsOf((await signIn(issuer(), 'dave')).idToken).aws_roles).to.have.length(40)
  })

  it('tells the client when the user pressed Cancel', async () => {
    const {parameters} = await callbackFor(issuer(), 'deny')
    expect(parameters.get('error')).to.equal('access_denied')
    expect(parameters.get('error_description')).to.contain('Cancel')
    expect(await sandbox.journal()).to.have.deep.nested.property('[1].outcome', 'access_denied')
  })

  for (const [userName, message] of [
    ['frank', 'The provider answered 403: This account is disabled.'],
    ['nobody', 'The provider answered 401: The user name or the password is wrong.'],
  ] as const) {
    it(`stops at the page when ${userName} tries`, async () => {
      expect(await failureOf(callbackFor(issuer(), userName))).to.equal(message)
    })
  }

  it('stops at the error page for a redirect address that is not registered', async () => {
    const {url} = authorize(issuer(), 'https://evil.example/callback')
    expect(await failureOf(browse(url.href, {userName: 'alice'}))).to.match(/400: invalid_redirect_uri/)
  })

  it('takes localhost with any port as a redirect address', async () => {
    const {url} = authorize(issuer(), 'http://localhost:54321/callback')
    const response = await fetch(url, {redirect: 'manual'})
    expect(response.headers.get('location')).to.contain('/interaction/')
  })

  it('demands PKCE', async () => {
    const {url} = authorize(issuer(), 'http://127.0.0.1:1/callback')
    url.searchParams.delete('code_challenge')
    url.searchParams.delete('code_challenge_method')
    const location = (await fetch(url, {redirect: 'manual'})).headers.get('location')
    expect(new URL(location ?? '').searchParams.get('error')).to.equal('invalid_request')
  })

  it('refuses a code with the wrong verifier', async () => {
    const {parameters, authorization} = await callbackFor(issuer(), 'alice')
    const answer = await token(issuer(), {
      grant_type: 'authorization_code',
      code: parameters.get('code') ?? '',
      redirect_uri: authorization.redirectUri,
      code_verifier: 'x'.repeat(43),
    })
    expect([answer.status, answer.body.error]).to.deep.equal([400, 'invalid_grant'])
  })

  it('shows a page that loads nothing from elsewhere and runs no script', async () => {
    const {url} = authorize(issuer(), 'http://127.0.0.1:1/callback')
    const redirect = await fetch(url, {redirect: 'manual'})
    const page = new URL(redirect.headers.get('location') ?? '')
    const jar = new CookieJar()
    jar.store(url, redirect.headers.getSetCookie())
    const response = await fetch(page, {headers: {cookie: jar.headerFor(page)}})
    const html = await response.text()
    expect(response.status).to.equal(200)
    expect(response.headers.get('content-security-policy')).to.contain("default-src 'none'")
    expect(html)
      .to.contain('<label for="password">')
      .and.not.match(/<script|https?:\/\//)
  })

  it('says so when the sign-in page is opened without its cookies', async () => {
    const response = await fetch(`${issuer()}/interaction/unknown`)
    expect(response.status).to.equal(400)
    expect(await response.text()).to.contain('started in another browser')
  })
})

describe('Refresh tokens', () => {
  const sandbox = useSandbox()
  const issuer = () => sandbox.addresses.issuer

  it('come without a consent page and bring the roles again', async () => {
    const first = await signIn(issuer(), 'alice')
    const second = await refresh(issuer(), first.refreshToken)
    expect(second.status).to.equal(200)
    expect(second.refreshToken).not.to.equal(first.refreshToken)
    expect(claimsOf(second.idToken).aws_roles).to.deep.equal([roleArn('developer'), roleArn('readonly')])
  })

  it('come only when offline_access was requested', async () => {
    const {parameters, authorization} = await callbackFor(issuer(), 'alice', {scope: 'openid'})
    const answer = await token(issuer(), {
      grant_type: 'authorization_code',
      code: parameters.get('code') ?? '',
      redirect_uri: authorization.redirectUri,
      code_verifier: authorization.verifier,
    })
    expect(answer.status).to.equal(200)
    expect(answer.body).not.to.have.property('refresh_token')
  })

  it('revoke their whole family when one is used twice', async () => {
    const first = await signIn(issuer(), 'alice')
    const second = await refresh(issuer(), first.refreshToken)
    expect((await refresh(issuer(), first.refreshToken)).body.error).to.equal('invalid_grant')
    expect((await refresh(issuer(), second.refreshToken)).body.error).to.equal('invalid_grant')
  })

  it('leave other sign-ins of the same user alone', async () => {
    const [here, elsewhere] = [await signIn(issuer(), 'alice'), await signIn(issuer(), 'alice')]
    await refresh(issuer(), here.refreshToken)
    await refresh(issuer(), here.refreshToken)
    expect((await refresh(issuer(), elsewhere.refreshToken)).status).to.equal(200)
  })

  it('are dead after revocation', async () => {
    const {refreshToken} = await signIn(issuer(), 'alice')
    const body = new URLSearchParams({client_id: 'aws-oidc', token: refreshToken})
    expect((await fetch(`${issuer()}/token/revocation`, {method: 'POST', body})).status).to.equal(200)
    expect((await refresh(issuer(), refreshToken)).body.error).to.equal('invalid_grant')
    expect((await sandbox.journal()).map(({kind, outcome}) => `${kind} ${outcome}`)).to.include('revocation ok')
  })

  it('can be made to expire early', async () => {
    await sandbox.control('POST /lifetimes', {refreshTokenSeconds: 1, idTokenSeconds: 7})
    const {refreshToken, idToken} = await signIn(issuer(), 'alice')
    const {iat, exp} = claimsOf(idToken)
    expect(Number(exp) - Number(iat)).to.equal(7)
    await expect1SecondToPass()
    expect((await refresh(issuer(), refreshToken)).body.error).to.equal('invalid_grant')
  })

  it('belong to a confidential client only with its secret', async () => {
    const form = {grant_type: 'refresh_token', refresh_token: 'x', client_id: 'aws-oidc-confidential'}
    expect((await token(issuer(), form)).body.error).to.equal('invalid_client')
    const authorization = `Basic ${Buffer.from('aws-oidc-confidential:sandbox-client-secret').toString('base64')}`
    const body = new URLSearchParams({grant_type: 'refresh_token', refresh_token: 'x'})
    const response = await fetch(`${issuer()}/token`, {method: 'POST', headers: {authorization}, body})
    expect(JSON.parse(await response.text()).error).to.equal('invalid_grant')
  })
})

async function failureOf(promise: Promise<unknown>): Promise<string> {
  const failure: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  return failure instanceof Error ? failure.message : 'did not fail'
}

/** The provider's own clock can't be moved, so this one second is really waited for. */
function expect1SecondToPass(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 1100))
}
