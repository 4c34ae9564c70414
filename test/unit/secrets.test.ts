import {expect} from 'chai'
import {Secrets} from '../../src/text/secrets.ts'

function masking(...known: readonly string[]): Secrets {
  const secrets = new Secrets()
  for (const secret of known) secrets.add(secret)
  return secrets
}

describe('a secret in a text', () => {
  const secret = 'pass "word"\\ + ü/&='

  for (const [words, form] of [
    ['as it is', secret],
    ['in an address', encodeURIComponent(secret)],
    ['in a form', new URLSearchParams({a: secret}).toString().slice('a='.length)],
    ['in JSON', JSON.stringify(secret).slice(1, -1)],
  ] as const) {
    it(`is masked ${words}`, () => {
      expect(masking(secret).mask(`before ${form} after ${form}`)).to.equal('before *** after ***')
    })
  }

  it('is masked whole when a part of it is a secret too', () => {
    const [short, long] = ['secret', 'secret-and-its-tail']
    for (const known of [
      [short, long],
      [long, short],
    ]) {
      expect(masking(...known).mask(`${long} ${short}`)).to.equal('*** ***')
    }
  })

  it('is masked whole when that part is at its end or in another form', () => {
    expect(masking('tail-of-it', 'begin&tail-of-it').mask('begin%26tail-of-it begin&tail-of-it')).to.equal('*** ***')
  })

  it('of fewer than six characters is not masked: that would hide half of every text', () => {
    expect(masking('short', '').mask('a short text')).to.equal('a short text')
  })
})

describe('a part of a secret', () => {
  const secret = Buffer.from('a token that nobody is to see, and of which no half is to be seen either').toString(
    'base64',
  )

  it('is masked from 16 characters on, wherever it was cut', () => {
    const secrets = masking(secret)
    for (let from = 0; from + 16 <= secret.length; from++) {
      for (const length of [16, 17, 30, secret.length - 1]) {
        const part = secret.slice(from, from + length)
        if (part.length >= 16) expect(secrets.mask(`it said <${part}>`), `${from}, ${length}`).to.equal('it said <***>')
      }
    }
  })

  it('is masked in the forms that the secret has in URLs', () => {
    const odd = 'p+q/r=s&t+u/v=w&x+y/z=1&2+3/4=5&6'
    expect(masking(odd).mask(encodeURIComponent(odd).slice(1, -1))).to.equal('***')
  })

  it('of fewer characters is shown: words can be that short', () => {
    expect(masking(secret).mask(`${secret.slice(0, 15)} ${secret.slice(20, 35)}`)).not.to.include('*')
  })

  it('is masked although invisible characters were put into it', () => {
    for (const between of ['\u200b', '\u202e', '\u00ad', '\u{e0041}', '\ufe0f', '\n', '\r\n\t', '\u001b']) {
      const spread = secret.split('').join(between)
      expect(masking(secret).mask(`<${spread}>`), JSON.stringify(between)).to.equal('<***>')
      expect(masking('short-one').mask(`<${'short-one'.split('').join(between)}>`)).to.equal('<***>')
    }
  })

  it('is masked where several secrets begin with the same characters, as tokens do', () => {
    const tokens = Array.from(
      {length: 30},
      (_, at) => `eyJhbGciOiJSUzI1NiIsImtpZCI6Im${'x'.repeat(at)}-end-of-number-${at}-`,
    )
    const secrets = masking(...tokens)
    for (const token of tokens) expect(secrets.mask(`${token} ${token.slice(3, -2)}`)).to.equal('*** ***')
  })

  it('is shown where it is, or is part of, a name or host of the configuration', () => {
    const secrets = masking('https://sso.corporation.example.com/realms/staff?code=abc123def456ghi789')
    secrets.spare(() => ['corporation-keycloak', 'sso.corporation.example.com'])
    for (const said of ['https://sso.corporation.example.com/', 'no answer of sso.corporation.example.com:443'])
      expect(secrets.mask(said)).to.equal(said)
    expect(secrets.mask('?code=abc123def456ghi7')).to.equal('***')
    expect(secrets.mask('at sso.corporation.example.com/realms/staff?code=')).to.equal(
      'at sso.corporation.example.com***',
    )
    expect(masking('corporation-keycloak-7').mask('corporation-keycloak')).to.equal('***')
    const named = masking('corporation-keycloak-7')
    named.spare(() => ['corporation-keycloak'])
    expect(named.mask('corporation-keycloak: corporation-keycloak-7')).to.equal('corporation-keycloak: ***')
  })

  it('takes no noticeable time to find in a long text', () => {
    const secrets = masking(secret, 'y'.repeat(100_000), Buffer.alloc(3000, 7).toString('base64'))
    const begin = process.cpuUsage().user
    for (const text of ['all is well, and nothing is wrong. '.repeat(30_000), 'y'.repeat(1_000_000)]) secrets.mask(text)
    expect((process.cpuUsage().user - begin) / 1000, 'ms for 2 MB').to.be.lessThan(2_000)
  })
})
