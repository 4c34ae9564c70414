import {expect} from 'chai'
import {proxiesOf, proxyPasswords} from '../../src/outside/network/proxy.ts'

describe('the proxy for an address', () => {
  const proxyFor = (address: string, env: Record<string, string>) => proxiesOf(env)(new URL(address))?.href
  const proxy = 'http://proxy.example:8080'

  it('is HTTPS_PROXY for https and HTTP_PROXY for http; lower case wins; ALL_PROXY does not count', () => {
    const env = {HTTPS_PROXY: 'http://a:1', HTTP_PROXY: 'http://b:2', ALL_PROXY: 'http://c:3'}
    expect(proxyFor('https://sso.example', env)).to.equal('http://a:1/')
    expect(proxyFor('http://sso.example', env)).to.equal('http://b:2/')
    expect(proxyFor('https://sso.example', {...env, https_proxy: 'http://d:4'})).to.equal('http://d:4/')
    expect(proxyFor('https://sso.example', {ALL_PROXY: 'http://c:3'})).to.equal(undefined)
    expect(proxyFor('https://sso.example', {HTTPS_PROXY: ''})).to.equal(undefined)
  })

  it('is none where the variable in lower case is empty, whatever the upper-case one says', () => {
    expect(proxyFor('https://sso.example', {HTTPS_PROXY: proxy, https_proxy: ''})).to.equal(undefined)
    const env = {HTTPS_PROXY: proxy, NO_PROXY: 'sso.example', no_proxy: ''}
    expect(proxyFor('https://sso.example', env)).to.equal(`${proxy}/`)
    expect(proxyFor('https://sso.example', {...env, no_proxy: 'sso.example', NO_PROXY: ''})).to.equal(undefined)
  })

  it('needs no scheme, and may be reached over TLS', () => {
    expect(proxyFor('https://sso.example', {HTTPS_PROXY: 'proxy.example:8080'})).to.equal(`${proxy}/`)
    expect(proxyFor('https://sso.example', {HTTPS_PROXY: ' //proxy.example:8080 '})).to.equal(`${proxy}/`)
    expect(proxyFor('https://sso.example', {HTTPS_PROXY: 'me:secret@proxy.example:8080'})).to.equal(
      'http://me:secret@proxy.example:8080/',
    )
    expect(proxyFor('https://sso.example', {HTTPS_PROXY: 'https://proxy.example'})).to.equal('https://proxy.example/')
  })

  for (const value of [
    'socks5://me:secret@proxy.example:1080',
    'http://',
    'http://me:secret@:8080',
    '::::',
    'http://me:12/secret@proxy.example:8080',
    'http://me:12?secret@proxy.example:8080',
    'http://me:12#secret@proxy.example:8080',
    'http://me:100%secret@proxy.example:8080',
    'http://100%secret@proxy.example:8080',
  ]) {
    it(`is an error that names the variable and not its value: ${value}`, () => {
      let failure: unknown
      try {
        proxyFor('https://sso.example', {HTTPS_PROXY: value})
      } catch (error) {
        failure = error
      }
      expect(failure).to.include({code: 'CONFIG_INVALID'})
      expect(failure).to.have.property('message').that.includes('HTTPS_PROXY').and.not.includes('secret')
    })
  }

  for (const [list, covered, others] of [
    ['*', ['https://sso.example.com', 'https://10.0.0.1'], []],
    [
      'example.com',
      ['https://example.com', 'https://sso.example.com'],
      ['https://notexample.com', 'https://example.org'],
    ],
    ['.example.com', ['https://example.com', 'https://sso.example.com'], ['https://notexample.com']],
    ['*.example.com', ['https://sso.example.com'], ['https://notexample.com']],
    ['EXAMPLE.com', ['https://SSO.example.COM'], []],
    [
      'sso.example.com:8443',
      ['https://sso.example.com:8443'],
      ['https://sso.example.com', 'https://sso.example.com:443'],
    ],
    ['sso.example.com:443', ['https://sso.example.com'], ['https://sso.example.com:8443']],
    ['10.0.0.1', ['https://10.0.0.1'], ['https://10.0.0.11', 'https://10.0.0.2']],
    ['10.1.0.0/16', ['https://10.1.2.3'], ['https://10.2.0.1', 'https://sso.example.com']],
    ['fd00::/8', ['https://[fd12::1]'], ['https://[fe80::1]', 'https://10.0.0.1']],
    ['[fd00::]/8, fe34:0:0::1', ['https://[fd12::1]', 'https://[fe34::1]'], ['https://[fe80::1]']],
    ['[fe80::2]:8443', ['https://[fe80::2]:8443'], ['https://[fe80::2]']],
    ['10.0.0.0/99, other.example', ['https://other.example'], ['https://10.0.0.1']],
    ['a.example,  b.example c.example', ['https://b.example', 'https://c.example'], ['https://d.example']],
    ['', [], ['https://sso.example.com']],
  ] as const) {
    it(`is bypassed for the hosts that NO_PROXY=${JSON.stringify(list)} covers`, () => {
      const env = {HTTPS_PROXY: proxy, NO_PROXY: list}
      for (const address of covered) expect(proxyFor(address, env), address).to.equal(undefined)
      for (const address of others) expect(proxyFor(address, env), address).to.equal(`${proxy}/`)
    })
  }
})

describe('the passwords of proxies', () => {
  it('are masked in every form', () => {
    const env = {
      HTTPS_PROXY: 'http://me:p%40ss-one@proxy.example:8080',
      https_proxy: 'me:p@ss-two@proxy.example',
      HTTP_PROXY: 'socks5://me:50%-three@proxy.example',
      http_proxy: 'http://proxy.example:8080',
    }
    expect(proxyPasswords(env)).to.have.members([
      'p%40ss-one',
      'p@ss-one',
      'p@ss-two',
      'p@ss-two',
      '50%-three',
      '50%-three',
    ])
  })
})
