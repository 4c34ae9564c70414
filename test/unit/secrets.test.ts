import {expect} from 'chai'
import {Secrets} from '../../src/errors.ts'

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

  it('leaves no tail when a part of it is a secret too', () => {
    const [short, long] = ['secret', 'secret-and-its-tail']
    for (const known of [
      [short, long],
      [long, short],
    ]) {
      expect(masking(...known).mask(`${long} ${short}`)).to.equal('*** ***')
    }
  })

  it('leaves no tail either when the part is at its end or is found in another shape', () => {
    expect(masking('tail-of-it', 'begin&tail-of-it').mask('begin%26tail-of-it begin&tail-of-it')).to.equal('*** ***')
  })

  it('shorter than six characters would mask half of every text', () => {
    expect(masking('short', '').mask('a short text')).to.equal('a short text')
  })
})
