import {expect} from 'chai'
import {placeOf} from '../../src/identity-center/place.ts'
import {fakeHost} from '../../src/testing/index.ts'

const atAws = {startUrl: new URL('https://d-1234567890.awsapps.com/start')}
const page = (region: string) => new Response(`<html><head><meta name="region" content="${region}"></head>`)

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'it worked',
    (error: unknown) => error,
  )
}

describe('the region of IAM Identity Center', () => {
  it('is the one in the name of the portal, whatever else is said', async () => {
    const startUrl = new URL('https://ssoins-1234567890abcdef.portal.eu-west-3.app.aws')
    const place = await placeOf({startUrl, region: 'us-east-1'}, fakeHost())
    expect(place).to.include({region: 'eu-west-3', useDualstackEndpoint: true})
  })

  it('is the one in the configuration, without asking anybody', async () => {
    const host = fakeHost()
    expect(await placeOf({...atAws, region: 'us-east-1'}, host)).to.include({region: 'us-east-1'})
    host.verify()
  })

  it("is the one that AWS's own page names, which is asked once", async () => {
    const host = fakeHost({responses: [page('eu-north-1')]})
    for (let call = 0; call < 2; call++) expect(await placeOf(atAws, host)).to.include({region: 'eu-north-1'})
    host.verify()
  })

  for (const [what, settings, responses] of [
    ['no page names it', atAws, [new Response('<html>')]],
    ['the page can not be read', atAws, [new Error('no network')]],
    ['the page refuses', atAws, [new Response('', {status: 403})]],
    ["the portal has somebody's own name, whose page is not asked", {startUrl: new URL('https://sso.example.com')}, []],
  ] as const) {
    it(`has to be configured where ${what}`, async () => {
      const host = fakeHost({responses: [...responses]})
      const failure = await failureOf(placeOf(settings, host))
      expect(failure).to.include({code: 'CONFIG_INVALID'})
      expect(failure).to.have.property('hint').that.includes('Set "region" of the provider')
      host.verify()
    })
  }

  it('is refused where it can not be one', async () => {
    const failure = await failureOf(placeOf({...atAws, region: 'Europe (Frankfurt)'}, fakeHost()))
    expect(failure).to.include({code: 'CONFIG_INVALID', hint: 'Correct "region" of the provider.'})
  })
})

describe('the endpoints of IAM Identity Center', () => {
  const usual = {...atAws, region: 'us-east-1'}

  it('are those of the environment', async () => {
    const env = {AWS_ENDPOINT_URL_SSO_OIDC: 'https://a.example.com', AWS_ENDPOINT_URL_SSO: 'http://127.0.0.1:1/b'}
    const {endpoints} = await placeOf(usual, fakeHost({}, {env}))
    expect(endpoints).to.deep.equal({oidc: 'https://a.example.com', portal: 'http://127.0.0.1:1/b'})
  })

  it('are those for FIPS where the environment says so', async () => {
    const place = await placeOf(usual, fakeHost({}, {env: {AWS_USE_FIPS_ENDPOINT: 'true'}}))
    expect(place).to.include({useFipsEndpoint: true})
  })

  for (const address of ['http://sso.example.com', 'sso.example.com', 'http://127.0.0.1.example.com']) {
    it(`are refused where somebody could read the tokens: ${address}`, async () => {
      const failure = await failureOf(placeOf(usual, fakeHost({}, {env: {AWS_ENDPOINT_URL_SSO: address}})))
      expect(failure).to.include({code: 'CONFIG_INVALID', hint: 'unset AWS_ENDPOINT_URL_SSO'})
    })
  }
})
