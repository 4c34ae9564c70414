import {expect} from 'chai'
import {consoleAddress, readDestination, signInService} from '../../src/aws/console.ts'
import {consoleServices} from '../../src/aws/console-services.ts'
import {loginAddress} from '../../src/aws/federation.ts'

const partitions = [
  ['aws', 'eu-west-1', 'aws.amazon.com', 'us-east-1'],
  ['aws-cn', 'cn-north-1', 'amazonaws.cn', 'cn-northwest-1'],
  ['aws-us-gov', 'us-gov-east-1', 'amazonaws-us-gov.com', 'us-gov-west-1'],
  ['aws-eusc', 'eusc-de-east-1', 'amazonaws-eusc.eu', 'eusc-de-east-1'],
  ['aws-iso', 'us-iso-west-1', 'c2shome.ic.gov', 'us-iso-east-1'],
  ['aws-iso-b', 'us-isob-east-1', 'sc2shome.sgov.gov', 'us-isob-east-1'],
  ['aws-iso-e', 'eu-isoe-west-1', 'csphome.adc-e.uk', 'eu-isoe-west-1'],
  ['aws-iso-f', 'us-isof-south-1', 'csphome.hci.ic.gov', 'us-isof-south-1'],
] as const

const refusal = (work: () => unknown) => {
  try {
    return {given: String(work())}
  } catch (error) {
    const {code, message, hint} = error as {code?: string; message?: string; hint?: string}
    return {code, message, hint}
  }
}

describe('the console of', () => {
  for (const [partition, region, suffix, home] of partitions) {
    it(`${partition} has the domain of its sign-in service`, () => {
      expect(signInService(partition, region, {})).to.deep.equal({
        url: new URL(`https://${region}.signin.${suffix}`),
        aws: true,
      })
      expect(consoleAddress(partition, region).href).to.equal(
        `https://${region}.console.${suffix}/console/home?region=${region}`,
      )
      const [s3, iam] = ['s3', 'iam'].map(name => consoleAddress(partition, region, consoleServices.get(name)).href)
      expect(s3).to.equal(`https://${region}.console.${suffix}/s3/home?region=${region}`)
      expect(iam).to.equal(`https://${home}.console.${suffix}/iam/home`)
    })

    it(`${partition} chooses the region itself where none is configured`, () => {
      expect(signInService(partition, undefined, {}).url.href).to.equal(`https://${home}.signin.${suffix}/`)
      expect(consoleAddress(partition, undefined).href).to.equal(`https://console.${suffix}/console/home`)
      expect(consoleAddress(partition, undefined, consoleServices.get('s3')).href).to.equal(
        `https://console.${suffix}/s3/home`,
      )
    })

    it(`${partition} is no destination for another partition`, () => {
      const page = `https://${region}.console.${suffix}/s3/home`
      expect(readDestination(page, partition).href).to.equal(page)
      expect(readDestination(`https://console.${suffix}/`, partition).hostname).to.equal(`console.${suffix}`)
      for (const [other] of partitions) {
        if (other !== partition) expect(refusal(() => readDestination(page, other))).to.include({code: 'USAGE'})
      }
    })
  }
})

describe('a destination', () => {
  for (const address of [
    'http://console.aws.amazon.com/',
    'https://me@console.aws.amazon.com/',
    'https://:x@console.aws.amazon.com/',
    'https://console.aws.amazon.com:8443/',
    'https://xconsole.aws.amazon.com/',
    'https://aws.amazon.com/',
    'https://signin.aws.amazon.com/oauth?Action=logout',
    'https://console.aws.amazon.com.example.com/',
    'https://example.com/?console.aws.amazon.com/',
    'javascript:alert(1)',
    '//console.aws.amazon.com/',
    's3',
    '',
  ]) {
    it(`can not be ${address || 'empty'}`, () => {
      expect(refusal(() => readDestination(address, 'aws'))).to.deep.include({
        code: 'USAGE',
        hint: '--destination https://console.aws.amazon.com/...',
      })
    })
  }
})

describe('a sign-in service that a variable names', () => {
  const at = (text: string) => signInService('aws', 'us-east-1', {AWS_ENDPOINT_URL_SIGNIN: text})

  it('keeps its path, and nothing else', () => {
    const service = at('http://127.0.0.1:8080/console/?x=1#y')
    expect(service.aws).to.equal(false)
    const login = loginAddress(service, new URL('https://console.aws.amazon.com/'), 'a&b')
    expect(login.href).to.equal(
      'http://127.0.0.1:8080/console/federation?Action=login&Issuer=aws-oidc&Destination=https%3A%2F%2Fconsole.aws.amazon.com%2F&SigninToken=a%26b',
    )
  })

  it("may be AWS's own", () => {
    expect(at('https://eu-west-1.signin.aws.amazon.com').aws).to.equal(true)
    expect(at('https://signin.aws.amazon.com.example.com').aws).to.equal(false)
  })

  for (const text of ['http://signin.aws.amazon.com', 'ftp://127.0.0.1/', 'signin']) {
    it(`can not be ${text}`, () => {
      expect(refusal(() => at(text))).to.include({code: 'CONFIG_INVALID', hint: 'unset AWS_ENDPOINT_URL_SIGNIN'})
    })
  }
})

describe('the short names of services', () => {
  it('are lower case, and lead to a path of the console', () => {
    expect(consoleServices.size).to.be.greaterThan(80)
    for (const [name, {path}] of consoleServices) {
      expect(name).to.match(/^[a-z][a-z0-9-]*$/)
      expect(path).to.match(/^[a-z0-9]+[a-z0-9/-]*(#[\w/:-]+)?$/)
    }
  })
})
