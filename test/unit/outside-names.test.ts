import {expect} from 'chai'
import {stsEndpoint} from '../../src/aws/endpoint.ts'
import {explainStsFailure, StsError} from '../../src/aws/sts-failure.ts'
import {regionOf} from '../../src/config/profile-region.ts'
import {readConfiguration} from '../../src/config/read.ts'
import {resolveSecret} from '../../src/config/settings.ts'
import {sessionNameOf} from '../../src/credentials/session-name.ts'
import {explainFailure} from '../../src/outside/network/network-failure.ts'
import {exchangeRefused} from '../../src/providers/exchange-refusals.ts'
import {oidc} from '../../src/providers/oidc.ts'
import {fakeHost, fakeTokens} from '../../src/testing/index.ts'
import {parseObject} from '../../src/text/json.ts'

const configured = `
providers: {corp: {strategy: oidc}}
profiles: {dev: {provider: corp}}
`

describe('a name from outside that every JavaScript object has', () => {
  for (const name of ['toString', 'constructor', 'hasOwnProperty', 'valueOf', '__proto__']) {
    describe(name, () => {
      it('is an unknown code of AWS', () => {
        const failure = explainStsFailure(new StsError(name, 'No.', 400), 'web-identity')
        expect(failure).to.include({
          message: `AWS refused: ${name}: No.`,
          hint: "Compare the profile with the role's trust policy and limits in IAM.",
        })
      })

      it('is an unknown error of a provider', () => {
        const answer = {status: 400, body: parseObject(JSON.stringify({error: name}))}
        const refused = exchangeRefused(answer, {audience: 'aws'}, fakeHost())
        expect(refused).to.include({
          message: `The provider gave no SAML assertion for aws: ${name}.`,
          hint: 'Ask whoever runs the provider.',
        })
      })

      it('is not a claim of the user', () => {
        const claims = {email: 'alice@example.com'}
        expect(() => sessionNameOf(`{${name}}`, {claims})).to.throw(
          `needs the claim "${name}", which the sign-in lacks`,
        )
      })

      it('is not a claim with roles', async () => {
        const host = fakeHost({tokens: [fakeTokens()]})
        const identity = await oidc.signIn(
          {issuer: new URL('https://idp.example'), clientId: 'c', rolesClaim: name},
          host,
        )
        expect(await identity.roles?.()).to.deep.equal([])
      })

      it('is not a variable that is set', async () => {
        const transport = {
          env: {HOME: '/'},
          run: () => Promise.reject(new Error('no program')),
          keyring: {get: async () => undefined, set: async () => undefined, remove: async () => undefined},
        }
        const failure = await resolveSecret({place: 'here', kind: 'env', name}, transport).catch(
          (error: unknown) => error,
        )
        expect(failure).to.have.property('message', `here: the variable ${name} is not set.`)
      })

      it('is neither a profile nor a member of an answer', () => {
        const {profiles, providers} = readConfiguration('config.yaml', configured)
        expect([profiles[name], providers[name], profiles.dev?.written[name]]).to.deep.equal([
          undefined,
          undefined,
          undefined,
        ])
        expect(parseObject('{"a": 1}')[name]).to.equal(undefined)
        expect(parseObject('not JSON')[name]).to.equal(undefined)
        const dev = profiles.dev
        expect(dev && regionOf({...dev, source: name}, {profiles})).to.equal(undefined)
      })

      it('is neither a partition of AWS nor a known reason of a failed request', () => {
        expect(stsEndpoint(name, {}, {}).url.host).to.equal('sts.us-east-1.amazonaws.com')
        const error = Object.assign(new Error('x'), {code: name})
        expect(explainFailure(new URL('https://idp.example'), error).message).to.equal(
          `idp.example could not be reached: ${name}.`,
        )
      })
    })
  }
})
