import {expect} from 'chai'
import {sessionNameOf} from '../../src/tasks/session-name.ts'

describe('the name of a session', () => {
  const alice = {subject: 'alice@example.com', claims: {email: 'alice@example.com', team: 7, groups: ['a']}}

  it('is the subject, or made of claims', () => {
    expect(sessionNameOf(undefined, alice)).to.equal('alice@example.com')
    expect(sessionNameOf('{email}+{team}', alice)).to.equal('alice@example.com+7')
    expect(sessionNameOf(undefined, undefined)).to.equal('aws-oidc')
  })

  it('is made of what STS takes: 2 to 64 of certain characters', () => {
    expect(sessionNameOf('Zoë Müller|x', alice)).to.equal('Zo--M-ller-x')
    expect(sessionNameOf('a', alice)).to.equal('a-')
    expect(sessionNameOf('x'.repeat(100), alice)).to.have.length(64)
  })

  it('can not be made of a claim that is not there or no text', () => {
    expect(() => sessionNameOf('{sub}', alice)).to.throw('the claim "sub"')
    expect(() => sessionNameOf('{groups}', alice)).to.throw('the claim "groups"')
  })
})
