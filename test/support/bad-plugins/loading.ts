import {hooked, importing, type Rows} from './row.ts'

const strategy = '{settings: {}, signIn() {}}'
const registering = (entries: string) => hooked(`export default async () => ({apiVersion: 1, entries: ${entries}})`)

/** What goes wrong before a strategy is there. */
export const atImport: Rows = {
  'throws an error': importing("throw new Error('the disk is full')", {says: 'the disk is full'}),
  'throws nothing': importing('throw undefined'),
  'throws null': importing('throw null'),
  'throws a text': importing("throw 'the disk is full'", {says: 'the disk is full'}),
  'throws something that can not be a text': importing('throw {toString() { throw new Error() }}'),
  'throws an error whose message throws': importing(
    "throw Object.defineProperty(new Error(), 'message', {get() { throw new Error('again') }})",
  ),
  'is no JavaScript': hooked('export default async () => {', {says: 'Unexpected end of input'}),
  'imports what is not there': hooked("import './elsewhere.js'\nexport default async () => ({})"),
  'waits for something that never comes': importing('await new Promise(() => {})', {
    says: 'within 10 seconds',
    slow: true,
  }),
  hangs: importing('await new Promise(() => setInterval(() => {}, 1000))', {says: 'within 10 seconds', slow: true}),
  loops: importing('for (;;);', {ends: 'loop', says: 'within 10 seconds', slow: true}),
  'ends the process': importing('process.exit(0)', {says: 'it ended the whole command'}),
  'ends the process with a code of its own': importing('process.exit(77)', {says: 'it ended the whole command'}),
  'leaves a rejection that nobody handles': importing("Promise.reject(new Error('left behind'))", {
    says: 'left behind',
  }),
  'leaves an error for later': importing("setImmediate(() => { throw new Error('left behind') })", {
    says: 'left behind',
  }),
  'eats memory': importing('const all = []; for (;;) all.push(Buffer.alloc(2 ** 25, 1))', {
    ends: 'loop',
    says: 'MB of memory',
  }),
  'asks for more memory than there can be': importing('const all = []; for (;;) all.push(new Array(2 ** 32))', {
    says: 'array length',
  }),
  'exports nothing': hooked('export const strategies = 5', {says: 'no function'}),
  'exports no function': hooked('export default 5', {says: 'no function'}),
  'has a hook that throws': hooked("export default () => { throw new Error('not today') }", {says: 'not today'}),
  'has a hook that gives nothing': hooked('export default async () => undefined'),
  'is of another contract than it declares': hooked('export default async () => ({apiVersion: 2, entries: []})', {
    says: 'version 2',
  }),
  'registers no list': registering('5'),
  'does not register what it declares': registering(`[{id: 'pong', summary: 'Pong', load: async () => (${strategy})}]`),
  'registers what can not be loaded': registering("[{id: 'ping', summary: 'Ping'}]"),
  'loads nothing': registering("[{id: 'ping', summary: 'Ping', load: async () => undefined}]"),
  'loads something else': registering("[{id: 'ping', summary: 'Ping', load: async () => ({signIn: 5})}]"),
  'rejects with nothing when it is loaded': registering(
    "[{id: 'ping', summary: 'Ping', load: () => Promise.reject()}]",
  ),
}

const manifest = (members: Readonly<Record<string, unknown>>, says: string) => ({
  plant: {hook: 'export default async () => ({apiVersion: 1, entries: []})', manifest: members},
  says,
})

/** What a package.json says that is not so. */
export const inManifest: Rows = {
  'declares no hook': manifest({oclif: {}}, 'no hook "aws-oidc:strategies"'),
  'declares a hook that is not there': manifest({oclif: {hooks: {'aws-oidc:strategies': './other.js'}}}, 'other.js'),
  'is of a later contract': manifest({'aws-oidc': {apiVersion: 2, strategies: ['ping']}}, 'version 2'),
  'needs a later aws-oidc': manifest({engines: {'aws-oidc': '>=99'}}, '>=99'),
  'claims what is built in': {
    ...manifest({'aws-oidc': {apiVersion: 1, strategies: ['oidc'], caches: ['file']}}, ''),
    args: ['creds', '--profile', 'developer'],
    ends: 'well',
  },
  'claims names of JavaScript': {
    ...manifest({'aws-oidc': {apiVersion: 1, strategies: ['__proto__', 'constructor', 'oidc ']}}, ''),
    args: ['creds', '--profile', 'developer'],
    ends: 'well',
  },
}

const loud = (code: string) => importing(code, {ends: 'well'})

/** What reaches for what is not the plugin's. */
export const outOfBounds: Rows = {
  'prints to the console': loud("console.log('{}')"),
  'writes to stdout': loud("process.stdout.write('{}')"),
  'writes to the descriptor of stdout': loud("writeSync(1, '{}')"),
  'has a program write to stdout': loud(
    "(await import('node:child_process')).spawnSync('echo', ['{}'], {stdio: 'inherit'})",
  ),
  'sets an exit code': loud('process.exitCode = 77'),
  'leaves a timer': loud('setInterval(() => {}, 1000)'),
  'leaves a server': loud("(await import('node:net')).createServer().listen(0)"),
  'leaves a program running': loud(
    "(await import('node:child_process')).spawn('sleep', ['30'], {stdio: 'ignore', detached: true})",
  ),
  'stops the clock': loud('Date.now = () => 0'),
  'takes away fetch': loud('globalThis.fetch = () => { throw new Error() }'),
  'takes away the console': loud('globalThis.console = undefined'),
  'takes away process.exit': loud('process.exit = () => {}'),
  'takes away the environment': loud('process.env = {}'),
  'replaces how JSON is read': importing('JSON.parse = () => ({})', {says: 'read only'}),
  'adds to every object': importing('Object.prototype.spoilt = 1'),
  'adds to every list': loud('Array.prototype.spoilt = 1'),
}
