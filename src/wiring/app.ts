import {join} from 'node:path'
import {type CompletedShell, setUps, usualShell} from '../completion/shells.ts'
import {readConfiguration} from '../config/read.ts'
import type {ConsoleAddress, ConsoleSession, ConsoleWish} from '../console/console.ts'
import type {OpenConsoleWish} from '../console/open.ts'
import {type CredentialsWish, credentialsFor} from '../credentials/credentials.ts'
import type {Issued} from '../credentials/issued.ts'
import type {Wish} from '../credentials/plan.ts'
import type {DoctorWish} from '../doctor/doctor.ts'
import type {ExecWish} from '../exec/exec.ts'
import type {DoctorReport} from '../formats/doctor-report.ts'
import type {Assignments} from '../formats/variables.ts'
import type {TakeoverResult, TakeoverWish} from '../import/import.ts'
import type {Outside} from '../outside/outside.ts'
import type {ForegroundEnding} from '../outside/processes/foreground.ts'
import type {InstalledPlugin, InstallParts, InstallWish} from '../registry/install.ts'
import type {UninstalledPlugin} from '../registry/uninstall.ts'
import type {PluginUpdate} from '../registry/update.ts'
import {type CacheInfo, type Cleared, cacheInfo, clearCache} from '../session/cache.ts'
import type {ShownClaims} from '../session/claims.ts'
import type {LoginFailure, LoginResult, LoginWish} from '../session/login.ts'
import type {LogoutResult, LogoutWish} from '../session/logout.ts'
import type {RolesOffered, RolesWish} from '../session/roles.ts'
import type {Status, StatusWish} from '../session/status.ts'
import type {Whoami} from '../session/whoami.ts'
import type {AddedProfile, AddProfileWish, ProfileDetails, ProfileList} from '../settings/profiles.ts'
import type {ProviderDetails, ProviderList, RemovedProvider} from '../settings/providers.ts'
import type {SetSecretResult, SetSecretWish} from '../settings/set-secret.ts'
import type {SetupResult, SetupWish} from '../setup/result.ts'
import type {SyncResult, SyncWish} from '../sync/sync.ts'
import type {Choices} from './asking.ts'
import {installPartsOf} from './plugins.ts'
import {logTo} from './said.ts'
import {type Installation, wire} from './wire.ts'

/** Where a person may leave out the profile (credentials/target.ts). */
type ByPerson<Wish extends object> = Omit<Wish, 'profile'> & {readonly profile: string | undefined}

/** The use cases, wired to a world. Nothing is read before one of them is called. */
export interface App {
  credentials(wish: CredentialsWish): Promise<Issued>
  /** With what becomes of the region that the shell has. */
  credentialsForShell(wish: CredentialsWish): Promise<Issued & {readonly region: Assignments}>
  exec(wish: ByPerson<ExecWish>): Promise<ForegroundEnding>
  /** Opens the AWS console. */
  openConsole(wish: ByPerson<OpenConsoleWish>): Promise<ConsoleSession>
  consoleUrl(wish: ByPerson<ConsoleWish>): Promise<ConsoleAddress>
  login(wish: LoginWish): Promise<LoginResult>
  loginEverywhere(wish: Pick<LoginWish, 'force' | 'ifNeeded'>): Promise<readonly (LoginResult | LoginFailure)[]>
  logout(wish: LogoutWish): Promise<readonly LogoutResult[]>
  status(wish: StatusWish): Promise<Status>
  roles(wish: RolesWish): Promise<RolesOffered>
  /** Looks at everything that can be wrong, whatever is. */
  doctor(wish: DoctorWish): Promise<DoctorReport>
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
  whoami(wish: ByPerson<CredentialsWish>): Promise<Whoami>
  claims(wish: ByPerson<Wish>): Promise<ShownClaims>
  cacheInfo(): Promise<CacheInfo>
  clearCache(provider: string | undefined): Promise<Cleared>
  installPlugin(wish: InstallWish): Promise<InstalledPlugin>
  uninstallPlugin(name: string): Promise<UninstalledPlugin>
  /** Takes the commands that are built in. */
  updatePlugins(builtIn: readonly string[]): Promise<readonly PluginUpdate[]>
  /** The shell that somebody types in, which may be one without completion. */
  readonly usualShell: string
  /** What a shell is to run for completion. */
  completionScript(shell: CompletedShell): Promise<string>
}

export function createApp(outside: Outside, installation: Installation, choices: Choices): App {
  const parts = () => wire(outside, installation, choices)
  async function byPerson<Wish extends ByPerson<object>>(wish: Wish) {
    const {parts: wired} = await parts()
    const {personsProfile} = await import('../credentials/target.ts')
    return [{...wish, profile: personsProfile(wish.profile, wired.configuration)}, wired] as const
  }
  return {
    credentials: async wish => credentialsFor(wish, (await parts()).parts),
    // What only some calls need is loaded by those: a call from the cache has no time for it.
    credentialsForShell: async wish =>
      (await import('../credentials/working-region.ts')).credentialsForShell(wish, (await parts()).parts),
    exec: async wish => (await import('../exec/exec.ts')).exec(...(await byPerson(wish))),
    openConsole: async wish => (await import('../console/open.ts')).openConsole(...(await byPerson(wish))),
    consoleUrl: async wish => (await import('../console/console.ts')).consoleUrl(...(await byPerson(wish))),
    login: async wish => (await import('../session/login.ts')).login(wish, (await parts()).parts),
    loginEverywhere: async wish => (await import('../session/login.ts')).loginEverywhere(wish, (await parts()).parts),
    logout: async wish => (await import('../session/logout.ts')).logout(wish, (await parts()).parts),
    async status(wish) {
      const {parts: wired, cache} = await parts()
      return (await import('../session/status.ts')).status(wish, cache.id, wired)
    },
    roles: async wish => (await import('../session/roles.ts')).listRoles(wish, (await parts()).parts),
    async doctor(wish) {
      const {patientOf} = await import('./doctor.ts')
      const patient = await patientOf(outside, installation, choices)
      return (await import('../doctor/doctor.ts')).examine(wish, patient)
    },
    setSecret: async wish => (await import('../settings/set-secret.ts')).setSecret(wish, (await parts()).parts),
    listProfiles: async () => (await import('../settings/profiles.ts')).listProfiles((await parts()).parts),
    showProfile: async name => (await import('../settings/profiles.ts')).showProfile(name, (await parts()).parts),
    addProfile: async wish => (await import('../settings/profiles.ts')).addProfile(wish, (await parts()).parts),
    removeProfile: async name => (await import('../settings/profiles.ts')).removeProfile(name, (await parts()).parts),
    listProviders: async () => (await import('../settings/providers.ts')).listProviders((await parts()).parts),
    showProvider: async name => (await import('../settings/providers.ts')).showProvider(name, (await parts()).parts),
    removeProvider: async name =>
      (await import('../settings/providers.ts')).removeProvider(name, (await parts()).parts),
    takeOver: async wish => (await import('../import/import.ts')).takeOver(wish, (await parts()).parts),
    setup: async wish => (await import('../setup/setup.ts')).setup(wish, (await parts()).parts),
    sync: async wish => (await import('../sync/sync.ts')).sync(wish, (await parts()).parts),
    claims: async wish => (await import('../session/claims.ts')).claimsFor(...(await byPerson(wish))),
    whoami: async wish => (await import('../session/whoami.ts')).whoami(...(await byPerson(wish))),
    async cacheInfo() {
      const {parts: wired, cache, hotCopies} = await parts()
      return cacheInfo({...cache, hotCopies: await hotCopies.place()}, wired)
    },
    clearCache: async provider => clearCache(provider, (await parts()).parts),
    installPlugin: async wish =>
      (await import('../registry/install.ts')).installPlugin(wish, await installParts(outside, installation, choices)),
    uninstallPlugin: async name =>
      (await import('../registry/uninstall.ts')).uninstallPlugin(
        name,
        // What is to be removed may be what the configuration is broken by.
        await installParts(outside, installation, choices, async () => undefined),
      ),
    updatePlugins: async builtIn =>
      (await import('../registry/update.ts')).updatePlugins(
        builtIn,
        await installParts(outside, installation, choices),
      ),
    usualShell: usualShell(outside.env, outside.platform),
    async completionScript(shell) {
      const path = join(installation.own.root, 'bin', setUps[shell].script)
      const script = await outside.files.readText(path)
      if (script === undefined) throw new Error(`${path} is missing`)
      return script
    },
  }
}

/** Without the other parts: what they need may come with a plugin that is to be installed. */
async function installParts(
  outside: Outside,
  installation: Installation,
  {debug}: Choices,
  read = outside.files.readGiven,
): Promise<InstallParts> {
  const {places, terminal} = outside
  const path = places.configFile ?? 'config.yaml'
  const configuration = readConfiguration(path, await read(path))
  return installPartsOf(outside, installation, configuration, logTo(terminal.say, debug))
}
