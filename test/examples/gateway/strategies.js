/** @type {import('aws-oidc/plugin').StrategiesHook} */
const strategies = async () => ({
  apiVersion: 1,
  entries: [
    {
      id: 'gateway',
      summary: 'OpenID Connect behind a gateway',
      load: async () => (await import('./gateway.js')).gateway,
    },
  ],
})

export default strategies
