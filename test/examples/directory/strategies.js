/** @type {import('aws-oidc/plugin').StrategiesHook} */
const strategies = async () => ({
  apiVersion: 1,
  entries: [
    {
      id: 'directory',
      summary: 'OpenID Connect, with the roles of a directory',
      load: async () => (await import('./directory.js')).directory,
    },
  ],
})

export default strategies
