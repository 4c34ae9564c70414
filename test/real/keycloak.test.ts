import {expect} from 'chai'
import {developerArn, useKeycloak} from '../support/keycloak-scene.ts'

const creds = ['creds', '--profile', 'developer']
const whoami = ['whoami', '--profile', 'developer', '--json']

describe('A real Keycloak', () => {
  const scene = useKeycloak()

  for (const federation of ['oidc', 'saml2']) {
    it(`signs a person in, and AWS gives the role for what federation ${federation} brings`, async () => {
      await scene.configure({federation})
      const {exitCode, stdout, stderr} = await scene.home.run(whoami)
      expect(exitCode, stderr).to.equal(0)
      expect(JSON.parse(stdout).arn).to.match(/^arn:aws:sts::123456789012:assumed-role\/Developer\/alice/)
    })

    it(`offers with federation ${federation} the roles that Keycloak gives the person`, async () => {
      await scene.configure({federation, ...(federation === 'oidc' && {rolesClaim: 'aws_roles'})}, {role: undefined})
      const {exitCode, stderr} = await scene.home.run(creds)
      expect(exitCode, stderr).to.equal(2)
      expect(stderr).to.include(developerArn).and.to.include('role/ReadOnly')
    })
  }
})
