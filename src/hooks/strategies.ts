import type {StrategiesHook} from '../plugin.ts'

/** The strategies that ship with the host, registered as any plugin registers its own. */
const strategies: StrategiesHook = async () => ({
  apiVersion: 1,
  entries: [
    {
      id: 'oidc',
      summary: 'Any OpenID provider; AWS gets its ID token',
      load: async () => (await import('../providers/oidc.ts')).oidc,
    },
  ],
})

export default strategies
