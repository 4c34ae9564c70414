import {expect} from 'chai'
import {readStartUrl, regionIn} from '../../src/identity-center/start-url.ts'

const [ours, unknown] = [{isOfAws: true}, {region: undefined}]

// The forms of resolve.py in AWS CLI 2.36.7, and of the user guide, "AWS access portal".
const addresses: Readonly<Record<string, object>> = {
  'https://d-1234567890.awsapps.com/start': {...ours, ...unknown, isDualStack: false},
  'https://d-1234567890.awsapps.com/start/': {...ours, ...unknown, isDualStack: false},
  'https://example.awsapps.com/start#/': {...ours, ...unknown, isDualStack: false},
  'https://start.us-gov-home.awsapps.com/directory/d-1234567890': {...ours, ...unknown, isDualStack: false},
  'https://start.home.awsapps.cn/directory/example': {...ours, ...unknown, isDualStack: false},
  'https://identitycenter.amazonaws.com/ssoins-1234567890abcdef': {...ours, ...unknown, isDualStack: false},
  'https://ssoins-1234567890abcdef.eu-central-1.portal.amazonaws.com': {
    ...ours,
    region: 'eu-central-1',
    isDualStack: false,
  },
  'https://ssoins-1234567890abcdef.us-gov-west-1.portal.amazonaws.com': {...ours, region: 'us-gov-west-1'},
  'https://ssoins-1234567890abcdef.cn-north-1.portal.amazonaws.com.cn': {...ours, region: 'cn-north-1'},
  'https://ssoins-1234567890abcdef.eusc-de-east-1.portal.amazonaws.eu': {...ours, region: 'eusc-de-east-1'},
  'https://ssoins-1234567890abcdef.portal.eu-west-3.app.aws': {...ours, region: 'eu-west-3', isDualStack: true},
  'https://ssoins-1234567890abcdef.portal.cn-north-1.app.amazonwebservices.com.cn': {
    region: 'cn-north-1',
    isDualStack: true,
  },
  'https://sso.example.com/': {isOfAws: false, ...unknown},
  'https://awsapps.com.example.com/start': {isOfAws: false, ...unknown},
  'https://ssoins-1.eu-west-1.portal.amazonaws.com.example.com': {isOfAws: false, ...unknown},
}

describe('the start address of a portal', () => {
  for (const [address, known] of Object.entries(addresses)) {
    it(`tells what it can: ${address}`, () => expect(readStartUrl(new URL(address))).to.include(known))
  }

  it('keeps the text that the user wrote, by which the service knows it', () => {
    for (const text of [
      'https://d-1234567890.awsapps.com/start',
      'https://d-1234567890.awsapps.com/start#/',
      'https://ssoins-1234567890abcdef.portal.eu-west-3.app.aws',
    ]) {
      expect(readStartUrl(new URL(text)).text).to.equal(text)
    }
  })
})

describe('the page of a portal', () => {
  for (const [what, html, region] of [
    ['names its region', '<head><meta name="region" content="eu-west-1"></head>', 'eu-west-1'],
    [
      'names it in another order and with other quotes',
      "<META content='us-gov-west-1' name='region' />",
      'us-gov-west-1',
    ],
    ['names none', '<meta name="viewport" content="eu-west-1">', undefined],
    ['names something else', '<meta name="region" content="javascript:alert(1)">', undefined],
  ] as const) {
    it(what, () => expect(regionIn(html)).to.equal(region))
  }
})
