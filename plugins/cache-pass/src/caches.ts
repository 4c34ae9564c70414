import type {CachesHook} from 'aws-oidc/plugin'

const caches: CachesHook = async () => ({
  apiVersion: 1,
  entries: [
    {
      id: 'pass',
      summary: 'Entries of pass, encrypted with your GnuPG key',
      load: async home => (await import('./pass-cache.ts')).passCache(home),
    },
  ],
})

export default caches
