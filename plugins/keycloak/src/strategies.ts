import type {StrategiesHook} from 'aws-oidc/plugin'

const strategies: StrategiesHook = async () => ({
  apiVersion: 1,
  entries: [
    {
      id: 'keycloak',
      summary: 'Keycloak; AWS gets its ID token, or a SAML assertion for it',
      load: async () => (await import('./keycloak.ts')).keycloak,
    },
  ],
})

export default strategies
