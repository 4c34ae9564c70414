import {dirname, join} from 'node:path'
import {chooseCache} from '../cache/choice.ts'
import {notCleared, type Store, storeOver} from '../cache/store.ts'
import {nearest} from '../config/nearest.ts'
import type {Program} from '../config/schema.ts'
import {fileStates} from '../coordination/state.ts'
import type {Dependencies} from '../credentials/dependencies.ts'
import {AwsOidcError} from '../errors.ts'
import {decisiveFiles, hotCopiesOf, isPlain} from '../fast-path/hot-copies.ts'
import type {Watched} from '../fast-path/stamp.ts'
import {chooseFlow} from '../host/flow.ts'
import {isSet} from '../host/interactive.ts'
import {proxyPasswords} from '../outside/network/proxy.ts'
import type {Outside} from '../outside/outside.ts'
import {within} from '../outside/system/clock.ts'
import type {CacheHome} from '../plugin.ts'
import {refusalOf} from '../registry/allowed.ts'
import {knownPlugins} from '../registry/installed.ts'
import {type InstalledPackage, registryOf} from '../registry/registry.ts'
import {dialogueOn} from '../terminal/dialogue.ts'
import {secrets} from '../text/secrets.ts'
import {askingOf, type Choices, programFrom, questionsOn} from './asking.ts'
import {awsFilesIn} from './aws-files.ts'
import {browserFoldersIn} from './browser-folders.ts'
import {browsersOf} from './browsers.ts'
import {configurationAt} from './configuration.ts'
import {locksIn} from './locks.ts'
import {networksOf} from './networks.ts'
import {installDependenciesOf} from './plugins.ts'
import {logTo, namesIn, warningOnce} from './said.ts'
import {announcedLocks, announcedNetwork, stagesOn} from './stages.ts'

/** This program as it is installed. */
export interface Installation {
  readonly own: InstalledPackage
  /** The folder in which oclif keeps plugins. */
  readonly dataFolder: string
}

// A process stopped while it makes the cache's key in the keyring must not hold up others as long as a sign-in may take.
// The limit is longer than we wait for the user to type the keyring's password.
const keyLockMilliseconds = 40_000
const keyringBusy = new AwsOidcError('UNAVAILABLE', 'Another aws-oidc has been waiting for the keyring for too long.')

/** Tells a command that prints a secret, and any aws-oidc that it starts, which providers' sign-ins wait for it. */
const waitingVariable = 'AWS_OIDC_WAITING'

/** What `wire` connects. */
export type Wired = Awaited<ReturnType<typeof wire>>

/** Reads the configuration, and connects the dependencies of all use cases to the real world. */
export async function wire(outside: Outside, installation: Installation, choices: Choices) {
  const {own, dataFolder} = installation
  const {env, places, clock, files, processes, terminal} = outside
  const {waitingFor, progress, notice, handOver} = stagesOn(terminal)
  const network = announcedNetwork(outside.network, waitingFor)
  const path = places.configFile ?? 'config.yaml'
  const lookedAt = clock.now()
  // Looked at before they are read, so that a change in between counts as a later one.
  const watched = await watch(decisiveFiles(path, own, dataFolder), outside)
  const configuration = await configurationAt(path, own.manifest.version, outside)
  const log = logTo(terminal.say, choices.debug)
  secrets.spare(() => namesIn(configuration))
  const plugins = await knownPlugins(dataFolder, configuration, files)
  const registryWith = (plugins: readonly InstalledPackage[]) =>
    registryOf(own, plugins, {
      refusal: name => refusalOf(plugins.find(plugin => plugin.name === name) ?? {name}, configuration),
      guard: (plugin, work) =>
        outside.plugins.load(plugin, text => log.debug(`printed by a plugin: ${text.trimEnd()}`), work),
      load: outside.loadModule,
      nearest,
    })
  let registry = registryWith(plugins)
  const {tell} = terminal
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

  // A machine that keeps nothing has one reason for it: locks and cache warn only once.
  const unkept = warningOnce(log)
  const waitedFor = env[waitingVariable]?.split(',') ?? []
  const ownLocks = locksIn(places.locks, unkept, outside, waitedFor)
  const locks = announcedLocks(ownLocks, waitingFor)
  // If this lock can't be made, the cache says why nothing is kept.
  const keyLocks = announcedLocks(locksIn(places.locks, {...log, warn: log.debug}, outside, waitedFor), waitingFor)
  const home: CacheHome = {
    directory: places.entries ?? '',
    log,
    interactive: asking.interactive,
    signal,
    env,
    keyring: outside.keyring,
    exclusively: work =>
      within(clock, keyLockMilliseconds, keyringBusy, signal, soon => keyLocks.hold('cache', soon, work)),
  }
  const {cacheNote} = places
  const chosen = await chooseCache(env.AWS_OIDC_CACHE || configuration.cache, {
    home,
    registry,
    platform: outside.platform,
    now: clock.now,
    note: {
      read: async () => (cacheNote === undefined ? undefined : files.readText(cacheNote)),
      write: async text => (cacheNote === undefined ? undefined : files.replacePrivate(cacheNote, text)),
    },
    exists: files.exists,
    inCi: isSet(env.CI),
    byUser: choices.login,
  })

  const cached = storeOver(chosen.cache, chosen.id, unkept, clock.now, {
    strict: chosen.byHand,
    plugin: registry.pluginOfCache(chosen.id),
    clearOthers: chosen.clearOthers,
  })
  const store: Store = {
    ...cached,
    async clear(prefix) {
      try {
        await cached.clear(prefix)
      } finally {
        // Copies go after the entries: a process that makes one meanwhile checks that its entry still exists. A pointer
        // that stays leads nowhere and reveals nothing.
        await outside.pointers.removeAll().catch(() => log.debug('pointers could not be removed'))
        await outside.memoryFolders.removeAll().catch(error => Promise.reject(notCleared('The hot copies', error)))
      }
    },
  }

  const hotCopies = hotCopiesOf({
    configuration,
    cache: {...chosen, directory: home.directory},
    own,
    plugins,
    watched,
    lookedAt,
    states: outside.fileStates,
    folders: outside.memoryFolders,
    pointers: outside.pointers,
    env,
    store,
    secrets,
    clock,
    log,
  })

  const deps: Dependencies = {
    configuration,
    editConfiguration: async edit => {
      const {editConfiguration} = await import('../settings/edit.ts')
      return editConfiguration(edit, {path: places.configFile, files: outside.editedFiles, locks: ownLocks, signal})
    },
    draftConfiguration: async edit => {
      const {draftConfiguration} = await import('../settings/edit.ts')
      return draftConfiguration(edit, {path: places.configFile, files: outside.editedFiles})
    },
    // A getter, since `installPlugin` replaces the registry.
    get registry() {
      return registry
    },
    async installPlugin(request, agrees) {
      const {installOnConsent} = await import('../registry/install.ts')
      const shown = {...log, info: tell}
      const place = await installDependenciesOf(outside, installation, configuration, shown)
      const installed = await installOnConsent(request, agrees, place)
      if (installed) registry = registryWith(await knownPlugins(dataFolder, configuration, files))
      return installed
    },
    store,
    onIssued: async (plan, request, issued) => {
      if (isPlain(request)) await hotCopies.keep(plan, issued)
    },
    states: fileStates({
      folder: places.states,
      readText: files.readText,
      replace: files.replacePrivate,
      // Ctrl-C does not abort this: the state also notes that the user pressed it.
      exclusively: (name, work) => ownLocks.hold(name, new AbortController().signal, work),
    }),
    locks,
    keyring: outside.keyring,
    clock,
    network,
    networkOf: networksOf(network, outside, places.home, dirname(configuration.path), log),
    silentNetworkOf: networksOf(outside.network, outside, places.home, dirname(configuration.path), log),
    env,
    platform: outside.platform,
    log,
    secrets,
    signal,
    tell,
    progress,
    notice,
    asking,
    readStdin: terminal.readStdin,
    home: places.home,
    readText: files.readGiven,
    ask: questionsOn(terminal, signal),
    dialogue: dialogueOn(terminal.promptStreams, signal),
    screen: terminal.screen,
    colours: terminal.colours,
    askUntil: until => questionsOn(terminal, AbortSignal.any([signal, until])),
    flowFor:
      ({name, flow, browser}) =>
      offer =>
        chooseFlow({...choices, provider: name, configured: flow, program: programOf(browser)}, place, offer),
    ...browsersOf(outside, programOf),
    makeAwsFiles: awsFilesIn(places.awsFiles, files, outside.processMark(), log),
    runInForeground(...wanted) {
      handOver()
      outside.plugins.forgive()
      return processes.runInForeground(...wanted)
    },
    output: (program, args, {providerId, ...limits}) =>
      outside.programOutput(program, args, {
        clock,
        ...limits,
        variables: {[waitingVariable]: [...waitedFor, providerId].join()},
        platform: outside.platform,
      }),
    ...browserFoldersIn(places.browsers, files),
    launcher: async (ownProgram, {written}) => {
      const {installLauncher, plannedLauncher} = await import('../fast-path/launcher.ts')
      const place = {platform: outside.platform, dataFolder: places.data, files, log}
      return written ? installLauncher(ownProgram, place) : plannedLauncher(place)
    },
    awsConfiguration: () => outside.awsConfiguration(join(own.root, 'bin/run.js')),
  }
  return {deps, hotCopies, cache: {...chosen, folder: chosen.id === 'memory' ? undefined : home.directory}}
}

function watch(paths: readonly string[], {fileStates}: Outside): Promise<readonly Watched[]> {
  return Promise.all(paths.map(async path => ({path, state: await fileStates.look(path)})))
}
