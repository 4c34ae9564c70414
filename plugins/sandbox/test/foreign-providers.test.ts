import {expect} from 'chai'
import {useSandbox} from './support/running-sandbox.ts'
import {assumeBySaml, mintSaml} from './support/saml.ts'
import {assumeByToken, expectError, roleArn} from './support/sts-client.ts'

const otherArn = 'arn:aws:iam::123456789012:saml-provider/other'

describe('A provider that runs elsewhere', () => {
  // Which of the two is the provider and which one trusts it makes no difference.
  const [home, other] = [useSandbox(), useSandbox()]
  const sts = () => home.addresses.sts
  const samlIssuer = () => other.addresses.sts.replace(/sts$/, 'saml')

  async function trust(operation: string, provider: Record<string, unknown>): Promise<void> {
    expect(await home.control(operation, provider)).to.include({status: 204})
  }

  const keys = async () => JSON.parse(await (await fetch(`${other.addresses.issuer}/jwks`)).text())

  const certificate = async () => {
    const metadata = await (await fetch(samlIssuer())).text()
    return /<\w*:?X509Certificate>([^<]+)/.exec(metadata)?.[1]
  }

  it('is unknown at first', async () => {
    expectError(
      await assumeByToken(sts(), await other.mint()),
      400,
      'InvalidIdentityToken',
      /^No OpenIDConnect provider/,
    )
    const answer = await assumeBySaml(sts(), await mintSaml(other), {PrincipalArn: otherArn})
    expectError(answer, 400, 'InvalidIdentityToken', "Specified provider doesn't exist")
  })

  it('gives roles for its ID tokens once the account trusts its keys, for the audiences named', async () => {
    const {issuer} = other.addresses
    await trust('PUT /openid-providers/other', {issuer, keys: await keys(), audiences: ['aws-oidc']})
    const answer = await assumeByToken(sts(), await other.mint())
    expect(answer.element('AccessKeyId'), answer.xml).to.match(/^ASIA/)
    expect(answer.element('Provider')).to.include(new URL(issuer).host)

    const elsewhere = await other.mint({claims: {aud: 'aws-oidc-confidential'}})
    expectError(await assumeByToken(sts(), elsewhere), 400, 'InvalidIdentityToken', 'Incorrect token audience')
    const forged = await other.mint({key: 'foreign'})
    expectError(await assumeByToken(sts(), forged), 400, 'InvalidIdentityToken', /signature/)
    const ours = await home.mint({claims: {iss: issuer}})
    expectError(await assumeByToken(sts(), ours), 400, 'InvalidIdentityToken', /signature/)
  })

  it('gives roles for its assertions once the account trusts its certificate', async () => {
    await trust('PUT /saml-providers/other', {issuer: samlIssuer(), certificate: await certificate()})
    const order = {change: {extraRoles: [`${roleArn('developer')},${otherArn}`]}}
    const answer = await assumeBySaml(sts(), await mintSaml(other, order), {PrincipalArn: otherArn})
    expect(answer.element('AccessKeyId'), answer.xml).to.match(/^ASIA/)
    expect(answer.element('Issuer')).to.equal(samlIssuer())

    const foreign = await mintSaml(other, {change: {...order.change, signature: 'foreign-key'}})
    const refused = await assumeBySaml(sts(), foreign, {PrincipalArn: otherArn})
    expectError(refused, 400, 'InvalidIdentityToken', 'Response signature invalid')
  })

  for (const [operation, body] of [
    ['PUT /openid-providers/other', {issuer: 'https://idp.example', audiences: []}],
    ['PUT /openid-providers/other', {issuer: 'https://idp.example', audiences: [], keys: {keys: 'none'}}],
    ['PUT /saml-providers/other', {issuer: 'https://idp.example'}],
  ] as const) {
    it(`is refused with an incomplete description: ${operation} ${JSON.stringify(body)}`, async () => {
      expect(await home.control(operation, body)).to.include({status: 400})
    })
  }
})
