import {expect} from 'chai'
import {useKeycloak} from '../support/keycloak-scene.ts'

const creds = ['creds', '--profile', 'developer']
const features = '--features=token-exchange:v1,admin-fine-grained-authz:v1'

describe('A real Keycloak with the standard token exchange alone, as it comes', () => {
  const scene = useKeycloak({mode: 'v2-only'})

  for (const [clientId, description, switched] of [
    ['aws-oidc', 'Standard token exchange is not enabled for the requested client', 'lacks the legacy token exchange'],
    ['aws-oidc-v2', 'Public client is not allowed to exchange token', 'uses the standard token exchange'],
  ] as const) {
    it(`gives no assertion to ${clientId}, and the error names the features to start it with`, async () => {
      await scene.configure({federation: 'saml2', clientId})
      const {exitCode, stderr} = await scene.home.run(creds)
      expect(exitCode, stderr).to.equal(4)
      expect(stderr).to.include(description).and.to.include(switched).and.to.include(features)
    })
  }

  it('gives the ID token, and AWS the role', async () => {
    const {exitCode, stderr} = await scene.home.run(creds)
    expect(exitCode, stderr).to.equal(0)
  })
})

describe('A real Keycloak with the second version of fine-grained permissions, and its realms below /auth,', () => {
  const scene = useKeycloak({mode: 'wrong-flag'})

  it('gives no assertion, and the error names the version besides the permission', async () => {
    await scene.configure({federation: 'saml2'})
    const {exitCode, stderr} = await scene.home.run(creds)
    expect(exitCode, stderr).to.equal(4)
    expect(stderr).to.include('Client not allowed to exchange')
    expect(stderr).to.include('or the server runs admin-fine-grained-authz:v2').and.to.include(features)
  })

  it('is found without /auth in the configuration, and gives an ID token', async () => {
    const {exitCode, stderr} = await scene.home.run(creds)
    expect(exitCode, stderr).to.equal(0)
    expect(stderr).to.include(`${scene.keycloak.url}/auth/realms/aws/protocol/openid-connect/auth?`)
  })
})
