import {expect} from 'chai'
import {fakeHost, fakeTokens, strategyContract} from '../../src/testing/index.ts'
import {directory} from '../examples/directory/directory.js'
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

describe('an example of a strategy for a large directory', () => {
  const settings = {issuer, clientId: 'aws-oidc', roles: new URL('https://roles.example.com')}
  const account = {id: '123456789012', name: 'production', email: 'aws@example.com'}
  const idp = () => ({tokens: [fakeTokens({sub: 'alice'})]})

  for (const {name, run} of strategyContract(directory, {settings, idp})) it(name, run)

  it('answers with parts that the host can use', async () => {
    const answers = [[account], ['developer']].map(answer => Response.json(answer))
    const host = fakeHost({...idp(), responses: answers})
    const parts = (await directory.signIn(settings, host)).rolesInParts?.({refresh: false, signal: host.signal}) ?? []
    const roles: string[] = []
    for await (const part of parts) roles.push(...part.roles.map(({name}) => name))
    expect(roles).to.deep.equal(['developer'])
    host.verify()
  })
})
