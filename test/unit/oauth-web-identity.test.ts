import {expect} from 'chai'
import {inspectWebIdentity} from '../../src/aws/web-identity.ts'
import {AwsOidcError} from '../../src/errors.ts'

describe("the check of an ID token before AWS's own STS sees it:", () => {
  it('an ordinary token of an https issuer passes', () => {
    expect(inspectWebIdentity(token({}), {aws: true}).doubts).to.deep.equal([])
  })

  it('an issuer with a port is doubtful, but still tried', () => {
    const {doubts} = inspectWebIdentity(token({iss: 'https://sso.example.com:8443/realms/x'}), {aws: true})
    expect(doubts).to.have.lengthOf(1)
    expect(doubts[0]).to.include('has a port')
  })

  it("the default port of https is fine, because AWS can't see it", () => {
    expect(inspectWebIdentity(token({iss: 'https://sso.example.com:443'}), {aws: true}).doubts).to.deep.equal([])
  })

  for (const iss of ['http://sso.example.com', 'http://127.0.0.1:8080/oidc', 'sso.example.com', 7, undefined]) {
    it(`the issuer ${iss} is refused: AWS can't use it`, () => {
      const error = refusalOf(token({iss}), {aws: true})
      expect(error).to.include({code: 'AWS_REFUSED'})
      expect(error.message).to.include(String(iss)).and.to.include('not an https address')
      expect(error.hint).to.include('AWS_ENDPOINT_URL_STS')
    })
  }

  it('an emulator is exempt', () => {
    for (const iss of ['http://127.0.0.1:8080/oidc', 'https://sso.example.com:8443']) {
      expect(inspectWebIdentity(token({iss}), {aws: false}).doubts).to.deep.equal([])
    }
  })

  it('a token of 20,000 characters passes, one more does not', () => {
    const short = token({padding: ''}).length
    const longest = token({padding: '', pad: 'x'.repeat(Math.floor(((20_000 - short) * 3) / 4) - 9)})
    const exact = longest + 'A'.repeat(20_000 - longest.length)
    expect(exact).to.have.lengthOf(20_000)
    expect(inspectWebIdentity(exact, {aws: false}).doubts).to.deep.equal([])
    const error = refusalOf(`${exact}A`, {aws: false})
    expect(error.code).to.equal('AWS_REFUSED')
    expect(error.message).to.include('20001 characters')
  })

  for (const alg of ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']) {
    it(`${alg} is accepted`, () => {
      expect(inspectWebIdentity(token({}, alg), {aws: true}).doubts).to.deep.equal([])
    })
  }

  for (const alg of ['PS256', 'EdDSA', 'HS256', 'none', null]) {
    it(`${alg} is refused by name`, () => {
      const error = refusalOf(token({}, alg), {aws: true})
      expect(error.code).to.equal('AWS_REFUSED')
      expect(error.message).to.include(`signed with ${alg}; AWS accepts RS256`)
    })
  }

  it('text that is not a token is refused, without a crash', () => {
    expect(refusalOf('nonsense', {aws: true}).code).to.equal('AWS_REFUSED')
  })

  it('an azp besides another audience is doubtful, in each of its forms', () => {
    for (const aud of ['sts.amazonaws.com', ['sts.amazonaws.com'], ['aws-cli', 'sts.amazonaws.com']]) {
      const {doubts, says} = inspectWebIdentity(token({aud, azp: 'aws-cli'}), {aws: true})
      expect(doubts).to.have.lengthOf(1)
      expect(doubts[0])
        .to.include('AWS compares the azp')
        .and.to.not.match(/aws-cli|sts\.amazonaws\.com/)
      expect(says.join('\n')).to.include('azp  aws-cli').and.to.include('sts.amazonaws.com')
    }
    for (const aud of ['aws-cli', ['aws-cli']]) {
      expect(inspectWebIdentity(token({aud, azp: 'aws-cli'}), {aws: true}).doubts).to.deep.equal([])
    }
  })

  it('no doubt and no refusal contains the token', () => {
    const signed = token({iss: 'https://sso.example.com:1', aud: 'a', azp: 'b'})
    const {doubts} = inspectWebIdentity(signed, {aws: true})
    const error = refusalOf(token({}, 'PS256'), {aws: true})
    for (const text of [...doubts, error.message, error.hint ?? '']) expect(text).not.to.match(/eyJ/)
  })
})

function token(claims: Readonly<Record<string, unknown>>, alg: string | null = 'RS256'): string {
  const usual = {iss: 'https://sso.example.com', aud: 'aws-cli', sub: 'alice'}
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({alg})}.${part({...usual, ...claims})}.c2lnbmF0dXJl`
}

function refusalOf(text: string, endpoint: {readonly aws: boolean}): AwsOidcError {
  try {
    inspectWebIdentity(text, endpoint)
  } catch (error) {
    if (error instanceof AwsOidcError) return error
    throw error
  }
  throw new Error('it was not refused')
}
