const role = 'arn:aws:iam::123456789012:role/developer'
const given = (issuer: string) => ['--set', `issuer=${issuer}`, '--set', 'clientId=aws-oidc', '--role', role]

/** How to call one of our commands, and the expected outcome where something is wrong. */
export interface Row {
  /** Arguments for a successful call in the home of the test. */
  readonly args: (place: {readonly issuer: string; readonly folder: string}) => readonly string[]
  /** Arguments that must follow a mistyped flag. */
  readonly after?: readonly string[]
  /** With a profile, or a provider, that doesn't exist. */
  readonly profile?: (name: string) => readonly string[]
  readonly provider?: (name: string) => readonly string[]
  /** The exit code if the configuration is unreadable but the command works anyway. */
  readonly unread?: 0 | 7
  /** The exit code if nothing in the home is writable: 0 if the command works anyway, 7 for a report of the problem. */
  readonly unwritable: 0 | 1 | 2 | 6 | 7
  /** Arguments for which the command asks the user, and the exit code if no user is there. */
  readonly asks?: readonly [code: 2 | 3, ...args: string[]]
}

const unwatched = ['--no-interactive']
const named = (...before: readonly string[]) => ({
  args: () => [...before, 'developer'],
  profile: (name: string) => [...before, name],
})

/** By command id. A command without a row fails the test. */
export const rows: Readonly<Record<string, Row>> = {
  autocomplete: {args: () => ['autocomplete', 'bash'], unread: 0, unwritable: 0},
  'autocomplete:script': {args: () => ['autocomplete', 'script', 'bash'], unread: 0, unwritable: 0},
  'cache:clear': {
    args: () => ['cache', 'clear'],
    provider: name => ['cache', 'clear', '--provider', name],
    unwritable: 0,
  },
  'cache:info': {args: () => ['cache', 'info'], unwritable: 0},
  console: {
    ...named('console', '--url', '-p'),
    unwritable: 0,
    asks: [3, 'console', '--url', '-p', 'developer', ...unwatched],
  },
  creds: {
    ...named('creds', '-p'),
    provider: name => ['creds', '--provider', name, '--role', role],
    unwritable: 0,
    asks: [3, 'creds', '-p', 'developer', ...unwatched],
  },
  doctor: {
    args: () => ['doctor', '--no-network', '--profile', 'developer'],
    profile: name => ['doctor', '--profile', name],
    provider: name => ['doctor', '--provider', name],
    unread: 7,
    unwritable: 7,
  },
  exec: {
    args: () => ['exec', '-p', 'developer', '--', 'true'],
    after: ['--', 'true'],
    profile: name => ['exec', '-p', name, '--', 'true'],
    unwritable: 0,
    asks: [3, 'exec', '-p', 'developer', ...unwatched, '--', 'true'],
  },
  login: {
    ...named('login', '-p'),
    provider: name => ['login', '--provider', name],
    unwritable: 0,
    asks: [3, 'login', '-p', 'developer', ...unwatched],
  },
  logout: {...named('logout', '-p'), provider: name => ['logout', '--provider', name], unwritable: 0},
  'plugins:install': {args: ({folder}) => ['plugins', 'install', `${folder}/plugin.tgz`], unwritable: 1},
  'plugins:link': {args: ({folder}) => ['plugins', 'link', `${folder}/package`], unwritable: 1},
  'plugins:reset': {args: () => ['plugins', 'reset'], unread: 0, unwritable: 0},
  'plugins:search': {args: () => ['plugins', 'search', 'keycloak'], unwritable: 1},
  // There is no plugin of that name.
  'plugins:uninstall': {args: () => ['plugins', 'uninstall', 'aws-oidc-ping'], unwritable: 2},
  'plugins:update': {args: () => ['plugins', 'update'], unwritable: 0},
  'profiles:add': {
    args: () => ['profiles', 'add', 'new', '--provider', 'sandbox'],
    profile: name => ['profiles', 'add', 'new', '--source', name, '--role', role],
    provider: name => ['profiles', 'add', 'new', '--provider', name],
    unwritable: 1,
  },
  'profiles:list': {args: () => ['profiles', 'list'], unwritable: 0},
  'profiles:remove': {
    args: () => ['profiles', 'remove', 'admin'],
    profile: name => ['profiles', 'remove', name],
    unwritable: 1,
  },
  'profiles:show': {...named('profiles', 'show'), unwritable: 0},
  'profiles:sync': {
    args: () => ['profiles', 'sync', '--yes'],
    profile: name => ['profiles', 'sync', name, '--yes'],
    provider: name => ['profiles', 'sync', '--from-roles', '--provider', name, '--yes'],
    unwritable: 1,
    asks: [2, 'profiles', 'sync'],
  },
  'providers:list': {args: () => ['providers', 'list'], unwritable: 0},
  'providers:remove': {
    args: () => ['providers', 'remove', 'spare'],
    provider: name => ['providers', 'remove', name],
    unwritable: 1,
  },
  'providers:set-secret': {
    args: () => ['providers', 'set-secret', 'sandbox', 'clientSecret', '--remove'],
    provider: name => ['providers', 'set-secret', name, 'clientSecret'],
    // There is no keyring here.
    unwritable: 6,
    asks: [2, 'providers', 'set-secret', 'sandbox', 'clientSecret'],
  },
  'providers:show': {
    args: () => ['providers', 'show', 'sandbox'],
    provider: name => ['providers', 'show', name],
    unwritable: 0,
  },
  roles: {
    args: () => ['roles', '--provider', 'sandbox'],
    provider: name => ['roles', '--provider', name],
    unwritable: 0,
    asks: [3, 'roles', '--provider', 'sandbox', ...unwatched],
  },
  setup: {
    args: ({issuer}) => ['setup', '--yes', '--provider', 'new', '--strategy', 'oidc', ...given(issuer), '-p', 'new'],
    unwritable: 1,
    asks: [2, 'setup'],
  },
  status: {
    args: () => ['status'],
    profile: name => ['status', '-p', name],
    provider: name => ['status', '--provider', name],
    unwritable: 0,
  },
  whoami: {...named('whoami', '-p'), unwritable: 0, asks: [3, 'whoami', '-p', 'developer', ...unwatched]},
}
