import {expect} from 'chai'
import {demandSignInPage} from '../../src/oauth/sign-in-page.ts'

const page = new URL('https://idp.example/authorize')
const redirect = new URL('http://127.0.0.1:8400/callback')
const client = {issuer: new URL('https://idp.example'), clientId: 'aws-oidc'}

describe('the look for a page to sign in at', () => {
  const outcome = (location: string) =>
    demandSignInPage(page, client, redirect, async () => new Response(null, {status: 303, headers: {location}})).then(
      () => 'there',
      (error: Error) => error.message,
    )

  it('hears what the browser would be sent back with', async () => {
    expect(await outcome(`${redirect.href}?error=invalid_scope&error_description=no+such+scope`)).to.equal(
      'idp.example refuses to let this client sign in: invalid_scope (no such scope).',
    )
    expect(await outcome(`${redirect.href}?error=unauthorized_client`)).to.include(': unauthorized_client.')
  })

  it('takes any other redirect for the way to that page', async () => {
    expect(await outcome('https://idp.example/login?error=none')).to.equal('there')
    expect(await outcome('/login')).to.equal('there')
    expect(await outcome(`${redirect.href}?code=x`)).to.equal('there')
  })
})
