import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {startChromium} from '../support/chromium.ts'
import {waitForCode} from '../support/device.ts'
import {isOneDocument} from '../support/document.ts'
import {developerArn, trustKeys, useKeycloak} from '../support/keycloak-scene.ts'
import {presented, refreshTokenIn} from '../support/keycloak-tokens.ts'
import {visitKeycloak} from '../support/keycloak-user.ts'
import {waitForAddress} from '../support/sign-in.ts'

const creds = ['creds', '--profile', 'developer']
const silently = [...creds, '--force', '--no-interactive']
const whoami = ['whoami', '--profile', 'developer', '--json']
const login = ['login', '--profile', 'developer']

describe('A real Keycloak', () => {
  const scene = useKeycloak()
  const visits = () => join(scene.home.folder, 'visits')
  const visited = async () => (await readFile(visits(), 'utf8').catch(() => '')).split('\n').filter(Boolean)

  async function succeeds(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<void> {
    const {exitCode, stderr} = await scene.home.run(args, env)
    expect(exitCode, stderr).to.equal(0)
  }

  /** Only the user opens the page for codes, no browser by itself. */
  async function askForCode() {
    await scene.changeClient('aws-oidc', {attributes: {'oauth2.device.polling.interval': '1'}})
    return waitForCode(scene.home, [...login, '--device'], {KEYCLOAK_USER: 'nobody'})
  }

  async function needsLogin(args: readonly string[]): Promise<void> {
    const {exitCode, stdout, stderr} = await scene.home.run(args)
    expect({exitCode, stdout}, stderr).to.deep.equal({exitCode: 3, stdout: ''})
    expect(stderr).to.include('Try: aws-oidc login --profile developer')
  }

  for (const federation of ['oidc', 'saml2']) {
    it(`signs a user in, and AWS gives the role for the proof of federation ${federation}`, async () => {
      await scene.configure({federation})
      const {exitCode, stdout, stderr} = await scene.home.run(whoami)
      expect(exitCode, stderr).to.equal(0)
      expect(JSON.parse(stdout).arn).to.match(/^arn:aws:sts::123456789012:assumed-role\/Developer\/alice/)
    })

    it(`offers the user's roles in Keycloak with federation ${federation}`, async () => {
      await scene.configure({federation, ...(federation === 'oidc' && {rolesClaim: 'aws_roles'})}, {role: undefined})
      const {exitCode, stderr} = await scene.home.run(creds)
      expect(exitCode, stderr).to.equal(2)
      expect(stderr).to.include(developerArn).and.to.include('role/ReadOnly')
    })
  }

  it('may give a user forty roles, of which only the requested one is used', async () => {
    await scene.configure({federation: 'saml2'}, {role: undefined})
    const {exitCode, stderr} = await scene.home.run(creds, {KEYCLOAK_USER: 'dave'})
    expect(exitCode, stderr).to.equal(2)
    expect(stderr).to.include('"corp" offers 40 roles: arn:aws:iam::3000000000').and.to.include('and 35 more')
    await scene.configure({federation: 'saml2'})
    const other = await scene.home.run(creds, {KEYCLOAK_USER: 'dave'})
    expect(other.exitCode, other.stderr).to.equal(5)
    expect(other.stderr).to.include(`does not offer the role ${developerArn}`)
  })

  describe('keeps a session that', () => {
    beforeEach(() => scene.endSessions('alice'))

    it('starts once, however many programs ask at once', async function () {
      this.timeout(300_000)
      const calls = Array.from({length: 20}, () => scene.home.run(creds, {KEYCLOAK_VISITS: visits()}))
      for (const ending of await Promise.all(calls)) isOneDocument(ending)
      expect(await visited()).to.have.lengthOf(1)
      expect(await scene.sessionsOf('alice')).to.have.lengthOf(1)
    })

    it('works without asking again, by a refresh where the tokens have expired', async () => {
      // Its tokens live five seconds, which is less than what AWS needs.
      await scene.configure({clientId: 'aws-oidc-short'})
      await succeeds(creds, {KEYCLOAK_VISITS: visits()})
      await succeeds(silently, {KEYCLOAK_VISITS: visits()})
      expect(await visited()).to.have.lengthOf(1)
    })

    for (const [what, end] of [
      ['an administrator has ended it', () => scene.endSessions('alice')],
      ['the user was disabled', () => scene.changeUser('alice', {enabled: false})],
    ] as const) {
      for (const provider of [{clientId: 'aws-oidc-short'}, {federation: 'saml2'}]) {
        it(`ends when ${what}, with ${JSON.stringify(provider)}: no silent sign-in works`, async () => {
          await scene.configure(provider)
          await succeeds(creds)
          await end()
          await needsLogin(silently)
        })
      }
    }

    it('makes the next login ask again once it has ended', async () => {
      await scene.configure({federation: 'saml2'})
      await succeeds(creds, {KEYCLOAK_VISITS: visits()})
      await scene.endSessions('alice')
      await succeeds([...creds, '--force'], {KEYCLOAK_VISITS: visits()})
      expect(await visited()).to.have.lengthOf(2)
    })

    for (const [federation, left] of [
      ['oidc', 'Session not active'],
      // An exchange makes the SAML client take part in the session, which then continues without aws-oidc.
      ['saml2', "Session doesn't have required client"],
    ] as const) {
      it(`ends for aws-oidc by logout, which removes everything locally (${federation})`, async () => {
        await scene.configure({federation})
        await succeeds(creds)
        const refreshToken = await refreshTokenIn(scene.home)
        expect(await presented(refreshToken, scene.issuer, 'aws-oidc')).to.equal('taken')
        await succeeds(['logout', '--provider', 'corp'])
        expect(await presented(refreshToken, scene.issuer, 'aws-oidc')).to.equal(left)
        expect(await scene.home.entries()).to.deep.equal([])
        await needsLogin(silently)
      })
    }

    it('ends in the browser too by logout --everywhere, which opens the page for that', async () => {
      await succeeds(creds)
      await succeeds(['logout', '--provider', 'corp', '--everywhere'], {KEYCLOAK_VISITS: visits()})
      const [address = ''] = await visited()
      expect(address).to.include(`${scene.issuer}/protocol/openid-connect/logout?`)
      expect((await visitKeycloak(new URL(address), {name: 'alice'})).page).to.match(/log(ged)? out/i)
    })

    it('starts with a code entered on another machine', async () => {
      const {address, code, ended} = await askForCode()
      const {page} = await visitKeycloak(withCode(address, code), {name: 'alice'})
      expect(page).to.include('Device Login Successful')
      const {exitCode, stdout, stderr} = await ended
      expect(exitCode, stderr).to.equal(0)
      expect(stdout).to.include('alice@example.com')
      await succeeds([...creds, '--no-interactive'])
    })

    it('does not start where the user refuses on the other machine', async () => {
      const {address, code, ended} = await askForCode()
      const {page} = await visitKeycloak(withCode(address, code), {name: 'alice', agrees: false})
      expect(page).to.include('Consent denied')
      const {exitCode, stderr} = await ended
      expect(exitCode).to.equal(4)
      expect(stderr).to.include('access_denied (The end user denied the authorization request)')
    })

    it('does not start where the code expires first', async () => {
      await scene.configure({clientId: 'aws-oidc-short'})
      const {exitCode, stderr} = await (await askForCode()).ended
      expect(exitCode, stderr).to.equal(6)
      expect(stderr).to.include('expired before you had signed in').and.to.include('Try: aws-oidc login')
    })

    it('starts in a real browser, whose page says that it can be closed', async () => {
      const chromium = await startChromium()
      try {
        const {address, ended} = await waitForAddress(scene.home, [...login, '--no-browser'])
        await chromium.visit(address.href)
        await chromium.type('#username', 'alice')
        await chromium.type('#password', 'alice-password')
        await chromium.click('#kc-login')
        expect(await chromium.evaluate("document.querySelector('h1').textContent")).to.equal('You are signed in')
        expect(await ended).to.include({exitCode: 0})
      } finally {
        await chromium.close()
      }
    })
  })

  describe('accepts each refresh token once, where the realm says so, and', () => {
    const issuer = () => `${scene.keycloak.url}/realms/aws-strict`
    before(() => trustKeys(issuer(), scene.sandbox))
    beforeEach(() => scene.configure({realm: 'aws-strict'}))

    it('renews with one after the other, even for programs that ask at once', async function () {
      this.timeout(300_000)
      const first = await scene.home.run(creds)
      expect(first.exitCode, first.stderr).to.equal(0)
      const seen = new Set([await refreshTokenIn(scene.home)])
      for (const ending of await Promise.all([1, 2, 3].map(() => scene.home.run(silently)))) isOneDocument(ending)
      seen.add(await refreshTokenIn(scene.home))
      isOneDocument(await scene.home.run(silently))
      seen.add(await refreshTokenIn(scene.home))
      expect(seen.size, 'each renewal brought a new one').to.equal(3)
    })

    it('ends the session when an old one is used elsewhere; then a login is needed', async () => {
      expect(await scene.home.run(creds)).to.include({exitCode: 0})
      const old = await refreshTokenIn(scene.home)
      isOneDocument(await scene.home.run(silently))
      expect(await presented(old, issuer(), 'aws-oidc')).to.equal('Maximum allowed refresh token reuse exceeded')
      const {exitCode, stderr} = await scene.home.run(silently)
      expect(exitCode, stderr).to.equal(3)
      expect(stderr).to.include('Try: aws-oidc login --profile developer')
    })
  })
})

function withCode(address: URL, code: string): URL {
  const url = new URL(address)
  url.searchParams.set('user_code', code)
  return url
}
