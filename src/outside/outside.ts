import type {Keyring} from '../plugin.ts'
import type {AwsConfiguration} from './aws-configuration.ts'
import {type EditedFiles, editedFiles} from './files/edited-file.ts'
import {type FileStates, systemFileStates} from './files/file-states.ts'
import {type Files, systemFiles} from './files/files.ts'
import {readKeptText} from './files/kept-text.ts'
import {type MemoryFolders, systemMemoryFolders} from './files/memory-folder.ts'
import {type OwnFolders, ownFolderAt} from './files/own-folder.ts'
import {findPlaces, type Places} from './files/places.ts'
import {systemTrees, type Trees} from './files/trees.ts'
import {readProviderTls} from './network/client-certificate.ts'
import {isOtherUsers} from './network/loopback-peer.ts'
import {type Network, systemNetwork} from './network/network.ts'
import type {Inspection} from './processes/inspection.ts'
import type {Npm} from './processes/npm.ts'
import type {GuardDependencies, PluginGuard} from './processes/plugin-guard.ts'
import {type Processes, systemProcesses} from './processes/processes.ts'
import {programOutput} from './processes/program-output.ts'
import {type Clock, systemClock} from './system/clock.ts'
import {inContainer} from './system/container.ts'
import {type KeyringDependencies, systemKeyring} from './system/keyring.ts'
import {loadModule} from './system/load-module.ts'
import {processMark} from './system/process-mark.ts'
import {systemTerminal, type Terminal} from './terminal/terminal.ts'

/** Everything outside of this program that it touches. Tests substitute their own. */
export interface Outside {
  readonly env: Readonly<Record<string, string | undefined>>
  /** AWS_PROFILE, which we have removed from the environment. */
  readonly awsProfile: string | undefined
  readonly platform: NodeJS.Platform
  /** The version of the running Node. */
  readonly nodeVersion: string
  readonly places: Places
  readonly clock: Clock
  readonly files: Files
  readonly editedFiles: EditedFiles
  /** Loaded on demand. */
  readonly awsConfiguration: (script: string) => Promise<AwsConfiguration>
  readonly fileStates: FileStates
  readonly trees: Trees
  readonly memoryFolders: MemoryFolders
  /** Where pointers are kept. */
  readonly pointers: OwnFolders
  readonly processes: Processes
  readonly terminal: Terminal
  readonly network: Network
  /** Reads the files of a provider's TLS. Throws CONFIG_INVALID. */
  readonly readTls: typeof readProviderTls
  readonly programOutput: typeof programOutput
  readonly keyring: Keyring
  /** The same keyring, without extra time for a user who might be typing its password. */
  readonly unattendedKeyring: Keyring
  /** Loaded on demand: a call served from the cache has no time for it. */
  readonly npm: () => Promise<Npm>
  readonly plugins: PluginGuard
  readonly loadModule: typeof loadModule
  readonly readKeptText: typeof readKeptText
  readonly inContainer: () => boolean
  readonly isOtherUsers: typeof isOtherUsers
  /** Loaded on demand. */
  readonly inspection: () => Promise<Inspection>
  /** Distinguishes this process from all others, in the name of a file. */
  readonly processMark: () => string
}

export function realOutside(): Outside {
  const {env, platform} = process
  const awsProfile = env.AWS_PROFILE
  // If an AWS tool started us, AWS_PROFILE names the profile we serve. A child that inherits it (a browser, a command
  // for a secret, code of a plugin) and uses AWS would call us recursively.
  delete env.AWS_PROFILE
  delete env.AWS_DEFAULT_PROFILE
  const processes = systemProcesses()
  const terminal = systemTerminal(env, platform)
  const places = findPlaces(env, platform)
  const keyringDeps: KeyringDependencies = {
    clock: systemClock,
    attended: terminal.stdinIsTerminal,
    tell: terminal.tell,
    interruption: processes.interruption,
    onGivenUp: processes.abandon,
  }
  return {
    env,
    awsProfile,
    platform,
    nodeVersion: process.versions.node,
    places,
    awsConfiguration: async script =>
      (await import('./aws-configuration.ts')).awsConfiguration(script, env, platform, places.home),
    clock: systemClock,
    files: systemFiles,
    editedFiles,
    trees: systemTrees,
    fileStates: systemFileStates(places.shared),
    memoryFolders: systemMemoryFolders(places.hotCopies),
    pointers: ownFolderAt(places.pointers),
    processes,
    terminal,
    inContainer,
    isOtherUsers,
    npm: async () => (await import('./processes/npm.ts')).systemNpm,
    plugins: guardFromFirstUse({clock: systemClock, interruption: processes.interruption}),
    loadModule,
    readKeptText,
    readTls: readProviderTls,
    programOutput,
    network: systemNetwork({env, clock: systemClock, signal: processes.interruption}),
    keyring: systemKeyring(keyringDeps),
    unattendedKeyring: systemKeyring({...keyringDeps, attended: false}),
    inspection: async () => (await import('./processes/inspection.ts')).systemInspection(env, platform),
    processMark,
  }
}

function guardFromFirstUse(deps: GuardDependencies): PluginGuard {
  let guard: PluginGuard | undefined
  return {
    async load(...wanted) {
      const {systemPluginGuard} = await import('./processes/plugin-guard.ts')
      guard ??= systemPluginGuard(deps)
      return guard.load(...wanted)
    },
    forgive: () => guard?.forgive(),
    lift: exitCode => guard?.lift(exitCode),
  }
}
