import {dirname, isAbsolute, join} from 'node:path'
import type {CallerIdentity} from './aws/sts.ts'
import {chooseCache} from './cache-choice.ts'
import {nearest} from './config/nearest.ts'
import {allowsPlugin} from './config/plugin-names.ts'
import {readConfiguration} from './config/read.ts'
import type {Configuration, Interactive, NamedFile, Program} from './config/schema.ts'
import {AwsOidcError, Secrets} from './errors.ts'
import {chooseFlow} from './host/flow.ts'
import {isSet, mayAsk, personCanSee, type Surroundings} from './host/interactive.ts'
import type {Watched} from './hot-copy.ts'
import {fileLocks} from './lock.ts'
import {within} from './outside/clock.ts'
import type {ForegroundEnding} from './outside/foreground.ts'
import type {Network} from './outside/network.ts'
import type {Outside} from './outside/outside.ts'
import {proxyPasswords} from './outside/proxy.ts'
import type {CacheHome, Log} from './plugin.ts'
import {type InstalledPackage, registryOf} from './registry.ts'
import {fileStates} from './state.ts'
import {notCleared, type Store, storeOver} from './store.ts'
import {type CacheInfo, cacheInfo, clearCache} from './tasks/cache.ts'
import {type CredentialsWish, credentialsFor} from './tasks/credentials.ts'
import type {ExecWish} from './tasks/exec.ts'
import {decisiveFiles, hotCopiesOf} from './tasks/hot-copies.ts'
import type {InstalledPlugin, InstallParts, InstallWish} from './tasks/install-plugin.ts'
import {installedPlugins} from './tasks/installed-plugins.ts'
import type {Issued} from './tasks/issued.ts'
import type {LoginFailure, LoginResult, LoginWish} from './tasks/login.ts'
import type {LogoutResult, LogoutWish} from './tasks/logout.ts'
import type {Asking, Parts} from './tasks/parts.ts'
import type {AddedProfile, AddProfileWish, ProfileDetails, ProfileList} from './tasks/profiles.ts'
import type {ProviderDetails, ProviderList, RemovedProvider} from './tasks/providers.ts'
import type {SetSecretResult, SetSecretWish} from './tasks/set-secret.ts'
import type {SetupResult, SetupWish} from './tasks/setup-result.ts'
import {announcedLocks, announcedNetwork} from './tasks/stages.ts'
import type {Status, StatusWish} from './tasks/status.ts'
import type {SyncResult, SyncWish} from './tasks/sync.ts'
import type {TakeoverResult, TakeoverWish} from './tasks/takeover.ts'
import type {PluginUpdate} from './tasks/update-plugins.ts'
import {dialogueOn} from './terminal/dialogue.ts'
import {promptsOn} from './terminal/prompts.ts'

/** What was said on the command line that concerns the whole call. */
export interface Choices {
  readonly interactive: Interactive | undefined
  /** Whether a browser is wanted and may be opened, or its address only shown; `undefined` where nothing was said. */
  readonly browser: boolean | undefined
  /** Whether a sign-in with a code is wanted. */
  readonly device: boolean
  readonly debug: boolean
  /** Whether somebody typed a command whose purpose is to be asked. */
  readonly login: boolean
}

/** The use cases, wired to a world. Nothing is read before one of them is called. */
export interface App {
  credentials(wish: CredentialsWish): Promise<Issued>
  exec(wish: ExecWish): Promise<ForegroundEnding>
  login(wish: LoginWish): Promise<LoginResult>
  loginEverywhere(wish: Pick<LoginWish, 'force' | 'ifNeeded'>): Promise<readonly (LoginResult | LoginFailure)[]>
  logout(wish: LogoutWish): Promise<readonly LogoutResult[]>
  status(wish: StatusWish): Promise<Status>
  setSecret(wish: SetSecretWish): Promise<SetSecretResult>
  listProfiles(): Promise<ProfileList>
  showProfile(name: string): Promise<ProfileDetails>
  addProfile(wish: AddProfileWish): Promise<AddedProfile>
  removeProfile(name: string): Promise<void>
  listProviders(): Promise<ProviderList>
  showProvider(name: string): Promise<ProviderDetails>
  removeProvider(name: string): Promise<RemovedProvider>
  setup(wish: SetupWish): Promise<SetupResult>
  /** Takes over the configuration of another tool. */
  takeOver(wish: TakeoverWish): Promise<TakeoverResult>
  /** Writes profiles for the AWS tools. */
  sync(wish: SyncWish): Promise<SyncResult>
  whoami(wish: CredentialsWish): Promise<CallerIdentity>
  cacheInfo(): Promise<CacheInfo>
  clearCache(provider: string | undefined): Promise<void>
  installPlugin(wish: InstallWish): Promise<InstalledPlugin>
  /** Takes the commands that are built in. */
  updatePlugins(builtIn: readonly string[]): Promise<readonly PluginUpdate[]>
}

/** This program as it is installed. */
export interface Installation {
  readonly own: InstalledPackage
  /** Where oclif keeps plugins. */
  readonly dataFolder: string
}

export function createApp(outside: Outside, installation: Installation, choices: Choices): App {
  const parts = () => wire(outside, installation, choices)
  return {
    credentials: async wish => credentialsFor(wish, (await parts()).parts),
    // What only some calls need is loaded by those: a call from the cache has no time for it.
    exec: async wish => (await import('./tasks/exec.ts')).exec(wish, (await parts()).parts),
    login: async wish => (await import('./tasks/login.ts')).login(wish, (await parts()).parts),
    loginEverywhere: async wish => (await import('./tasks/login.ts')).loginEverywhere(wish, (await parts()).parts),
    logout: async wish => (await import('./tasks/logout.ts')).logout(wish, (await parts()).parts),
    async status(wish) {
      const {parts: wired, cache} = await parts()
      return (await import('./tasks/status.ts')).status(wish, cache.id, wired)
    },
    setSecret: async wish => (await import('./tasks/set-secret.ts')).setSecret(wish, (await parts()).parts),
    listProfiles: async () => (await import('./tasks/profiles.ts')).listProfiles((await parts()).parts),
    showProfile: async name => (await import('./tasks/profiles.ts')).showProfile(name, (await parts()).parts),
    addProfile: async wish => (await import('./tasks/profiles.ts')).addProfile(wish, (await parts()).parts),
    removeProfile: async name => (await import('./tasks/profiles.ts')).removeProfile(name, (await parts()).parts),
    listProviders: async () => (await import('./tasks/providers.ts')).listProviders((await parts()).parts),
    showProvider: async name => (await import('./tasks/providers.ts')).showProvider(name, (await parts()).parts),
    removeProvider: async name => (await import('./tasks/providers.ts')).removeProvider(name, (await parts()).parts),
    takeOver: async wish => (await import('./tasks/takeover.ts')).takeOver(wish, (await parts()).parts),
    setup: async wish => (await import('./tasks/setup.ts')).setup(wish, (await parts()).parts),
    sync: async wish => (await import('./tasks/sync.ts')).sync(wish, (await parts()).parts),
    whoami: async wish => (await import('./tasks/whoami.ts')).whoami(wish, (await parts()).parts),
    async cacheInfo() {
      const {parts: wired, cache} = await parts()
      return cacheInfo(cache, wired)
    },
    clearCache: async provider => clearCache(provider, (await parts()).parts),
    installPlugin: async wish =>
      (await import('./tasks/install-plugin.ts')).installPlugin(
        wish,
        await installParts(outside, installation, choices),
      ),
    updatePlugins: async builtIn =>
      (await import('./tasks/update-plugins.ts')).updatePlugins(
        builtIn,
        await installParts(outside, installation, choices),
      ),
  }
}

/** Without the other parts: what they need may come with a plugin that is to be installed. */
async function installParts(outside: Outside, installation: Installation, {debug}: Choices): Promise<InstallParts> {
  const {env, files, npm, places, processes, terminal} = outside
  const path = places.configFile ?? 'config.yaml'
  return {
    ...installation,
    configuration: readConfiguration(path, await files.readText(path)),
    files,
    npm: await npm(),
    npmOptions: {registry: env.AWS_OIDC_NPM_REGISTRY, signal: processes.interruption},
    log: logTo(text => terminal.say(secrets.mask(text)), debug),
  }
}

// A process that was stopped while it made the key must not hold up the others for as long as a sign-in may take. It is
// longer than a person is waited for who types the keyring's password.
const keyringMilliseconds = 40_000
const keyringBusy = new AwsOidcError('UNAVAILABLE', 'Another aws-oidc has been waiting for the keyring for too long.')

/** The text of an error or of a line on stderr, with every secret of this process masked. */
export const secrets = new Secrets()

/** Tells a command for a secret, and the aws-oidc that it may start, at which providers a sign-in waits for it. */
const waiting = 'AWS_OIDC_WAITING'

async function wire(outside: Outside, {own, dataFolder}: Installation, choices: Choices) {
  const {env, places, clock, files, processes, terminal} = outside
  let terminalIsOurs = true
  const waitingFor: Outside['terminal']['waitingFor'] = what => terminal.waitingFor(terminalIsOurs ? what : undefined)
  const network = announcedNetwork(outside.network, waitingFor)
  const path = places.configFile ?? 'config.yaml'
  const lookedAt = clock.now()
  // Looked at before they are read: a change in between is taken for one afterwards.
  const watched = await watch(decisiveFiles(path, own, dataFolder), outside)
  const configuration = readConfiguration(path, await files.readText(path))
  const log = logTo(text => terminal.say(secrets.mask(text)), choices.debug)
  const plugins = await installedPlugins(dataFolder, files)
  const manifests = plugins.map(({root}) => join(root, 'package.json'))
  const registry = registryOf(own, plugins, {
    allows: plugin => allowsPlugin(configuration.allowedPlugins, plugin),
    guard: (plugin, work) =>
      outside.plugins.load(plugin, text => log.debug(`printed by a plugin: ${text.trimEnd()}`), work),
    nearest,
  })
  const tell = (text: string) => terminal.tell(secrets.mask(text))
  const around = {
    env,
    platform: outside.platform,
    stdinIsTerminal: terminal.stdinIsTerminal,
    stderrIsTerminal: terminal.stderrIsTerminal,
  }
  const asking = askingOf(choices, configuration, around)
  const place = {env, platform: outside.platform, inContainer: outside.inContainer}
  const programOf = (own: Program | undefined) => programFrom(env) ?? own ?? configuration.browser
  const signal = processes.interruption
  for (const password of proxyPasswords(env)) secrets.add(password)

  const waitedFor = env[waiting]?.split(',') ?? []
  const ownLocks = fileLocks({
    folder: under(places.cache, 'locks'),
    waitedFor,
    touch: files.touchPrivate,
    identify: files.identify,
    now: clock.now,
    sleep: clock.sleep,
    log,
  })
  const locks = announcedLocks(ownLocks, waitingFor)
  const home: CacheHome = {
    directory: under(places.cache, 'v1') ?? '',
    log,
    interactive: asking.interactive,
    signal,
    env,
    keyring: outside.keyring,
    exclusively: work =>
      within(clock, keyringMilliseconds, keyringBusy, signal, soon => locks.hold('cache', soon, work)),
  }
  const notePath = under(places.cache, 'cache.json')
  const chosen = await chooseCache(env.AWS_OIDC_CACHE || configuration.cache, {
    home,
    registry,
    platform: outside.platform,
    now: clock.now,
    note: {
      read: async () => (notePath === undefined ? undefined : files.readText(notePath)),
      write: async text => (notePath === undefined ? undefined : files.replacePrivate(notePath, text)),
    },
    // What may not be looked at, such as the folder of the user who called `su`, is of no use either.
    exists: async path => (await files.identify(path).catch(() => undefined)) !== undefined,
    inCi: isSet(env.CI),
    byPerson: choices.login,
  })

  const cached = storeOver(chosen.cache, chosen.id, log, clock.now, {
    strict: chosen.byHand,
    clearOthers: chosen.clearOthers,
  })
  const store: Store = {
    ...cached,
    async clear(prefix) {
      try {
        await cached.clear(prefix)
      } finally {
        // After the entries: whoever makes a copy meanwhile looks whether its entry is still there.
        await outside.memoryFolders.removeAll().catch(error => Promise.reject(notCleared('hot copies', error)))
      }
    },
  }

  const parts: Parts = {
    configuration,
    editConfiguration: async edit => {
      const {editConfiguration} = await import('./tasks/edit-configuration.ts')
      return editConfiguration(edit, {path: places.configFile, files: outside.editedFiles, locks: ownLocks, signal})
    },
    draftConfiguration: async edit => {
      const {draftConfiguration} = await import('./tasks/edit-configuration.ts')
      return draftConfiguration(edit, {path: places.configFile, files: outside.editedFiles})
    },
    registry,
    store,
    hotCopies: hotCopiesOf({
      configuration,
      cache: {...chosen, directory: home.directory},
      own,
      plugins,
      watched: [...watched, ...(await watch(manifests, outside))],
      lookedAt,
      folders: outside.memoryFolders,
      env,
      store,
      secrets,
      clock,
      log,
    }),
    states: fileStates({folder: under(places.cache, 'state'), readText: files.readText, replace: files.replacePrivate}),
    locks,
    keyring: outside.keyring,
    clock,
    network,
    networkOf: networksOf(network, outside, places.home, dirname(configuration.path), log),
    silentNetworkOf: networksOf(outside.network, outside, places.home, dirname(configuration.path), log),
    env,
    log,
    secrets,
    signal,
    tell,
    asking,
    readStdin: terminal.readStdin,
    home: places.home,
    readText: files.readText,
    ask: promptsOn(terminal.promptStreams, signal),
    dialogue: dialogueOn(terminal.promptStreams, signal),
    screen: terminal.screen,
    colours: terminal.colours,
    askUntil: until => promptsOn(terminal.promptStreams, AbortSignal.any([signal, until])),
    flowFor:
      ({name, flow, browser}) =>
      offer =>
        chooseFlow({...choices, provider: name, configured: flow, program: programOf(browser)}, place, offer),
    openBrowser: async (url, {opens, shown, toSignOut = false, program}) => {
      const {openInBrowser} = await import('./browser/open.ts')
      const {launch} = processes
      terminal.waitingFor(undefined)
      const opened = openInBrowser(url, {program: programOf(program), launch, mayOpen: opens, shown, toSignOut, tell})
      if (!toSignOut) terminal.waitingFor('Waiting for your sign-in in the browser.')
      return opened
    },
    async makeAwsFiles(name, config) {
      const folder = under(under(places.cache, 'exec'), name)
      if (folder === undefined)
        throw new AwsOidcError('CONFIG_INVALID', 'There is no home for private AWS files.', {hint: '--keep-aws-files'})
      const variables = {
        AWS_CONFIG_FILE: join(folder, 'config'),
        AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
      }
      await files.replacePrivate(variables.AWS_CONFIG_FILE, config)
      await files.replacePrivate(variables.AWS_SHARED_CREDENTIALS_FILE, '')
      return {variables, remove: () => files.removeFolder(folder)}
    },
    runInForeground(...wanted) {
      waitingFor(undefined)
      terminalIsOurs = false
      return processes.runInForeground(...wanted)
    },
    output: (program, args, {providerId, ...limits}) =>
      outside.programOutput(program, args, {
        clock,
        ...limits,
        variables: {[waiting]: [...waitedFor, providerId].join()},
      }),
    makeBrowserFolder: providerId => files.makePrivateFolder(join(places.data ?? '', 'browser', providerId)),
    awsConfiguration: () => outside.awsConfiguration(join(own.root, 'bin/run.js')),
    removeBrowserFolder: async providerId => {
      const folder = under(places.data, 'browser')
      if (folder !== undefined) await files.removeFolder(join(folder, providerId))
    },
  }
  return {parts, cache: {...chosen, folder: chosen.id === 'memory' ? undefined : home.directory}}
}

function watch(paths: readonly string[], {memoryFolders}: Outside): Promise<readonly Watched[]> {
  return Promise.all(paths.map(async path => ({path, state: await memoryFolders.look(path)})))
}

function askingOf(choices: Choices, {interactive}: Configuration, around: Surroundings): Asking {
  const decided = mayAsk(choices.interactive, interactive, around)
  return {
    interactive: decided === 'always' || (decided === 'auto' && personCanSee(around)),
    ignoresBrake: choices.login || decided === 'always',
    attended: around.stdinIsTerminal,
    mayRead: choices.login && around.stdinIsTerminal,
  }
}

/** AWS_OIDC_BROWSER and BROWSER name a program that gets the address as its one argument. */
function programFrom(env: Outside['env']): readonly [string] | undefined {
  const program = env.AWS_OIDC_BROWSER || env.BROWSER
  return program ? [program] : undefined
}

function logTo(say: (text: string) => void, debug: boolean): Log {
  return {
    debug: message => (debug ? say(`debug: ${message}`) : undefined),
    info: say,
    warn: message => say(`Warning: ${message}`),
  }
}

/** The network of each provider; those with TLS settings of their own have one of their own, made when it is needed. */
function networksOf(
  network: Network,
  {readTls, clock}: Outside,
  home: string | undefined,
  folder: string,
  log: Log,
): Parts['networkOf'] {
  const made = new Map<string, Network>()
  const resolve = (file: NamedFile | undefined) => file && {...file, path: fileFrom(file.path, home, folder)}
  return ({name, tls}) => {
    if (!tls) return network
    const files = {ca: resolve(tls.ca), cert: resolve(tls.cert), key: resolve(tls.key)}
    // While a provider is set up, its settings change.
    const key = JSON.stringify([name, files])
    const own = made.get(key) ?? network.withTls(readTls(files, {now: clock.now(), warn: log.warn}))
    made.set(key, own)
    return own
  }
}

/** A path in the configuration: from the home with `~`, else from the configuration's folder. */
function fileFrom(path: string, home: string | undefined, folder: string): string {
  const fromHome = /^~[/\\](.*)$/s.exec(path)?.[1]
  if (fromHome !== undefined && home !== undefined) return join(home, fromHome)
  return isAbsolute(path) ? path : join(folder, path)
}

function under(folder: string | undefined, name: string): string | undefined {
  return folder === undefined ? undefined : join(folder, name)
}
