import {expect} from 'chai'
import {isSessionOf, partitionOf, readRole, readSession} from '../../src/aws/role.ts'

const developer = 'arn:aws:iam::123456789012:role/developer'

describe('a role', () => {
  it('is written as an ARN, with or without a path, or as account and name', () => {
    const read = (text: string) => readRole(text, '--role')
    expect(read(developer)).to.deep.equal({arn: developer, accountId: '123456789012', name: 'developer'})
    expect(read('arn:aws-cn:iam::123456789012:role/a/b/c')).to.include({name: 'c'})
    expect(read('123456789012/developer')).to.deep.equal(read(developer))
  })

  it('is nothing else', () => {
    for (const text of [
      '',
      'developer',
      '12345/developer',
      'arn:aws:iam::123456789012:user/developer',
      'arn:aws:sts::123456789012:assumed-role/developer/x',
      `${developer} `,
      `${developer}\n`,
      `arn:aws:iam::123456789012:role/${'x'.repeat(65)}`,
    ]) {
      expect(() => readRole(text, '--role'), JSON.stringify(text)).to.throw('--role: ')
    }
  })

  it('has a partition', () => {
    expect(partitionOf('arn:aws-us-gov:iam::123456789012:role/x')).to.equal('aws-us-gov')
  })

  it('matches a session by account and name, exactly', () => {
    const role = readRole(developer, '')
    const session = (account: string, name: string) => `arn:aws:sts::${account}:assumed-role/${name}/alice`
    expect(isSessionOf(role, session('123456789012', 'developer'))).to.equal(true)
    for (const other of [
      session('123456789013', 'developer'),
      session('123456789012', 'Developer'),
      session('123456789012', 'developer2'),
      'arn:aws:sts::123456789012:federated-user/developer',
      developer,
      '',
    ]) {
      expect(isSessionOf(role, other), other).to.equal(false)
    }
  })

  it('is read from the ARN of its session, and from nothing else', () => {
    const session = 'arn:aws-us-gov:sts::123456789012:assumed-role/developer/alice'
    expect(readSession(session)).to.deep.equal({accountId: '123456789012', name: 'developer'})
    for (const other of [
      'arn:aws:iam::123456789012:user/alice',
      'arn:aws:sts::123456789012:federated-user/alice',
      '',
    ]) {
      expect(readSession(other), other).to.equal(undefined)
    }
  })
})
