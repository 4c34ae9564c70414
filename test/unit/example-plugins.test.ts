import {fakeTokens, strategyContract} from '../../src/testing/index.ts'
import {identityPool} from '../examples/identity-pool/identity-pool.js'

const issuer = new URL('https://idp.example.com')

describe('an example of a strategy for an identity pool', () => {
  const settings = {
    issuer,
    clientId: 'aws-oidc',
    pool: 'eu-central-1:pool',
    endpoint: new URL('https://pool.example.com'),
  }
  const keys = {AccessKeyId: 'ASIAEXAMPLE', SecretKey: 'pool-secret-key', SessionToken: 'pool-session-token'}
  const answers = [
    {IdentityId: 'identity'},
    {IdentityId: 'identity', Credentials: {...keys, Expiration: 4_102_444_800}},
  ]
  const idpAgain = () => ({responses: answers.map(answer => Response.json(answer))})
  const idp = () => ({...idpAgain(), tokens: [fakeTokens({sub: 'alice'})]})

  for (const {name, run} of strategyContract(identityPool, {settings, idp, idpAgain})) it(name, run)
})
