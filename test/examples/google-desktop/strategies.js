/** @type {import('aws-oidc/plugin').StrategiesHook} */
const strategies = async () => ({
  apiVersion: 1,
  entries: [
    {
      id: 'google-desktop',
      summary: 'Google, with a client for desktop programs',
      load: async () => (await import('./google-desktop.js')).googleDesktop,
    },
  ],
})

export default strategies
