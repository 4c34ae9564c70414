import {expect} from 'chai'
import {expectOidcError, register, registered, renew, signInByCode} from '../support/identity-center.ts'
import {useSandbox} from '../support/running-sandbox.ts'

const hour = 3600

describe('IAM Identity Center: tokens', () => {
  const sandbox = useSandbox()
  const advance = (seconds: number) => sandbox.control('POST /clock', {offsetSeconds: seconds})

  it('come without a refresh token where the scope is missing (botocore: legacy registrations have no scopes)', async () => {
    const client = await registered(register(sandbox, {scopes: ['openid']}))
    const {answer} = await signInByCode(sandbox, 'alice', client, 'openid')
    expect(answer.body).to.include({refreshToken: null})
  })

  it('come without a refresh token where the grant is missing (model grantTypes)', async () => {
    const client = await registered(register(sandbox, {grantTypes: ['authorization_code']}))
    const {answer} = await signInByCode(sandbox, 'alice', client)
    expect(answer.body).to.include({refreshToken: null})
    // Such a token lives as long as the session: https://github.com/aws/aws-cli/issues/7340
    expect(answer.body.expiresIn).to.be.within(8 * hour - 10, 8 * hour)
  })

  it('are renewed by the refresh token, which stays the same (no source: a guess; it may also rotate)', async () => {
    const signedIn = await signInByCode(sandbox, 'alice')
    const renewed = await renew(sandbox, signedIn)
    expect(renewed.status).to.equal(200)
    expect(renewed.body.refreshToken).to.equal(signedIn.refreshToken)
    expect(renewed.body.accessToken).not.to.equal(signedIn.accessToken)
  })

  it('are not renewed for an unknown refresh token, in the words of https://github.com/aws/aws-cli/issues/8561', async () => {
    const signedIn = await signInByCode(sandbox, 'alice')
    const answer = await renew(sandbox, {...signedIn, refreshToken: 'x'})
    expectOidcError(answer, 400, 'InvalidGrantException', 'invalid_grant')
    expect(answer.body).to.deep.equal({
      error: 'invalid_grant',
      error_description: 'Invalid refresh token provided',
    })
  })

  it("are not renewed by another client's refresh token (RFC 6749, 5.2)", async () => {
    const [mine, theirs] = [await signInByCode(sandbox, 'alice'), await signInByCode(sandbox, 'alice')]
    const answer = await renew(sandbox, {...mine, refreshToken: theirs.refreshToken})
    expectOidcError(answer, 400, 'InvalidGrantException', 'invalid_grant')
  })

  it('are not renewed without the refresh grant (model grantTypes)', async () => {
    const client = await registered(register(sandbox, {grantTypes: ['authorization_code']}))
    const answer = await renew(sandbox, {...(await signInByCode(sandbox, 'alice')), ...client})
    expectOidcError(answer, 400, 'UnauthorizedClientException', 'unauthorized_client')
  })

  it('are renewed until the session ends, and not beyond it (user guide, session duration: 8 hours)', async () => {
    const signedIn = await signInByCode(sandbox, 'alice')
    await advance(8 * hour - 600)
    expect((await renew(sandbox, signedIn)).body.expiresIn).to.be.within(500, 600)
    await advance(8 * hour + 1)
    expectOidcError(await renew(sandbox, signedIn), 400, 'InvalidGrantException', 'invalid_grant')
  })
})
