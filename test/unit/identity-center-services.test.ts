import {expect} from 'chai'
import {servicesAt} from '../../src/identity-center/services.ts'
import {readStartUrl} from '../../src/identity-center/start-url.ts'
import {fakeHost} from '../../src/testing/index.ts'

const [ipv4, dualStack] = ['https://d-1.awsapps.com/start', 'https://ssoins-1.portal.eu-west-1.app.aws']

// The endpoints of AWS's rules for the two services, as its SDKs have them.
const places = [
  ['eu-central-1', ipv4, false, 'oidc.eu-central-1.amazonaws.com'],
  ['eu-west-1', dualStack, false, 'oidc.eu-west-1.api.aws'],
  ['us-east-1', ipv4, true, 'oidc-fips.us-east-1.amazonaws.com'],
  ['us-east-1', dualStack, true, 'oidc-fips.us-east-1.api.aws'],
  ['us-gov-west-1', ipv4, true, 'oidc.us-gov-west-1.amazonaws.com'],
  ['cn-north-1', ipv4, false, 'oidc.cn-north-1.amazonaws.com.cn'],
] as const

describe('the services of IAM Identity Center', () => {
  for (const [region, address, useFipsEndpoint, host] of places) {
    it(`are at ${host} in ${region}${useFipsEndpoint ? ', for FIPS' : ''}, as the portal's address wants`, () => {
      const start = readStartUrl(new URL(address))
      const place = {start, region, useDualstackEndpoint: start.isDualStack, useFipsEndpoint, endpoints: {}}
      expect(servicesAt(place, fakeHost()).authorize.href).to.equal(`https://${host}/authorize`)
    })
  }

  it('are where the environment says', () => {
    const start = readStartUrl(new URL(ipv4))
    const endpoints = {oidc: 'https://proxy.example.com/oidc/', portal: 'https://proxy.example.com/portal'}
    const place = {start, region: 'eu-west-1', useDualstackEndpoint: false, useFipsEndpoint: true, endpoints}
    expect(servicesAt(place, fakeHost()).authorize.href).to.equal('https://proxy.example.com/oidc/authorize')
  })

  it('have a renewal carried out although the user has interrupted it, and a list not', async () => {
    const signals: (AbortSignal | null | undefined)[] = []
    const host = fakeHost()
    const fetch: typeof globalThis.fetch = async (_, init) => {
      signals.push(init?.signal)
      return Response.json({accountList: [], accessToken: 'a', expiresIn: 1})
    }
    const start = readStartUrl(new URL(ipv4))
    const place = {start, region: 'eu-west-1', useDualstackEndpoint: false, useFipsEndpoint: false, endpoints: {}}
    const {oidc, portal} = servicesAt(place, {fetch, signal: host.signal})
    const {CreateTokenCommand} = await import('@aws-sdk/client-sso-oidc')
    const {ListAccountsCommand} = await import('@aws-sdk/client-sso')
    await oidc.send(new CreateTokenCommand({clientId: 'c', clientSecret: 's', grantType: 'refresh_token'}))
    await portal.send(new ListAccountsCommand({accessToken: 'a'}))
    expect(signals).to.deep.equal([undefined, host.signal])
  })
})
