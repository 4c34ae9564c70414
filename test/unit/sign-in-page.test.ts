import {expect} from 'chai'
import {demandSignInPage} from '../../src/oauth/sign-in-page.ts'

const issuer = new URL('https://idp.example')
const page = new URL('https://idp.example/authorize')
const redirect = new URL('http://127.0.0.1:8400/callback')
const client = {issuer, clientId: 'aws-oidc'}

interface Answer {
  readonly status: number
  readonly location?: string
  readonly cookie?: string
}

describe('the check for a sign-in page', () => {
  /** A provider that answers like this below its paths; `needs` is the cookie without which it refuses. */
  const outcome = (answers: Readonly<Record<string, Answer>>, needs?: string) => {
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const {host, pathname} = new URL(String(input))
      const {status, location, cookie} = (host === issuer.host && answers[pathname]) || {status: 599}
      if (needs !== undefined && pathname !== '/authorize' && new Headers(init?.headers).get('cookie') !== needs) {
        return new Response('no cookies', {status: 400})
      }
      const headers = {...(location && {location}), ...(cookie && {'set-cookie': cookie})}
      return new Response('<h1>Bad Request</h1>', {status, headers})
    }
    return demandSignInPage(page, client, redirect, fetch).catch((error: Error) => error.message)
  }
  const sentTo = (location: string) => outcome({'/authorize': {status: 303, location}, '/login': {status: 200}})

  it('reports the error with which the browser would be sent back', async () => {
    expect(await sentTo(`${redirect.href}?error=invalid_scope&error_description=no+such+scope`)).to.equal(
      'idp.example refuses to let this client sign in: invalid_scope (no such scope).',
    )
    expect(await sentTo(`${redirect.href}?error=unauthorized_client`)).to.include(': unauthorized_client.')
  })

  it('reports the error in the address of a page, as of Ory Hydra for an unknown client', async () => {
    const words = 'error=invalid_client&error_description=The+requested+OAuth+2.0+Client+does+not+exist.'
    for (const place of ['/oauth2/fallbacks/error', 'https://login.example/error']) {
      expect(await sentTo(`${place}?${words}`)).to.include('invalid_client (The requested OAuth 2.0 Client')
    }
  })

  it('follows redirects on the same host, as Dex refuses a redirect address only after the first one', async () => {
    const answers = {'/authorize': {status: 302, location: '/auth/local?state=x'}, '/auth/local': {status: 400}}
    expect(await outcome(answers)).to.equal(
      'idp.example has no sign-in page for the client "aws-oidc" and the redirect address http://127.0.0.1/callback: HTTP 400, "Bad Request".',
    )
    expect(await sentTo('/login')).to.equal('there')
    expect(await sentTo('https://idp.example/login')).to.equal('there')
  })

  it('sends the cookies, without which many providers refuse', async () => {
    const answers = {
      '/authorize': {status: 302, location: '/login', cookie: 'session=one; Path=/; HttpOnly'},
      '/login': {status: 200},
    }
    expect(await outcome(answers, 'session=one')).to.equal('there')
  })

  it('draws no conclusion from another host, a redirect loop or a server error', async () => {
    expect(await sentTo('https://login.example/')).to.equal('untold')
    expect(await sentTo(`${redirect.href}?code=x`)).to.equal('untold')
    expect(await sentTo('/authorize')).to.equal('untold')
    expect(await outcome({'/authorize': {status: 503}})).to.equal('untold')
    expect(await outcome({'/authorize': {status: 403}})).to.equal('untold')
  })
})
