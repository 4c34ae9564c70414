import {expect} from 'chai'
import {stsEndpoint} from '../../src/aws/endpoint.ts'
import {plansFor} from '../../src/credentials/plan.ts'
import {makeStage} from '../support/dependencies.ts'

const at = (...args: Parameters<typeof stsEndpoint>) => stsEndpoint(...args).url.host

describe('the STS endpoint', () => {
  it("is the region's, of the partition of the role", () => {
    expect(at('aws', {}, {})).to.equal('sts.us-east-1.amazonaws.com')
    expect(at('aws', {region: 'ap-northeast-1'}, {})).to.equal('sts.ap-northeast-1.amazonaws.com')
    expect(at('aws-cn', {}, {})).to.equal('sts.cn-northwest-1.amazonaws.com.cn')
    expect(at('aws-us-gov', {}, {})).to.equal('sts.us-gov-west-1.amazonaws.com')
    expect(at('aws-eusc', {}, {})).to.equal('sts.eusc-de-east-1.amazonaws.eu')
  })

  it('comes from AWS_REGION, else AWS_DEFAULT_REGION, where nothing else is said', () => {
    expect(at('aws', {}, {AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2'})).to.include('eu-west-1')
    expect(at('aws', {}, {AWS_DEFAULT_REGION: 'eu-west-2'})).to.include('eu-west-2')
  })

  it('is never one of another partition, which does not know the role', () => {
    expect(at('aws-cn', {region: 'us-east-1'}, {})).to.equal('sts.cn-northwest-1.amazonaws.com.cn')
    expect(at('aws', {region: 'cn-north-1'}, {})).to.equal('sts.us-east-1.amazonaws.com')
  })

  it('is a FIPS or dual-stack one where the profile says so', () => {
    expect(at('aws', {fips: true}, {})).to.equal('sts-fips.us-east-1.amazonaws.com')
    expect(at('aws', {dualstack: true}, {})).to.equal('sts.us-east-1.api.aws')
    expect(at('aws', {fips: true, dualstack: true}, {})).to.equal('sts-fips.us-east-1.api.aws')
    expect(at('aws-us-gov', {fips: true}, {})).to.equal('sts.us-gov-west-1.amazonaws.com')
    expect(at('aws-cn', {dualstack: true, region: 'cn-north-1'}, {})).to.equal(
      'sts.cn-north-1.api.amazonwebservices.com.cn',
    )
  })

  it('is that of AWS_ENDPOINT_URL_STS before that of the configuration; AWS_ENDPOINT_URL is ignored', () => {
    const endpoint = new URL('https://sts.emulator.example')
    const env = {AWS_ENDPOINT_URL: 'http://127.0.0.1:4566'}
    expect(at('aws', {endpoint}, env)).to.equal('sts.emulator.example')
    expect(at('aws', {endpoint}, {...env, AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:9000'})).to.equal('127.0.0.1:9000')
    expect(at('aws', {}, env)).to.equal('sts.us-east-1.amazonaws.com')
  })

  it('is never made from text that is not the name of a region', () => {
    const nonsense = [
      'us-x.evil.example/',
      'us-x@evil.example#',
      'us-east-1 x',
      'us-east-1\n',
      'us-east-1:443',
      'x',
      '-',
    ]
    for (const region of nonsense) {
      for (const [requests, env] of [
        [{region}, {}],
        [{}, {AWS_REGION: region}],
        [{}, {AWS_DEFAULT_REGION: region}],
        [{region}, {AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1'}],
      ] as const) {
        expect(() => stsEndpoint('aws', requests, env), region).to.throw('is not the name of an AWS region')
      }
    }
    expect(() => stsEndpoint('aws', {region: 'us-x.evil.example/'}, {})).to.throw('"us-x.evil.example/"')
  })

  it('is the usual one for aws-global, and for a variable without a value', () => {
    expect(at('aws', {region: 'aws-global'}, {})).to.equal('sts.us-east-1.amazonaws.com')
    expect(at('aws-us-gov', {}, {AWS_REGION: 'aws-global'})).to.equal('sts.us-gov-west-1.amazonaws.com')
    expect(at('aws', {}, {AWS_REGION: '', AWS_DEFAULT_REGION: ''})).to.equal('sts.us-east-1.amazonaws.com')
  })

  it("counts as AWS's own by its name only", () => {
    const own = (url: string) => stsEndpoint('aws', {}, {AWS_ENDPOINT_URL_STS: url}).aws
    expect(own('https://sts.eu-west-1.amazonaws.com')).to.equal(true)
    expect(own('https://vpce-1.sts.us-east-1.vpce.amazonaws.com')).to.equal(true)
    expect(own('https://sts.amazonaws.com')).to.equal(true)
    expect(own('https://sts-fips.us-east-1.api.aws')).to.equal(true)
    expect(own('https://sts.cn-north-1.amazonaws.com.cn')).to.equal(true)
    expect(own('https://abc.execute-api.us-east-1.amazonaws.com')).to.equal(false)
    expect(own('https://sts.s3.us-east-1.amazonaws.com'), 'a bucket').to.equal(false)
    expect(own('https://sts.abc.execute-api.us-east-1.amazonaws.com')).to.equal(false)
    expect(own('https://vpce-1.vpce-svc-2.us-east-1.vpce.amazonaws.com'), 'anybody offers these').to.equal(false)
    expect(own('https://sts.amazonaws.com.example.org')).to.equal(false)
    expect(own('https://notamazonaws.com')).to.equal(false)
    expect(own('http://127.0.0.1:1')).to.equal(false)
  })

  it('is refused when it is not safe, or contradicts itself', () => {
    for (const url of [
      'http://sts.example.com',
      'ftp://127.0.0.1',
      'sts.amazonaws.com',
      'http://127.0.0.1.example.com',
    ]) {
      expect(() => stsEndpoint('aws', {}, {AWS_ENDPOINT_URL_STS: url}), url).to.throw('refused')
    }
    expect(() => stsEndpoint('aws', {fips: true}, {AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1'})).to.throw('fips')
  })

  it('uses the region of the environment before that of the profile, and sts.region before both', () => {
    const host = (sts: string, env: Record<string, string>) => {
      const deps = makeStage(`
providers: {corp: {strategy: fake}}
profiles: {developer: {provider: corp, role: '123456789012/developer', region: eu-west-1${sts}}}
`).call()
      const key = (with_: Record<string, string>) =>
        plansFor({profile: 'developer'}, {...deps, env: with_})[0]?.steps[0].key
      return key(env)
    }
    const other = {AWS_REGION: 'eu-west-2'}
    expect(host('', {})).to.equal(host('', {AWS_REGION: 'eu-west-1'}))
    expect(host('', {AWS_REGION: ''}), 'a variable without a value').to.equal(host('', {}))
    expect(host('', other)).not.to.equal(host('', {}))
    expect(host(', sts: {region: eu-west-3}', other)).to.equal(host(', sts: {region: eu-west-3}', {}))
  })
})
