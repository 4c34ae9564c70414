import type {Clock} from '../clock.ts'
import {Clients} from './clients.ts'
import {AuthorizationCodes} from './codes.ts'
import {DeviceRequests} from './devices.ts'
import {Directory} from './directory.ts'
import {pagesPath} from './instance.ts'
import {PortalSessions} from './sessions.ts'
import {type Settings, usualSettings} from './settings.ts'
import {Throttle} from './throttle.ts'
import {Visits} from './visits.ts'

/** All that the twin of IAM Identity Center remembers. */
export interface IdentityCenter {
  /** The address of the pages, as browsers see it. */
  readonly pages: string
  readonly settings: Settings
  readonly clients: Clients
  readonly codes: AuthorizationCodes
  readonly devices: DeviceRequests
  readonly visits: Visits
  readonly sessions: PortalSessions
  readonly directory: Directory
  readonly throttle: Throttle
}

/** `origin` is the sandbox's, as browsers see it. */
export function createIdentityCenter(origin: string, clock: Clock): IdentityCenter {
  const settings = {...usualSettings}
  return {
    pages: `${origin}${pagesPath}`,
    settings,
    clients: new Clients(clock),
    codes: new AuthorizationCodes(clock),
    devices: new DeviceRequests(clock),
    visits: new Visits(),
    sessions: new PortalSessions(clock, () => settings),
    directory: new Directory(),
    throttle: new Throttle(clock),
  }
}
