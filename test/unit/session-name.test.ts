import {expect} from 'chai'
import {sessionNameOf} from '../../src/credentials/session-name.ts'

const nameOf = (...args: Parameters<typeof sessionNameOf>) => sessionNameOf(...args).name

describe('the name of a session', () => {
  const alice = {
    subject: 'alice@example.com',
    claims: {email: 'alice@example.com', team: 7, groups: ['a'], flag: true, none: null, blank: ' '},
  }

  it('is the subject, or made of claims', () => {
    expect(nameOf(undefined, alice)).to.equal('alice@example.com')
    expect(nameOf('{email}+{team}', alice)).to.equal('alice@example.com+7')
    expect(nameOf(undefined, undefined)).to.equal('aws-oidc')
    expect(nameOf(undefined, {subject: ''})).to.equal('aws-oidc')
  })

  it('has only what STS accepts: 2 to 64 of certain characters', () => {
    expect(nameOf('Zoë Müller|x', alice)).to.equal('Zo--M-ller-x')
    expect(nameOf('{name}', {claims: {name: 'Zoë Müller'}})).to.equal('Zo--M-ller')
    expect(nameOf('a', alice)).to.equal('a-')
    expect(nameOf('x'.repeat(100), alice)).to.have.length(64)
  })

  for (const [why, template, subject, claims, name, instead] of [
    ['the name is Chinese', '{name}', 'wang@example.com', {name: '王伟', email: 'wang@example.com'}, 'wang', '"email"'],
    [
      'the e-mail address is too',
      '{email}',
      '王@例え.jp',
      {email: '王@例え.jp', preferred_username: 'w7'},
      'w7',
      '"preferred_username"',
    ],
    ['there is nothing but sub', 'x-{name}', undefined, {name: 'Владимир', sub: '00u-1'}, 'x-00u-1', '"sub"'],
    [
      'only the domain would be left',
      undefined,
      '李娜@example.com',
      {email: '李娜@example.com', sub: '42'},
      '42',
      '"sub"',
    ],
    ['few letters would be left', '{name}', undefined, {name: 'محمد (IT)', sub: 'm1'}, 'm1', '"sub"'],
  ] as const) {
    it(`still tells users apart where ${why}, with a warning`, () => {
      const named = sessionNameOf(template, {subject, claims})
      expect(named.name).to.equal(name)
      expect(named.note).to.include(instead)
    })
  }

  it('causes no warning where nothing had to be replaced, or nothing better is known', () => {
    expect(sessionNameOf('{email}', alice).note).to.equal(undefined)
    expect(sessionNameOf('{name}', {claims: {name: '王伟'}})).to.deep.equal({name: '--'})
  })

  it('can not be made of a claim that is missing, empty, or not text', () => {
    expect(() => nameOf('{sub}', alice)).to.throw('the claim "sub", which the sign-in lacks.')
    expect(() => nameOf('{toString}', alice)).to.throw('the claim "toString", which the sign-in lacks.')
    for (const name of ['none', 'blank'])
      expect(() => nameOf(`{${name}}`, alice)).to.throw(`the claim "${name}", which is empty in this sign-in.`)
    expect(() => nameOf('{groups}', alice)).to.throw('the claim "groups", which is a list in this sign-in')
    expect(() => nameOf('{flag}', alice)).to.throw('the claim "flag", which is not text in this sign-in')
  })
})
