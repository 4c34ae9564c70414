import {expect} from 'chai'
import {readRole, readRolePair} from '../../src/aws/role.ts'
import {readSaml} from '../../src/aws/saml-document.ts'
import {offeredRole, rolesIn} from '../../src/aws/saml-roles.ts'
import {assertionXml, encoded, type Said, samlProvider, samlRole} from '../support/saml.ts'

const second = 'arn:aws:iam::123456789012:saml-provider/corp-2'
const admin = 'arn:aws:iam::123456789012:role/admin'

function offered(said: Partial<Said>) {
  return rolesIn(encoded(assertionXml(said))).map(({arn, principalArn}) => [arn, principalArn])
}

describe('the roles of an assertion', () => {
  for (const [what, role, provider] of [
    ['in the commercial partition', samlRole, samlProvider],
    ['in China', 'arn:aws-cn:iam::123456789012:role/dev', 'arn:aws-cn:iam::123456789012:saml-provider/corp'],
    [
      'in GovCloud',
      'arn:aws-us-gov:iam::123456789012:role/dev',
      'arn:aws-us-gov:iam::123456789012:saml-provider/a.b_c-d',
    ],
    ['with a path', 'arn:aws:iam::123456789012:role/team/blue/dev', samlProvider],
    ['with a comma in its name', 'arn:aws:iam::123456789012:role/dev,ops', samlProvider],
  ] as const) {
    it(`are read in either order (one ${what})`, () => {
      expect(offered({roles: [`${role},${provider}`]})).to.deep.equal([[role, provider]])
      expect(offered({roles: [`${provider},${role}`]})).to.deep.equal([[role, provider]])
      expect(offered({roles: [` ${provider} , ${role}\n`]})).to.deep.equal([[role, provider]])
    })
  }

  it('have account and name', () => {
    expect(
      rolesIn(encoded(assertionXml({roles: [`arn:aws:iam::210987654321:role/team/dev,${samlProvider}`]}))),
    ).to.deep.equal([
      {
        accountId: '210987654321',
        name: 'dev',
        arn: 'arn:aws:iam::210987654321:role/team/dev',
        principalArn: samlProvider,
      },
    ])
  })

  it('are all listed, once for each provider', () => {
    const pairs = [
      `${samlRole},${samlProvider}`,
      `${second},${samlRole}`,
      `${admin},${samlProvider}`,
      `${samlProvider},${samlRole}`,
    ]
    expect(offered({roles: pairs})).to.deep.equal([
      [samlRole, samlProvider],
      [samlRole, second],
      [admin, samlProvider],
    ])
  })

  for (const value of [
    'developer',
    samlRole,
    `${samlRole},${samlRole}`,
    `${samlProvider},${second}`,
    `${samlRole},${samlProvider},${second}`,
  ]) {
    it(`do not include ${value}`, () => {
      expect(readRolePair(value)).to.equal(undefined)
      expect(offered({roles: [value]})).to.deep.equal([])
    })
  }

  it('come from an attribute with the exact name', () => {
    expect(offered({roleAttribute: 'https://aws.amazon.com/saml/attributes/role'})).to.deep.equal([])
  })
})

describe('the requested role', () => {
  const take = (wanted: string, said: Partial<Said>) =>
    offeredRole(readRole(wanted, 'role'), readSaml(encoded(assertionXml(said))).assertion, 'corp')

  it('is used with the provider it is offered through', () => {
    expect(take(samlRole, {roles: [`${admin},${second}`, `${samlRole},${samlProvider}`]})).to.include({
      arn: samlRole,
      principalArn: samlProvider,
    })
  })

  it('is never replaced by another one, not even by the only one there is', () => {
    expect(() => take(admin, {}))
      .to.throw(`"corp" does not offer the role ${admin}. It offers ${samlRole}.`)
      .with.property('code', 'ROLE_NOT_OFFERED')
  })

  for (const [what, near] of [
    ['case', 'arn:aws:iam::123456789012:role/Developer'],
    ['account', 'arn:aws:iam::210987654321:role/developer'],
    ['partition', 'arn:aws-cn:iam::123456789012:role/developer'],
    ['path', 'arn:aws:iam::123456789012:role/team/developer'],
    ['provider', `${samlRole},${second}`],
  ] as const) {
    it(`is a different one when only its ${what} differs`, () => {
      expect(() => take(near, {}))
        .to.throw(/does not offer/)
        .with.property('code', 'ROLE_NOT_OFFERED')
    })
  }

  it('is missing with five of the many offered roles named', () => {
    const roles = Array.from({length: 40}, (_, index) => `arn:aws:iam::123456789012:role/r${index},${samlProvider}`)
    expect(() => take(admin, {roles})).to.throw(/role\/r4 and 35 more\./)
  })

  it('needs the provider named where it is offered through two', () => {
    const roles = [`${samlRole},${samlProvider}`, `${samlRole},${second}`]
    expect(() => take(samlRole, {roles}))
      .to.throw(/through 2 SAML providers/)
      .and.include({code: 'ROLE_REQUIRED', hint: `role: '${samlRole},${samlProvider}'`})
    expect(take(`${second},${samlRole}`, {roles})).to.include({arn: samlRole, principalArn: second})
  })

  for (const [what, said, words] of [
    ['no attribute', {roles: []}, 'sends no attribute https://aws.amazon.com/SAML/Attributes/Role.'],
    [
      'one of another case',
      {roleAttribute: 'https://aws.amazon.com/SAML/attributes/role'},
      'but https://aws.amazon.com/SAML/attributes/role: case counts',
    ],
    ['something else in it', {roles: ['developer']}, 'has developer, but no pair'],
  ] as const) {
    it(`is missing with the reason where the assertion has ${what}`, () => {
      expect(() => take(samlRole, said))
        .to.throw(words)
        .with.property('code', 'ROLE_NOT_OFFERED')
    })
  }
})
