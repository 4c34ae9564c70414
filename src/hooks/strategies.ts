import type {StrategiesHook} from '../plugin.ts'

/** The built-in strategies, registered as a plugin registers its own. */
const strategies: StrategiesHook = async () => ({
  apiVersion: 1,
  entries: [
    {
      id: 'oidc',
      summary: 'Any OpenID provider; AWS gets its ID token',
      load: async () => (await import('../providers/oidc.ts')).oidc,
    },
    {
      id: 'saml2',
      summary: 'A provider that exchanges tokens for SAML assertions; AWS gets the assertion',
      load: async () => (await import('../providers/saml2.ts')).saml2,
    },
    {
      id: 'identity-center',
      summary: 'IAM Identity Center (AWS SSO); its portal gives the credentials',
      load: async () => (await import('../identity-center/strategy.ts')).identityCenter,
    },
  ],
})

export default strategies
