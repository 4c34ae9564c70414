import type {Keyring} from '../plugin.ts'
import {readProviderTls} from './client-certificate.ts'
import {type Clock, systemClock} from './clock.ts'
import {inContainer} from './container.ts'
import {type Files, systemFiles} from './files.ts'
import {systemKeyring} from './keyring.ts'
import {type Network, systemNetwork} from './network.ts'
import {type Npm, systemNpm} from './npm.ts'
import {findPlaces, type Places} from './places.ts'
import {type PluginGuard, systemPluginGuard} from './plugin-guard.ts'
import {type Processes, systemProcesses} from './processes.ts'
import {systemTerminal, type Terminal} from './terminal.ts'

/** Everything of the world that this program touches. A test hands in another one. */
export interface Outside {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly places: Places
  readonly clock: Clock
  readonly files: Files
  readonly processes: Processes
  readonly terminal: Terminal
  readonly network: Network
  /** Reads the files of a provider's TLS. Throws CONFIG_INVALID. */
  readonly readTls: typeof readProviderTls
  readonly keyring: Keyring
  readonly npm: Npm
  readonly plugins: PluginGuard
  readonly inContainer: () => boolean
}

export function realOutside(): Outside {
  const {env, platform} = process
  const processes = systemProcesses()
  const terminal = systemTerminal(env, platform)
  return {
    env,
    platform,
    places: findPlaces(env, platform),
    clock: systemClock,
    files: systemFiles,
    processes,
    terminal,
    inContainer,
    npm: systemNpm,
    plugins: systemPluginGuard({clock: systemClock, interruption: processes.interruption}),
    readTls: readProviderTls,
    network: systemNetwork({env, clock: systemClock, signal: processes.interruption}),
    keyring: systemKeyring({
      clock: systemClock,
      attended: terminal.stdinIsTerminal,
      tell: terminal.tell,
      onGivenUp: processes.abandon,
    }),
  }
}
