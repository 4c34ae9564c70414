import {expect} from 'chai'
import {decodeProtectedHeader} from 'jose'
import {fingerprintOf} from '../src/journal.ts'
import {callbackFor, claimsOf, refresh, signIn} from './support/oidc-client.ts'
import {useSandbox} from './support/running-sandbox.ts'
import {assumeByToken, callSts, expectError, keysIn, roleArn} from './support/sts-client.ts'

describe('Faults', () => {
  const sandbox = useSandbox()
  const issuer = () => sandbox.addresses.issuer
  const fault = async (order: Record<string, unknown>) => {
    const {status, body} = await sandbox.control('POST /faults', order)
    expect(status, JSON.stringify(body)).to.equal(204)
  }
  const discover = () => fetch(`${issuer()}/.well-known/openid-configuration`)

  it('replace as many answers as requested, after skipping as many as requested', async () => {
    await fault({on: 'discovery', skip: 1, times: 2, status: 503, body: {sorry: true}, contentType: 'application/json'})
    const statuses: number[] = []
    for (let round = 0; round < 4; round += 1) statuses.push((await discover()).status)
    expect(statuses).to.deep.equal([200, 503, 503, 200])
    const outcomes = (await sandbox.journal()).map(({outcome}) => outcome)
    expect(outcomes).to.deep.equal(['ok', 'http_503', 'http_503', 'ok'])
  })

  it('send the body and the content type that were given', async () => {
    await fault({on: 'jwks', status: 200, body: '<html>', contentType: 'text/html'})
    const response = await fetch(`${issuer()}/jwks`)
    expect([response.headers.get('content-type'), await response.text()]).to.deep.equal(['text/html', '<html>'])
  })

  it('are gone when cleared', async () => {
    await fault({on: 'discovery', status: 500})
    await sandbox.control('DELETE /faults')
    expect((await discover()).status).to.equal(200)
  })

  it('cut the connection', async () => {
    await fault({on: 'sts', cut: true})
    const failure = await assumeByToken(sandbox.addresses.sts, 'token').catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(TypeError)
    expect(await sandbox.journal()).to.have.nested.property('[0].outcome', 'cut')
  })

  it('delay the answer', async () => {
    await fault({on: 'discovery', delayMs: 120, times: 1})
    const begun = performance.now()
    expect((await discover()).status).to.equal(200)
    expect(performance.now() - begun).to.be.above(100)
  })

  it('change the metadata and delete members of it', async () => {
    await fault({on: 'discovery', change: {issuer: 'https://evil.example', jwks_uri: null}})
    const metadata = JSON.parse(await (await discover()).text())
    expect(metadata.issuer).to.equal('https://evil.example')
    expect(metadata).not.to.have.property('jwks_uri')
    expect(metadata).to.have.property('token_endpoint')
  })

  it('refuse one kind of grant and leave the other alone', async () => {
    await fault({on: 'token', grant: 'refresh_token', error: 'invalid_grant', message: 'gone', times: 1})
    const {refreshToken} = await signIn(issuer(), 'alice')
    const refused = await refresh(issuer(), refreshToken)
    expect([refused.status, refused.body]).to.deep.equal([400, {error: 'invalid_grant', error_description: 'gone'}])
    expect((await refresh(issuer(), refreshToken)).status, 'the token was not used up').to.equal(200)
  })

  it('leave members out of a token response', async () => {
    await fault({on: 'token', change: {id_token: null}})
    expect((await signIn(issuer(), 'alice')).body).to.not.have.property('id_token')
  })

  it('refuse at the revocation endpoint', async () => {
    await fault({on: 'revocation', error: 'unsupported_token_type'})
    const body = new URLSearchParams({client_id: 'aws-oidc', token: 'x'})
    const response = await fetch(`${issuer()}/token/revocation`, {method: 'POST', body})
    expect(response.status).to.equal(400)
  })

  it('change the redirect to the client', async () => {
    await fault({on: 'authorization', redirect: {iss: 'https://evil.example', state: null}})
    const {parameters} = await callbackFor(issuer(), 'alice')
    expect(parameters.get('iss')).to.equal('https://evil.example')
    expect(parameters.has('state')).to.equal(false)
    expect(parameters.has('code')).to.equal(true)
  })

  it('send the client an error instead of a code', async () => {
    await fault({on: 'authorization', error: 'server_error', message: 'Try later.'})
    const {parameters} = await callbackFor(issuer(), 'alice')
    expect(parameters.get('error')).to.equal('server_error')
    expect(parameters.get('error_description')).to.equal('Try later.')
    expect(parameters.has('code')).to.equal(false)
    expect(parameters.get('state')).to.equal('the-state')
  })

  it('break the authorization endpoint itself', async () => {
    await fault({on: 'authorization', status: 502, times: 1})
    const failure = await callbackFor(issuer(), 'alice').catch((error: Error) => error.message)
    expect(failure).to.equal('The provider answered 502.')
  })

  it('change claims, header and algorithm of the ID token', async () => {
    const idToken = {claims: {nonce: 'wrong', email: null}, header: {typ: 'odd'}, alg: 'PS256'}
    await fault({on: 'token', idToken})
    const answer = await signIn(issuer(), 'alice')
    const claims = claimsOf(answer.idToken)
    expect(claims.nonce).to.equal('wrong')
    expect(claims).to.not.have.property('email')
    expect(claims.sub).to.equal('alice')
    expect(decodeProtectedHeader(answer.idToken)).to.include({typ: 'odd', alg: 'PS256'})
    expectError(await assumeByToken(sandbox.addresses.sts, answer.idToken), 400, 'InvalidIdentityToken', /algorithm/)
  })

  it('sign the ID token with a key that is not in the JWKS', async () => {
    await fault({on: 'token', idToken: {key: 'foreign'}})
    const {idToken} = await signIn(issuer(), 'alice')
    const {keys} = JSON.parse(await (await fetch(`${issuer()}/jwks`)).text())
    expect(keys.map((key: {kid: string}) => key.kid)).not.to.include(decodeProtectedHeader(idToken).kid)
  })

  it('answer one action with an AWS error', async () => {
    await fault({
      on: 'sts',
      action: 'AssumeRoleWithWebIdentity',
      error: 'IDPCommunicationError',
      message: 'Unreachable.',
    })
    const answer = await assumeByToken(sandbox.addresses.sts, await sandbox.mint())
    expectError(answer, 400, 'IDPCommunicationError', 'Unreachable.')
    const other = await callSts(sandbox.addresses.sts, {Action: 'GetCallerIdentity'})
    expectError(other, 403, 'MissingAuthenticationToken', /./)
  })

  for (const [error, status] of [
    ['InvalidIdentityToken', 400],
    ['Throttling', 400],
    ['TooManyRequestsException', 429],
    ['InternalFailure', 500],
    ['RequestLimitExceeded', 503],
  ] as const) {
    it(`play an AWS error that passes: ${error}, then the credentials`, async () => {
      await fault({on: 'sts', error, message: 'Again, please.', times: 1})
      const token = await sandbox.mint()
      expectError(await assumeByToken(sandbox.addresses.sts, token), status, error, 'Again, please.')
      expect((await assumeByToken(sandbox.addresses.sts, token)).status).to.equal(200)
    })
  }
})

describe('The control address', () => {
  const sandbox = useSandbox()
  const issuer = () => sandbox.addresses.issuer

  it('reports what happened in order, without a secret', async () => {
    const {idToken, refreshToken} = await signIn(issuer(), 'alice')
    await assumeByToken(sandbox.addresses.sts, idToken, {DurationSeconds: '900'})
    const renewed = await refresh(issuer(), refreshToken)
    const [first, second] = [refreshToken, renewed.refreshToken].map(fingerprintOf)
    const entries = (await sandbox.journal()).map(({at, ...entry}) => {
      expect(new Date(at).getTime()).to.be.closeTo(Date.now(), 60_000)
      return entry
    })
    const sts = {kind: 'sts', action: 'AssumeRoleWithWebIdentity', role: 'developer', durationSeconds: 900}
    expect(entries).to.deep.equal([
      {kind: 'authorization', outcome: 'ok'},
      {kind: 'sign-in', user: 'alice', outcome: 'ok'},
      {kind: 'token', grant: 'authorization_code', given: first, outcome: 'ok'},
      {...sts, outcome: 'ok'},
      {kind: 'token', grant: 'refresh_token', spent: first, given: second, outcome: 'ok'},
    ])
    expect(JSON.stringify(entries)).not.to.contain(idToken).and.not.to.contain(refreshToken)
  })

  it('moves the clock of the provider and of STS', async () => {
    await sandbox.control('POST /clock', {offsetSeconds: 7200})
    const ahead = Date.now() + 7_200_000
    const response = await fetch(`${issuer()}/jwks`)
    expect(new Date(response.headers.get('date') ?? '').getTime()).to.be.closeTo(ahead, 5000)
    const {idToken} = await signIn(issuer(), 'alice')
    expect(Number(claimsOf(idToken).iat) * 1000).to.be.closeTo(ahead, 5000)
    const answer = await assumeByToken(sandbox.addresses.sts, idToken)
    expect(new Date(answer.element('Expiration')).getTime()).to.be.closeTo(ahead + 3_600_000, 5000)
    await sandbox.control('POST /clock', {offsetSeconds: 7200 + 301})
    expectError(await assumeByToken(sandbox.addresses.sts, idToken), 400, 'ExpiredTokenException', /./)
  })

  it('rotates the keys, keeping refresh tokens', async () => {
    const {idToken, refreshToken} = await signIn(issuer(), 'alice')
    await sandbox.control('POST /rotate-keys')
    expectError(await assumeByToken(sandbox.addresses.sts, idToken), 400, 'InvalidIdentityToken', /signature/)
    const renewed = await refresh(issuer(), refreshToken)
    expect((await assumeByToken(sandbox.addresses.sts, renewed.idToken)).status).to.equal(200)
  })

  it('ends all sessions', async () => {
    const {refreshToken} = await signIn(issuer(), 'alice')
    await sandbox.control('POST /revoke-sessions')
    expect((await refresh(issuer(), refreshToken)).body.error).to.equal('invalid_grant')
  })

  it('defines, changes and deletes roles', async () => {
    const assume = async (order = {}) =>
      assumeByToken(sandbox.addresses.sts, await sandbox.mint(order), {
        RoleArn: roleArn('fresh'),
        DurationSeconds: '7200',
      })
    expect((await assume()).status).to.equal(403)
    await sandbox.control('PUT /roles/fresh', {audiences: ['aws-oidc'], subjects: ['alice']})
    expectError(await assume(), 400, 'ValidationError', /MaxSessionDuration/)
    await sandbox.control('PUT /roles/fresh', {maxSessionDurationSeconds: 7200})
    expect((await assume()).status).to.equal(200)
    expect((await assume({claims: {sub: 'bob'}})).status).to.equal(403)
    expect((await sandbox.control('DELETE /roles/fresh')).status).to.equal(204)
    expect((await assume()).status).to.equal(403)
    expect((await sandbox.control('DELETE /roles/fresh')).status).to.equal(404)
  })

  it('lets a role trust another', async () => {
    await sandbox.control('PUT /roles/chain', {trustedRoles: ['developer']})
    const keys = keysIn(await assumeByToken(sandbox.addresses.sts, await sandbox.mint()))
    const parameters = {Action: 'AssumeRole', RoleArn: roleArn('chain'), RoleSessionName: 'alice'}
    expect((await callSts(sandbox.addresses.sts, parameters, {keys})).status).to.equal(200)
  })

  it('shortens sessions whatever was requested', async () => {
    await sandbox.control('POST /lifetimes', {roleSessionSeconds: 30})
    const answer = await assumeByToken(sandbox.addresses.sts, await sandbox.mint())
    expect(new Date(answer.element('Expiration')).getTime()).to.be.closeTo(Date.now() + 30_000, 5000)
  })

  const mistakes: [string, unknown, RegExp][] = [
    ['POST /faults', {on: 'token', statuss: 500}, /fault has no member "statuss"; it has on, grant/],
    ['POST /faults', {on: 'token', idToken: {clams: {}}}, /fault\.idToken has no member "clams"/],
    ['POST /faults', {on: 'tokens', cut: true}, /fault\.on must be one of discovery, jwks/],
    ['POST /faults', {cut: true}, /fault\.on is needed/],
    ['POST /faults', {on: 'token'}, /needs one of delayMs/],
    ['POST /faults', {on: 'jwks', idToken: {}}, /fault\.idToken is only for token, not for jwks/],
    ['POST /faults', {on: 'token', times: 0, cut: true}, /fault\.times must be an integer, at least 1/],
    ['POST /faults', {on: 'token', body: 'x', cut: true}, /fault\.status is needed/],
    ['POST /clock', {offset: 5}, /clock has no member "offset"/],
    ['POST /clock', {}, /clock\.offsetSeconds is needed/],
    ['POST /lifetimes', {idToken: 5}, /lifetimes has no member "idToken"/],
    ['POST /lifetimes', {intervalSeconds: 0}, /lifetimes\.intervalSeconds must be an integer, at least 1/],
    ['POST /device-flow', {}, /device-flow\.pkceRequired is needed/],
    ['POST /faults', {on: 'device', redirect: {}}, /fault\.redirect is only for authorization, not for device/],
    ['POST /rotate-keys', {now: true}, /rotate-keys has no member "now"/],
    ['POST /mint', {alg: 'ES384'}, /no key for ES384/],
    ['POST /mint', {sub: 'bob'}, /token has no member "sub"/],
    ['PUT /roles/x', {max: 5}, /role has no member "max"/],
    ['PUT /roles/x', {audiences: 'aws-oidc'}, /role\.audiences must be a list/],
  ]
  for (const [operation, body, message] of mistakes) {
    it(`says what is wrong with ${operation} ${JSON.stringify(body)}`, async () => {
      const answer = await sandbox.control(operation, body)
      expect(answer.status).to.equal(400)
      expect(answer.body.error).to.match(message)
    })
  }

  it('knows no other operations', async () => {
    expect((await sandbox.control('POST /journal')).status).to.equal(404)
    expect((await sandbox.control('GET /secrets')).status).to.equal(404)
  })

  it('refuses requests from web pages', async () => {
    const headers = {origin: 'https://evil.example'}
    const response = await fetch(`${sandbox.addresses.control}/revoke-sessions`, {method: 'POST', headers})
    expect(response.status).to.equal(403)
  })
})
