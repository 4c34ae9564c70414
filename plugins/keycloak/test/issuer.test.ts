import {fakeTokens} from 'aws-oidc/testing'
import {expect} from 'chai'
import {keycloak} from '../src/keycloak.ts'
import {claims, failure, hostWith, issuer, metadata, nothingThere, rejection, settings} from './support/realm.ts'

const below = 'https://sso.example.com/auth/realms/example'

describe('the realm of keycloak', () => {
  /** The issuer of the sign-in. */
  async function signedInAt(host: ReturnType<typeof hostWith>, changed = settings): Promise<string | undefined> {
    await keycloak.signIn(changed, host)
    const [asked] = host.asked
    return asked?.by === 'sign-in' ? asked.client.issuer.href : undefined
  }

  it('is where "url" says', async () => {
    let address = ''
    const answer = ({url}: Request) => {
      address = url
      return metadata()
    }
    expect(await signedInAt(hostWith({responses: [answer]}))).to.equal(issuer)
    expect(address).to.equal(`${issuer}/.well-known/openid-configuration`)
  })

  it('is found below /auth, where servers before 17 have it, and searched for only once', async () => {
    const host = hostWith({responses: [nothingThere(), metadata({issuer: below})]})
    expect(await signedInAt(host)).to.equal(below)
    host.verify()
    const later = hostWith({responses: [], tokens: [fakeTokens(claims)]}, {memory: host.memory, interactive: false})
    await keycloak.signIn(settings, later)
  })

  for (const url of ['https://sso.example.com/auth', 'https://sso.example.com/auth/']) {
    it(`is below /auth and nowhere else where ${url} says so`, async () => {
      const host = hostWith({responses: [metadata({issuer: below})]})
      expect(await signedInAt(host, {...settings, url: new URL(url)})).to.equal(below)
      const none = hostWith({responses: [nothingThere()]})
      const {code} = await rejection(keycloak.signIn({...settings, url: new URL(url)}, none))
      expect(code).to.equal('CONFIG_INVALID')
    })
  }

  it('may have a name that has to be encoded in a URL', async () => {
    const address = 'https://sso.example.com/realms/R%26D%3F'
    const host = hostWith({responses: [metadata({issuer: address})]})
    expect(await signedInAt(host, {...settings, realm: 'R&D?'})).to.equal(address)
  })

  it('is not searched for where the user may not be asked and nothing is remembered: failing is cheap', async () => {
    const host = hostWith({responses: [], tokens: []}, {interactive: false})
    expect(await rejection(keycloak.signIn(settings, host))).to.include({code: 'SIGN_IN_REQUIRED'})
    host.verify()
  })

  it('that is found nowhere is a configuration error', async () => {
    const html = () => new Response('<html>', {headers: {'content-type': 'text/html'}})
    for (const responses of [
      [nothingThere(), nothingThere()],
      [html(), html()],
    ]) {
      const {code, message, hint} = await rejection(keycloak.signIn(settings, hostWith({responses})))
      expect(code).to.equal('CONFIG_INVALID')
      expect(message).to.include('no realm "example" at https://sso.example.com/')
      expect(hint).to.include('case-sensitive')
    }
  })

  it('that names another issuer is an error that gives the "url" to write', async () => {
    const responses = [metadata({issuer: 'https://login.example.com/realms/example'})]
    const {code, hint} = await rejection(keycloak.signIn(settings, hostWith({responses})))
    expect([code, hint]).to.deep.equal(['CONFIG_INVALID', 'url: https://login.example.com'])
  })

  it('is not searched for elsewhere while its server is starting or overloaded', async () => {
    for (const status of [429, 503]) {
      const host = hostWith({responses: [new Response('', {status})]})
      expect(await rejection(keycloak.signIn(settings, host))).to.include({code: 'UNAVAILABLE'})
    }
  })

  it('is searched for again where the remembered address stops answering well, as after an upgrade', async () => {
    const first = hostWith({responses: [nothingThere(), metadata({issuer: below})], tokens: [endedTokens()]})
    await keycloak.signIn(settings, first)
    const gone = failure('BAD_RESPONSE')
    const later = hostWith({tokens: [gone, fakeTokens(claims)]}, {memory: first.memory, now: new Date('2026-01-02')})
    await keycloak.signIn(settings, later)
    expect(later.asked.flatMap(asked => (asked.by === 'sign-in' ? [asked.client.issuer.href] : []))).to.deep.equal([
      below,
      issuer,
    ])
    later.verify()
  })

  it('is not searched for again while it is still there', async () => {
    const first = hostWith({tokens: [endedTokens()]})
    await keycloak.signIn(settings, first)
    const later = hostWith({tokens: [failure('BAD_RESPONSE')]}, {memory: first.memory, now: new Date('2026-01-02')})
    expect(await rejection(keycloak.signIn(settings, later))).to.include({code: 'BAD_RESPONSE'})
    expect(later.asked).to.have.lengthOf(1)
  })
})

/** Tokens after which the user has to sign in again. */
function endedTokens() {
  return {...fakeTokens(claims, new Date('2026-01-01T00:01:00Z')), renewable: false}
}
