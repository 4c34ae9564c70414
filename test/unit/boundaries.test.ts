import {spawnSync} from 'node:child_process'
import {cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join, relative} from 'node:path/posix'
import {fileURLToPath} from 'node:url'
import {expect} from 'chai'

// The lint rules that keep the rooms of src/ apart, tried on a planted tree: biome.json and lint/ as they are, files of
// our own. Each line of a planted file is one offence or one thing allowed, so a report is a list of lines.

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

const leaves = ['src/errors.ts', 'src/plugin.ts']
const plain = ['src/http/fetched.ts', 'src/text/json.ts']
const below = ['src/aws/sts.ts', 'src/browser/open.ts', 'src/oauth/grant.ts', 'src/terminal/prompts.ts']
const config = ['src/config/duration.ts', 'src/config/nearest.ts', 'src/config/schema.ts']
const outside = ['src/outside/files/files.ts', 'src/outside/outside.ts', 'src/outside/system/clock.ts']
const output = 'src/outside/terminal/output.ts'
const contract = 'src/contract/error-codes.ts'
const replacing = 'src/files/replace-file.ts'
const middle = [...config, 'src/aws-config/read.ts', 'src/formats/env.ts', 'src/host/host.ts']
const core = ['src/cache/keys.ts', 'src/coordination/lock.ts', 'src/registry/registry.ts']
const npm = ['@aws-sdk/client-sts', 'openid-client']
const free = ['node:buffer', 'node:crypto', 'node:path', 'node:url', 'node:util']
const world = [
  ...['fs', 'node:child_process', 'node:dgram', 'node:fs', 'node:fs/promises', 'node:http', 'node:http2', 'node:https'],
  ...['node:module', 'node:net', 'node:os', 'node:process', 'node:readline', 'node:sqlite', 'node:timers'],
  ...['node:timers/promises', 'node:tls', 'node:tty', 'node:worker_threads'],
]
const strategies = ['openid-client', ...free, 'src/plugin.ts']
const edge = [...leaves, ...plain, ...npm, ...free]
const strategy = 'src/strategy/grace.ts'
const credentials = 'src/credentials/plan.ts'
const fastPath = 'src/fast-path/hot-copies.ts'
const useCases = [
  'console/open',
  'exec/exec',
  'import/import',
  'session/login',
  'settings/profiles',
  'setup/setup',
  'sync/sync',
]
  .concat('doctor/check')
  .map(name => `src/${name}.ts`)
/** Credentials, and what they are made with. */
const main = [...edge, ...core, ...below, ...middle, ...outside, output, strategy, credentials]
const useCase = [...main, fastPath]
const shared = 'src/commands/shared/command.ts'
const commands = [
  ...[shared, 'src/errors.ts', 'src/text/printable.ts', 'src/formats/env.ts', 'src/config/duration.ts'],
  ...['src/completion/shells.ts', credentials, 'src/registry/registry.ts', ...useCases, '@oclif/core', ...free],
]

const everything = [
  ...new Set([...main, fastPath, ...useCases, ...world]),
  ...['@oclif/core', shared, 'src/commands/creds.ts', 'src/completion/shells.ts', 'src/hooks/caches.ts'],
  ...[
    'src/aws/console-services.ts',
    'src/fast-path/pointer.ts',
    'src/text/printable.ts',
    'src/providers/oidc.ts',
    'src/identity-center/strategy.ts',
    replacing,
    contract,
  ],
  ...['src/wiring/wire.ts', 'src/testing/host.ts', 'plugins/okta/src/okta.ts', 'node:assert'],
]

const withText = [...edge, 'src/text/printable.ts']
const tool = (...own: readonly string[]) => [...withText, ...own]
const services = 'src/aws/console-services.ts'
const upTo = (rooms: readonly string[]) => [...rooms, 'src/text/printable.ts', services]
const forUse = (...others: readonly string[]) => [...upTo(useCase), 'src/fast-path/pointer.ts', ...others]
const wired = [...forUse(...useCases), 'src/completion/shells.ts', 'src/wiring/wire.ts', replacing]
const [openConsole = '', exec = '', imports_ = '', login = '', profiles = '', setup = '', sync = '', check = ''] =
  useCases

/** What a file may import; everything else of `everything` is to be reported. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  'src/plugin.ts': [],
  'src/errors.ts': ['src/plugin.ts', 'src/text/printable.ts', contract],
  'src/new-room/file.ts': [...leaves, ...npm, ...free],
  'src/text/planted.ts': ['src/text/json.ts', 'src/text/printable.ts'],
  'src/contract/planted.ts': ['src/plugin.ts', contract],
  'src/http/planted.ts': ['src/http/fetched.ts', 'node:crypto'],
  'src/files/planted.ts': [replacing, 'node:crypto', 'node:fs/promises', 'node:path', 'node:timers/promises'],
  'src/providers/planted.ts': [...strategies, 'src/providers/oidc.ts'],
  'src/identity-center/planted.ts': [...strategies, 'src/identity-center/strategy.ts'],
  'src/providers/file-cache.ts': [
    ...[...strategies, 'src/providers/oidc.ts', replacing],
    ...['node:fs', 'node:fs/promises'],
  ],
  'plugins/keycloak/src/planted.ts': ['openid-client', ...free],
  'plugins/cache-pass/src/planted.ts': [
    ...['openid-client', ...free],
    ...['node:child_process', 'node:fs', 'node:fs/promises'],
  ],
  'plugins/sandbox/src/planted.ts': everything,
  'src/aws/planted.ts': tool('src/aws/sts.ts', services),
  'src/aws-config/planted.ts': tool('src/aws-config/read.ts'),
  'src/aws/container-server.ts': tool('src/aws/sts.ts', services, 'node:http'),
  'src/browser/one-time-address.ts': tool('src/browser/open.ts', 'node:http'),
  'src/browser/planted.ts': tool('src/browser/open.ts'),
  'src/config/planted.ts': tool(...config),
  'src/oauth/planted.ts': tool('src/oauth/grant.ts'),
  'src/oauth/loopback.ts': tool('src/oauth/grant.ts', 'node:http'),
  'src/terminal/planted.ts': tool('src/terminal/prompts.ts'),
  'src/formats/planted.ts': [...leaves, 'src/text/json.ts', 'src/text/printable.ts', ...free, 'src/formats/env.ts'],
  'src/completion/planted.ts': [
    ...['src/errors.ts', 'src/text/json.ts', ...free, 'src/completion/shells.ts', 'src/config/schema.ts', services],
  ],
  'src/cache/planted.ts': [
    ...[...leaves, 'src/text/json.ts', 'src/text/printable.ts', ...npm, ...free],
    ...['src/cache/keys.ts', 'src/registry/registry.ts'],
  ],
  'src/coordination/planted.ts': [
    ...[...leaves, 'src/text/json.ts', 'src/text/printable.ts', ...npm, ...free, 'src/coordination/lock.ts'],
  ],
  'src/coordination/lock.ts': [
    ...[...leaves, 'src/text/json.ts', 'src/text/printable.ts', ...npm, ...free, 'node:sqlite'],
  ],
  'src/registry/planted.ts': [
    ...[...leaves, 'src/text/json.ts', 'src/text/printable.ts', ...npm, ...free, ...config],
    ...['src/registry/registry.ts', ...outside, output, contract],
  ],
  'src/host/planted.ts': [...tool(...below, ...config), services, 'src/cache/keys.ts', 'src/host/host.ts', contract],
  'src/strategy/planted.ts': [
    ...leaves,
    'src/text/json.ts',
    'src/text/printable.ts',
    ...npm,
    contract,
    ...outside,
    output,
    strategy,
  ],
  'src/credentials/planted.ts': [...upTo(main), contract],
  'src/fast-path/planted.ts': [
    ...[...leaves, 'src/text/json.ts', 'src/text/printable.ts', ...npm, ...free, ...config, 'src/cache/keys.ts'],
    ...['src/registry/registry.ts', 'src/formats/env.ts', credentials, fastPath, 'src/fast-path/pointer.ts'],
    ...[...outside, output],
  ],
  'src/fast-path/lane/planted.ts': ['node:crypto', 'src/fast-path/pointer.ts'],
  'src/console/planted.ts': forUse(openConsole),
  'src/exec/planted.ts': forUse(exec),
  'src/session/planted.ts': forUse(login),
  'src/sync/planted.ts': forUse(login, sync),
  'src/settings/planted.ts': forUse(login, sync, profiles),
  'src/setup/planted.ts': forUse(login, sync, profiles, setup),
  'src/import/planted.ts': forUse(sync, setup, imports_),
  'src/doctor/planted.ts': forUse(sync, check),
  'src/wiring/networks.ts': wired,
  'src/hooks/planted.ts': [
    'src/plugin.ts',
    ...free,
    'src/config/nearest.ts',
    'src/providers/oidc.ts',
    'src/identity-center/strategy.ts',
  ],
  'src/testing/planted.ts': ['src/plugin.ts', ...free, 'src/testing/host.ts', 'node:assert', 'node:process', contract],
  'src/outside/planted.ts': [...withText, replacing, ...outside, output, 'node:assert', ...world],
  'src/outside/network/planted.ts': [
    ...[
      ...withText,
      replacing,
      'src/outside/files/files.ts',
      'src/outside/system/clock.ts',
      output,
      'node:assert',
      ...world,
    ],
  ],
  'src/commands/planted.ts': [...commands, 'src/commands/creds.ts'],
  'src/commands/cache/planted.ts': commands,
  'src/commands/shared/command.ts': [
    ...[
      'src/errors.ts',
      'src/text/printable.ts',
      'src/formats/env.ts',
      'src/config/duration.ts',
      '@oclif/core',
      ...free,
    ],
    ...['src/outside/outside.ts', output, 'src/wiring/wire.ts', 'src/registry/registry.ts', check],
  ],
}

const restricted = 'lint/style/noRestrictedImports'
const global = 'lint/style/noRestrictedGlobals'
const moment = 'Take the current time from a Clock of outside/.'
const around = 'Only outside/ may use globalThis.'
const typesOnly = 'Only types pass here: write `import type`.'
const cacheProcess = 'A cache and files/ see only process.platform and process.geteuid.'
const importType = 'Write `import type` at the top: the rules of the rooms read that.'
const table = 'Use a Map for names from outside: every object has a toString.'
const inherited = 'Use Object.hasOwn: every object has a toString.'
const unnamed = 'Only outside/system/load-module.ts imports a module by a computed name.'
const reading = 'Read files with outside/files/read-file.ts, which never hangs.'
const allowed = 'allowed'

type Lines = Readonly<Record<string, readonly string[]>>

const touching = [
  ...['console.log(1)', "fetch('https://example.com')", 'performance.now()', 'global.process.exit()'],
  ...["new WebSocket('wss://example.com')", "new EventSource('https://example.com')"],
  ...['setTimeout(work, 1)', 'setInterval(work, 1)', 'setImmediate(work)'],
  ...['clearTimeout(timer)', 'clearInterval(timer)', 'clearImmediate(timer)'],
]
const moments = [
  ...['f(Date.now())', 'f(Date.now)', "f(Date['now']())", 'f(new Date())', 'f(new Date)', 'f(Date())'],
  ...['const {now} = Date', 'AbortSignal.timeout(1000)'],
]
const reaching = ["globalThis['fetch'](1)", 'const {stdout} = globalThis']
const timeless = ['f(new Date(0))', 'f(Date.parse(text))', 'f(value instanceof Date)', 'let a: typeof globalThis.fetch']

const worldButProcess: Lines = {[global]: touching, [moment]: moments, [around]: reaching, [allowed]: timeless}
const touchesWorld: Lines = {...worldButProcess, [global]: [...touching, 'process.exit()']}
const mayTouchWorld: Lines = {[allowed]: ['process.exit()', ...touching, ...moments, ...reaching, ...timeless]}

const valuesOf = (from: string, {loadedLate = false} = {}): Lines => ({
  [typesOnly]: [
    ...[`import {b1} from '${from}'`, `import {type B2} from '${from}'`, `import {b3, type B3} from '${from}'`],
    ...[`import * as b4 from '${from}'`, `import '${from}'`, `export {b5} from '${from}'`, `export * from '${from}'`],
    ...(loadedLate ? [] : [`await import('${from}')`]),
  ],
  [allowed]: [
    ...(loadedLate ? [`await import('${from}')`] : []),
    `import type {B6} from '${from}'`,
    `export type {B7} from '${from}'`,
    `export type * from '${from}'`,
  ],
})

/** Lines by what reports them: a rule, or the message of one of ours in lint/. */
const plantings: Readonly<Record<string, Lines>> = {
  'src/session/world.ts': touchesWorld,
  'src/errors.ts': touchesWorld,
  'src/providers/world.ts': touchesWorld,
  'plugins/okta/src/world.ts': touchesWorld,
  'src/commands/world.ts': touchesWorld,
  'src/commands/shared/command.ts': {...worldButProcess, [allowed]: ['process.stderr.write(text)', ...timeless]},
  'src/providers/file-cache.ts': {
    ...worldButProcess,
    [cacheProcess]: ['f(process.env)', 'const {env} = process', "f(process['exit'])", 'f(process)'],
    [allowed]: ['f(process.platform)', 'f(process.geteuid?.())', ...timeless],
  },
  'src/files/world.ts': {
    ...worldButProcess,
    [cacheProcess]: ['f(process.env)', 'f(process)'],
    [allowed]: ['f(process.platform)', ...timeless],
  },
  'plugins/cache-pass/src/world.ts': {
    [global]: ['console.log(1)', "fetch('https://example.com')", 'global.process.exit()', 'setInterval(work, 1)'],
    [moment]: moments,
    [allowed]: ['process.kill(1)', 'setTimeout(work, 1)', 'clearTimeout(timer)', ...timeless],
  },
  'src/outside/world.ts': mayTouchWorld,
  'plugins/sandbox/src/world.ts': mayTouchWorld,
  'src/credentials/values.ts': valuesOf('../outside/system/clock.ts'),
  'src/session/values.ts': valuesOf('../outside/outside.ts'),
  'src/host/values.ts': valuesOf('../config/schema.ts'),
  'src/aws/values.ts': valuesOf('../plugin.ts'),
  'src/commands/values.ts': valuesOf('../session/login.ts', {loadedLate: true}),
  'src/commands/cache/values.ts': valuesOf('../../session/login.ts', {loadedLate: true}),
  'src/outside/files/reading.ts': {
    [reading]: [
      ...["import {readFile} from 'node:fs/promises'", "import {lstat, readFileSync as a} from 'node:fs'"],
      ...["import {createReadStream} from 'node:fs'", "import {readSync} from 'node:fs'", "import fs from 'node:fs'"],
      ...["import * as g1 from 'node:fs/promises'", 'await file.readFile()', "await file.readFile('utf8')"],
    ],
    [allowed]: ["import {lstat, readdir, readlink} from 'node:fs/promises'", "import {writeSync} from 'node:fs'"],
  },
  'src/outside/system/load-module.ts': {[allowed]: ['await import(address)']},
  'src/oauth/ways.ts': {
    [restricted]: [
      ...["import {c1} from '../aws/sts.ts'", "import {type C2} from '../aws/sts.ts'", "import '../aws/sts.ts'"],
      ...["export {c3} from '../aws/sts.ts'", "export * from '../aws/sts.ts'"],
      ...["await import('../aws/sts.ts')", "import './../aws/sts.ts'", "import './pages/../../aws/sts.ts'"],
      ...["import '../oauth/../aws/sts.ts'", "import '..'", "import '/src/aws/sts.ts'", "import '#aws'"],
      ...["import '@oclif/core/flags'", "import 'file:///src/aws/sts.ts'"],
    ],
    [importType]: ["type C4 = import('../aws/sts.ts').Sts", "let c5: typeof import('../aws/sts.ts')"],
    [unnamed]: ['await import(address)', 'await import(`../aws/sts.ts`)'],
    [allowed]: ["await import('openid-client')", "import {c6} from './grant.ts'"],
  },
  'src/session/tables.ts': {
    [table]: ["const g1: Readonly<Record<string, string>> = {a: 'b'}"],
    [inherited]: ['f(name in g2)'],
    [allowed]: ["const g3 = new Map([['a', 'b']])", "f('code' in error)", 'let g4: Readonly<Record<Kind, string>>'],
  },
  'plugins/okta/src/ways.ts': {
    [importType]: ["let f0: typeof import('./okta.ts')"],
    [unnamed]: ['await import(address)'],
  },
  'plugins/sandbox/src/ways.ts': {
    [allowed]: ['await import(address)', "let f1: typeof import('./world.ts')", "import {f2} from '../plugin.ts'"],
  },
  'plugins/sandbox/src/one.ts': {'lint/suspicious/noImportCycles': ["import {two} from './two.ts'"]},
  'plugins/sandbox/src/two.ts': {'lint/suspicious/noImportCycles': ["import type {one} from './one.ts'"]},
  'src/state/one.ts': {'lint/suspicious/noImportCycles': ["import {two} from './two.ts'"]},
  'src/state/two.ts': {'lint/suspicious/noImportCycles': ["import type {one} from './one.ts'"]},
  'src/session/strict.ts': {
    'lint/suspicious/noExplicitAny': ['export let d1: any'],
    'lint/style/noNonNullAssertion': ['f(d2!)'],
    'lint/nursery/noUnsafeTypeAssertion': ['f(d3 as string)'],
    'lint/nursery/noFloatingPromises': ['Promise.reject(new Error("d4"))'],
    'lint/style/useImportType': ["import {D5} from './login.ts'; export let d5: D5"],
    'lint/correctness/noUnusedImports': ["import {d6} from './login.ts'"],
    'lint/correctness/noUnusedVariables': ['const d7 = 1'],
    'lint/suspicious/noConsole': ["console.log('d8')"],
    'lint/style/useThrowOnlyError': ["if (d9) throw 'd9'"],
    'lint/style/noEnum': ['export enum D10 {}'],
    'lint/correctness/useImportExtensions': ["import './values'"],
    'lint/complexity/noUselessUndefinedInitialization': ['let d11 = undefined; f(d11)'],
    'lint/correctness/noUnusedFunctionParameters': ['f(function d12(d: number): void {})'],
    'lint/correctness/noUnusedInstantiation': ['new Map()'],
    'lint/correctness/noUnusedPrivateClassMembers': ['export class D14 { readonly #d = f() }'],
    'lint/nursery/useAwaitThenable': ['await 15'],
    'lint/nursery/useExhaustiveSwitchCases': ["export const d16 = (d: 'a' | 'b') => { switch (d) { case 'a': f() } }"],
    'lint/style/noNamespace': ['export namespace D17 {}'],
    'lint/style/noParameterAssign': ['export const d18 = (d: number) => { d = 1; return d }'],
    'lint/style/noUselessElse': ['export const d19 = (d: number) => { if (d) { return 1 } else { return 2 } }'],
    'lint/style/useConsistentArrayType': ['export let d20: Array<string>'],
    'lint/style/useExportType': ["import type {D21} from './plan.ts'; export {D21}"],
    'lint/style/useNodejsImportProtocol': ["import {join as d22} from 'path'; f(d22)"],
    'lint/style/useReadonlyClassProperties': ['export class D23 { private d = f(); get() { return this.d } }'],
    'lint/suspicious/noEvolvingTypes': ['let d24; d24 = 1; f(d24)'],
    'lint/suspicious/noTsIgnore': ['// @ts-ignore'],
    'lint/suspicious/noUnusedExpressions': ['d26'],
    'lint/suspicious/useErrorMessage': ['f(new Error())'],
  },
  'test/unit/strict.test.ts': {
    'lint/suspicious/noFocusedTests': ["it.only('e1', () => {})"],
    'lint/suspicious/noSkippedTests': ["it.skip('e2', () => {})"],
    'lint/suspicious/noDuplicateTestHooks': ["describe('e4', () => { beforeEach(f); beforeEach(f) })"],
    'lint/nursery/noFloatingPromises': ['Promise.reject(new Error("e3"))'],
  },
}

/** Rules that a planted line may break by the way. */
const alsoAsked = new Set([restricted, global, ...Object.values(plantings).flatMap(Object.keys)])

interface Diagnostic {
  readonly severity: string
  readonly category: string
  readonly message: string
  readonly location: {readonly path: string; readonly start: {readonly line: number}}
}

describe('the lint rules of the rooms', () => {
  const files = new Map<string, {line: string; rule: string}[]>()
  let folder: string
  let diagnostics: readonly Diagnostic[]

  before(() => {
    for (const [file, may] of Object.entries(rooms)) plant(file, imports(file, may))
    for (const [file, lines] of Object.entries(plantings)) plant(file, lines)
    folder = mkdtempSync(join(tmpdir(), 'aws-oidc-rooms-'))
    for (const name of ['biome.json', 'lint', '.gitignore']) {
      cpSync(join(root, name), join(folder, name), {recursive: true})
    }
    for (const [file, lines] of files) {
      mkdirSync(join(folder, dirname(file)), {recursive: true})
      writeFileSync(join(folder, file), lines.map(({line}) => `${line}\n`).join(''))
    }
    diagnostics = lint(folder)
  })

  after(() => rmSync(folder, {recursive: true, force: true}))

  for (const file of Object.keys(rooms)) {
    it(`let ${file} import what its room may, and nothing else`, () => {
      expect(reported(file, [restricted])).to.deep.equal(expected(file, [restricted]))
    })
  }

  for (const [file, lines] of Object.entries(plantings)) {
    const rules = Object.keys(lines).filter(rule => rule !== allowed)
    it(rules.length > 0 ? `name each offence planted in ${file}` : `leave ${file} alone`, () => {
      const asked = rules.length > 0 ? rules : [restricted, global, moment, around, typesOnly, importType, unnamed]
      expect(reported(file, asked)).to.deep.equal(expected(file, asked))
    })
  }

  it('are errors, all of them', () => {
    const softer = diagnostics.filter(({severity, category}) => severity !== 'error' && alsoAsked.has(category))
    expect(softer).to.deep.equal([])
  })

  function plant(file: string, lines: Lines): void {
    const planted = Object.entries(lines).flatMap(([rule, texts]) => texts.map(line => ({line, rule})))
    files.set(file, [...(files.get(file) ?? []), ...planted])
  }

  function expected(file: string, rules: readonly string[]): readonly string[] {
    const lines = files.get(file) ?? []
    return lines.filter(({rule}) => rules.includes(rule)).map(({rule, line}) => `${rule}: ${line}`)
  }

  function reported(file: string, rules: readonly string[]): readonly string[] {
    const lines = files.get(file) ?? []
    const found = diagnostics
      .filter(({location}) => location.path === file)
      .map(({category, message, location}) => ({
        rule: category === 'plugin' ? message : category,
        line: location.start.line - 1,
      }))
    return lines.flatMap(({line}, number) =>
      rules.filter(rule => found.some(one => one.rule === rule && one.line === number)).map(rule => `${rule}: ${line}`),
    )
  }
})

/** One import of types a line, so that the transport that only types pass stay out of this. */
function imports(file: string, may: readonly string[]): Lines {
  const others = everything.filter(target => target !== file)
  const text = (target: string) => `import type * as a${everything.indexOf(target)} from '${specifier(file, target)}'`
  return {
    [restricted]: others.filter(target => !may.includes(target)).map(text),
    [allowed]: others.filter(target => may.includes(target)).map(text),
  }
}

function specifier(file: string, target: string): string {
  if (!/^(src|plugins)\//.test(target)) return target
  const path = relative(dirname(file), target)
  return path.startsWith('.') ? path : `./${path}`
}

function lint(folder: string): readonly Diagnostic[] {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
  const args = [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.']
  const {stdout, stderr} = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (!stdout.startsWith('{')) throw new Error(`Biome did not lint: ${stderr}`)
  const report: {diagnostics: readonly Diagnostic[]} = JSON.parse(stdout)
  return report.diagnostics
}
