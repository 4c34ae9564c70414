import {block, blocked, caching, creds, identified, proving, type Row, type Rows, signingIn, withMember} from './row.ts'

const keys = "accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token'"
const credentials = (members: string) =>
  proving(`{kind: 'credentials', credentials: {${keys}, expiration: new Date(Date.now() + 3_600_000), ${members}}}`)

/** What a strategy does when somebody signs in. */
export const signIns: Rows = {
  'throws at once': signingIn("throw new Error('not today')", {says: 'not today'}),
  'rejects with nothing': signingIn('throw undefined'),
  'rejects with null': signingIn('throw null'),
  'rejects with a cycle': signingIn('const cycle = {}; cycle.self = cycle; throw cycle'),
  'rejects with an error whose message throws': signingIn(
    "throw Object.defineProperty(new Error(), 'message', {get() { throw new Error('again') }})",
  ),
  'rejects with a code that there is not': signingIn("throw host.error('NO_SUCH_CODE', 'm')", {says: 'NO_SUCH_CODE'}),
  'rejects with a code of the host': signingIn("throw Object.assign(new Error('m'), {code: 'INTERRUPTED'})"),
  'never comes back': signingIn('await new Promise(() => {})', {interrupted: true, ends: 130}),
  'ignores its signal': signingIn('await new Promise(() => setInterval(() => {}, 1000))', {
    interrupted: true,
    ends: 130,
  }),
  'blocks the thread': signingIn(block, blocked),
  'waits for a program, which takes long': signingIn(
    "(await import('node:child_process')).execFileSync(process.execPath, ['-e', 'setTimeout(() => {}, 13_000)'])",
    {ends: 'well', slow: true},
  ),
  'ends the process': signingIn('process.exit(0)', {says: 'it ended the whole command'}),
  'prints, and goes on': signingIn("console.log('{}')", {ends: 'well'}),
  'resolves to nothing': identified('undefined', {says: 'signIn() resolved to undefined'}),
  'resolves to a number': identified('5', {says: 'signIn() resolved to 5'}),
  'resolves to a list': identified('[]', {says: 'signIn() resolved to a list'}),
  'resolves to nobody who proves anything': identified('{}', {says: '"proofFor"'}),
  'names a subject that is none': identified('{subject: 5, proofFor() {}}', {says: '"subject"'}),
  'names a subject without end': identified("{subject: 'a'.repeat(3_000_000), proofFor() {}}", {says: '"subject"'}),
  'has claims in a cycle': signingIn('const claims = {}; claims.self = claims; return {claims, proofFor() {}}', {
    says: '"claims"',
  }),
  'has claims without end': identified("{claims: {all: 'a'.repeat(3_000_000)}, proofFor() {}}", {says: '"claims"'}),
  'ends at no date': identified("{expiresAt: 'tomorrow', proofFor() {}}", {says: '"expiresAt"'}),
  'proves nothing': proving('undefined', {says: 'proofFor() resolved to undefined'}),
  'proves in a way that there is not': proving("{kind: 'kerberos'}", {says: '"kerberos"'}),
  'has no token in its proof': proving("{kind: 'web-identity'}", {says: '"token"'}),
  'has a line break in its token': proving("{kind: 'web-identity', token: 'a\\nb'}", {says: '"token"'}),
  'has an empty key': {...credentials("accessKeyId: ''"), says: '"accessKeyId"'},
  'has a number for a key': {...credentials('accessKeyId: 5'), says: '"accessKeyId"'},
  'has a line break in a secret': {...credentials("secretAccessKey: 'a\\nb'"), says: '"secretAccessKey"'},
  'has no session token': {...credentials('sessionToken: undefined'), says: '"sessionToken"'},
  'has credentials of 1970': {...credentials('expiration: new Date(1_893_456_000)'), says: '"expiration"'},
  'has credentials that never end': {...credentials('expiration: new Date(8.64e15)'), says: '"expiration"'},
}

const roles = (code: string, says = '') => ({
  ...identified(`{proofFor() {}, ${code}}`, {says}),
  args: ['roles', '--provider', 'bad'],
})
const logout = (code: string, more: Partial<Row> = {}) => ({
  ...withMember(`async signOut() { ${code} }`),
  // Nobody is signed in there; `--everywhere` asks the strategy all the same.
  args: ['logout', '--provider', 'bad', '--everywhere'],
  ...more,
})
const doctor = (member: string, more: Partial<Row> = {}) => ({
  ...withMember(member),
  args: ['doctor', '--provider', 'bad'],
  ends: 7,
  ...more,
})
// Of a strategy that wants tokens, their issuer is known.
const tokenless = 'signIn: async () => ({proofFor() {}})'

/** The other calls of a strategy. */
export const otherCalls: Rows = {
  'lists a text as its roles': roles("roles: async () => 'admin'", 'roles()'),
  'lists more roles than there can be': roles('roles: async () => new Array(200_000).fill({})', 'roles()'),
  'lists roles without an account': roles("roles: async () => [{name: 'a'}]", '"accountId"'),
  'fails when it lists roles': roles("roles: async () => { throw new Error('no directory') }", 'no directory'),
  'never lists its roles': {...roles('roles: () => new Promise(() => {})'), interrupted: true, ends: 130},
  'breaks off in the middle of its roles': roles(
    "async *rolesInParts() { throw new Error('broken off') }",
    'broken off',
  ),
  'has parts that are none': roles('async *rolesInParts() { yield 5 }', 'rolesInParts()'),
  'finds a text as a role': {
    ...identified("{proofFor() {}, findRole: async () => 'admin'}"),
    args: [...creds, '--role', 'production/admin'],
    says: 'findRole()',
  },
  'finds another role than was asked for': {
    ...identified("{proofFor() {}, findRole: async () => ({accountId: '123456789012', name: 'admin'})}"),
    args: [...creds, '--role', 'production/developer'],
    says: 'findRole() was asked for "production/developer" and resolved to "123456789012/admin"',
  },
  'blocks the thread when it lists roles': {...roles(`async roles() { ${block} }`), ...blocked},
  'blocks the thread when it proves': {...identified(`{async proofFor() { ${block} }}`), ...blocked},
  'fails when it signs out': logout("throw new Error('not now')", {ends: 'well', says: 'not now'}),
  'ends the process when it signs out': logout('process.exit(0)'),
  'blocks the thread when it signs out': logout(block, blocked),
  'fails when doctor asks it': doctor("check: () => { throw new Error('no doctor') }", {says: 'no doctor'}),
  'tells doctor no findings': doctor("check: async () => 'all is well'", {says: 'check()'}),
  'ends the process when doctor asks it': doctor('check: () => process.exit(0)', {ends: 1, says: 'ended the whole'}),
  'blocks the thread when doctor asks it': doctor(`check: async () => { ${block} }`, blocked),
  'fails to tell its issuer': doctor(`${tokenless}, issuer: () => { throw new Error('no issuer') }`, {
    says: 'no issuer',
  }),
  'tells a number for its issuer': doctor(`${tokenless}, issuer: () => 5`, {says: 'issuer()'}),
}

const login = ['login', '--profile', 'developer']
const clear = ['cache', 'clear']

/** What a cache does. */
export const caches: Rows = {
  'fails to read': caching("async read() { throw new Error('no disk') }", {says: 'no disk'}),
  'reads a text': caching("async read() { return 'value' }", {says: 'read()'}),
  'reads an entry without a value': caching('async read() { return {value: 5, expiresAt: new Date()} }', {
    says: '"value"',
  }),
  'reads an entry that ends at no date': caching("async read() { return {value: '', expiresAt: 'later'} }", {
    says: '"expiresAt"',
  }),
  'fails to write': caching("async write() { throw new Error('no disk') }", {ends: 'well', says: 'no disk'}),
  'prints what it reads': caching("async read() { console.log('{}') }", {ends: 'well'}),
  'ends the process when it reads': caching('async read() { process.exit(0) }', {says: 'it ended the whole command'}),
  'never reads': caching('read: () => new Promise(() => {})', {says: 'never comes'}),
  'blocks the thread when it reads': caching(`async read() { ${block} }`, blocked),
  'leaves a timer when it reads': caching('async read() { setInterval(() => {}, 1000) }', {ends: 'well'}),
  'leaves a program running when it writes': caching(
    "async write() { (await import('node:child_process')).spawn('sleep', ['30'], {detached: true}) }",
    {ends: 'well'},
  ),
  'fails to become ready': {...caching("async ready() { throw new Error('no key') }", {says: 'no key'}), args: login},
  'fails to clear': {...caching("async clear() { throw new Error('no broom') }", {says: 'no broom'}), args: clear},
  'fails to remove': {
    ...caching("async remove() { throw new Error('no bin') }", {ends: 'well', says: 'no bin'}),
    args: ['logout', '--provider', 'sandbox'],
  },
  'tells a text for an end': {
    ...caching("async expiresAt() { return 'later' }", {says: 'expiresAt()'}),
    args: ['status'],
  },
}
