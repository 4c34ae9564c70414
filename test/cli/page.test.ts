import {createHash} from 'node:crypto'
import {expect} from 'chai'
import {useScene} from '../support/scene.ts'
import {changed, redirectAfterSignIn, waitForAddress} from '../support/sign-in.ts'

describe('the page at the end of a sign-in', () => {
  const scene = useScene()

  it('says that the user is signed in only once that is true', async () => {
    const page = await pageAfter(back => back)
    expect(page).to.include({status: 200, exitCode: 0})
    expect(page.html).to.include('You are signed in').and.to.include('close this window')
    expectSafe(page)
  })

  it('says that the user is signed in only once that is saved: after a kill no new sign-in is needed', async () => {
    const {address, child, ended} = await waitForAddress(scene.home)
    const response = await fetch(await redirectAfterSignIn(address))
    child.kill('SIGKILL')
    expect(await response.text()).to.include('You are signed in')
    await ended
    const next = await scene.home.run(['creds', '--profile', 'developer'], {AWS_OIDC_INTERACTIVE: 'never'})
    expect(next.exitCode, next.stderr).to.equal(0)
  })

  it('says that the user is not signed in, and why, when the provider refuses', async () => {
    const page = await pageAfter(back => refusal(back, 'access_denied', 'Not today.'))
    expect(page).to.include({status: 400, exitCode: 4})
    expect(page.html).to.include('You are not signed in').and.to.include('Not today.')
    expectSafe(page)
  })

  it('says that the user is not signed in when the tokens are refused after the redirect', async () => {
    await scene.sandbox.fault({on: 'token', idToken: {key: 'foreign'}})
    const page = await pageAfter(back => back)
    expect(page).to.include({status: 400, exitCode: 6})
    expect(page.html).to.include('You are not signed in')
    expectSafe(page)
  })

  it('shows what the provider says as text, never as HTML', async () => {
    const nasty = `<script>alert(1)</script><img src=x onerror='a("b")'>&amp;\u001b[2J`
    const page = await pageAfter(back => refusal(back, '<b>access_denied', nasty))
    expect(page.html).to.include('&#60;script&#62;alert(1)&#60;/script&#62;')
    expect(page.html).to.include('&#38;amp;')
    expect(page.html).not.to.match(/<script|<img|<b>/)
    expect(page.html).not.to.include('\u001b')
    expect(page.stderr).not.to.include('\u001b')
    expectSafe(page)
  })

  it('sends the browser on to "pages.success" and "pages.failure"', async () => {
    const pages = {success: 'https://intra.example.com/ok?a=b', failure: 'https://intra.example.com/failed'}
    await scene.home.configure({provider: {pages}})
    const good = await pageAfter(back => back)
    expect(good).to.include({status: 303, exitCode: 0})
    expect(good.headers.get('location')).to.equal(pages.success)
    // Nothing of the sign-in travels on.
    expect(good.headers.get('referrer-policy')).to.equal('no-referrer')

    const bad = await pageAfter(back => refusal(back, 'access_denied', 'No.'), ['login', '--force', '--no-browser'])
    expect(bad).to.include({status: 303, exitCode: 4})
    expect(bad.headers.get('location')).to.equal(pages.failure)
  })

  it('is as restrictive for a stray request', async () => {
    const {redirect, child, ended} = await waitForAddress(scene.home)
    const response = await fetch(new URL('/favicon.ico', redirect))
    expectSafe({headers: response.headers, html: await response.text()})
    child.kill('SIGTERM')
    await ended
  })

  /** The page for what a browser brings back, and how the command ended. */
  async function pageAfter(change: (back: URL) => URL, args?: readonly string[]) {
    const {address, ended} = await waitForAddress(scene.home, args)
    const response = await fetch(change(await redirectAfterSignIn(address)), {redirect: 'manual'})
    const html = await response.text()
    const {exitCode, stderr} = await ended
    return {status: response.status, headers: response.headers, html, exitCode, stderr}
  }
})

function refusal(back: URL, error: string, description: string): URL {
  return changed(back, ({searchParams}) => {
    searchParams.delete('code')
    searchParams.set('error', error)
    searchParams.set('error_description', description)
  })
}

/** No script, nothing from elsewhere, nothing kept; and the style that there is may be used. */
function expectSafe({headers, html}: {readonly headers: Headers; readonly html: string}): void {
  const policy = headers.get('content-security-policy') ?? ''
  expect(policy).to.include("default-src 'none'").and.to.include("frame-ancestors 'none'")
  expect(policy).to.include("base-uri 'none'").and.to.include("form-action 'none'").and.not.to.include('unsafe')
  expect(headers.get('cache-control')).to.equal('no-store')
  expect(headers.get('referrer-policy')).to.equal('no-referrer')
  expect(headers.get('x-content-type-options')).to.equal('nosniff')
  expect(headers.get('content-type')).to.equal('text/html; charset=utf-8')
  expect(html).not.to.match(/<(script|link|iframe|form|img)|<[^>]*\s(src|href|on\w+)=|url\(|@import|https?:/)
  const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(html) ?? []
  expect(policy).to.include(`'sha256-${createHash('sha256').update(style).digest('base64')}'`)
  expect(style).to.include('@media (prefers-color-scheme:dark)').and.to.include('color-scheme:light dark')
}
