import type {Keyring} from '../../src/plugin.ts'

/** A keyring in memory. */
export function memoryKeyring(): Keyring & {readonly items: Map<string, string>} {
  const items = new Map<string, string>()
  return {
    items,
    get: async name => items.get(name),
    async set(name, value) {
      items.set(name, value)
    },
    async remove(name) {
      items.delete(name)
    },
  }
}
