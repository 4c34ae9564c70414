import type {CachesHook} from '../plugin.ts'

/** The built-in caches, registered as a plugin registers its own. */
const caches: CachesHook = async () => ({
  apiVersion: 1,
  entries: [
    {
      id: 'file',
      summary: 'Files that only you can read (0600), in plain text',
      load: async home => (await import('../providers/file-cache.ts')).fileCache(home),
    },
    {
      id: 'keyring',
      summary: "Files that only you can read (0600), encrypted with a key in the system's keyring",
      load: async home => (await import('../providers/keyring-cache.ts')).keyringCache(home),
    },
    {
      id: 'memory',
      summary: 'Nothing is kept when a command ends',
      load: async () => (await import('../providers/memory-cache.ts')).memoryCache(),
    },
  ],
})

export default caches
