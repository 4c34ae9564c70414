/** @type {import('aws-oidc/plugin').StrategiesHook} */
const strategies = async () => ({
  apiVersion: 1,
  entries: [
    {
      id: 'identity-pool',
      summary: 'a Cognito identity pool, which chooses the role',
      load: async () => (await import('./identity-pool.js')).identityPool,
    },
  ],
})

export default strategies
