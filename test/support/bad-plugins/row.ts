import {hookWith, type Planted} from '../planted-plugin.ts'

/** A bad plugin, and what a call that uses it comes to. */
export interface Row {
  readonly plant: Planted
  /** The call that uses the plugin. Default: `creds` of a profile whose provider has its strategy. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Default: 1, by which a plugin's failure ends. `loop` if its thread is blocked, so that the process is killed. */
  readonly ends?: number | 'loop' | 'well'
  /** What stderr says besides the name of the package. */
  readonly says?: string
  /** Whether Ctrl-C is needed to end the call. */
  readonly interrupted?: true
  /** Whether the call waits for a limit of ten seconds: such calls are begun first, and all together. */
  readonly slow?: true
}

export type Rows = Readonly<Record<string, Row>>

export const creds = ['creds', '--profile', 'bad']

/** Blocks the thread as an endless loop does, and lets the other tests have the processor. */
export const block = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)'

/** What comes of code that does so in a call. */
export const blocked = {ends: 'loop', says: 'blocked the whole command for 10 seconds', slow: true} as const

/** A plugin whose hook does this when it is imported, and then brings a good strategy. */
export const importing = (atImport: string, more: Partial<Row> = {}): Row => ({
  plant: {hook: hookWith({atImport})},
  ...more,
})

/** A plugin whose strategy does this before it signs in. */
export const signingIn = (atSignIn: string, more: Partial<Row> = {}): Row => ({
  plant: {hook: hookWith({atSignIn})},
  ...more,
})

/** A plugin whose strategy signs in as this identity. */
export const identified = (identity: string, more: Partial<Row> = {}): Row => signingIn(`return ${identity}`, more)

/** A plugin whose identity has this proof. */
export const proving = (proof: string, more: Partial<Row> = {}): Row =>
  identified(`{proofFor: async () => (${proof})}`, more)

/** A plugin with a hook of its own. */
export const hooked = (hook: string, more: Partial<Row> = {}): Row => ({plant: {hook}, ...more})

/** A plugin whose good strategy has one more member. */
export const withMember = (member: string, more: Partial<Row> = {}): Row => ({
  plant: {hook: hookWith({atHook: `Object.assign(ping, {${member}})`})},
  ...more,
})

/** A plugin that brings a cache with these members; the others do nothing. */
export const caching = (members: string, more: Partial<Row> = {}): Row => ({
  plant: {
    hook: `
      const cache = {async read() {}, async write() {}, async remove() {}, async clear() {}, ${members}}
      export default async () => ({apiVersion: 1, entries: [{id: 'bad', summary: 'Bad', load: async () => cache}]})`,
    manifest: {
      'aws-oidc': {apiVersion: 1, caches: ['bad']},
      oclif: {hooks: {'aws-oidc:caches': './strategies.js'}},
    },
  },
  args: ['creds', '--profile', 'developer'],
  env: {AWS_OIDC_CACHE: 'bad'},
  ...more,
})
