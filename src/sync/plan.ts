import {obstacleTo, type ProfileEdit, sectionsByProfile} from '../aws-config/edit.ts'
import {markKey, type Origin, originOf} from '../aws-config/own-profile.ts'
import type {FileKind, Section, SharedFile} from '../aws-config/read.ts'
import {companionKeys, ownKeys, secretKeys, shadowsIn} from '../aws-config/shadows.ts'
import {problemOfName} from '../aws-config/writable.ts'
import type {Change, ChangedKey, LeftAlone} from '../formats/difference.ts'
import type {Keys, WantedProfile} from './aws-profiles.ts'
import {type AwsFiles, foreign, inherited, placeOf, type Sections, shadowed} from './left.ts'
import type {Works} from './working-lines.ts'

export interface Scope {
  /** Profiles that the user has named, which may be changed even if aws-oidc did not write them. */
  readonly named: ReadonlySet<string>
  /** Limits that consent to the command: a profile with other keys that would win over us is left alone. */
  readonly replaces: 'command' | undefined
  readonly ownScript: string
  readonly platform: NodeJS.Platform
  /** The command line that starts aws-oidc with these arguments. */
  readonly command: (args: readonly string[]) => string
  readonly works: Works
  /** Whether this call is about that profile. */
  readonly includes: (name: string) => boolean
  /** Whether a profile that aws-oidc wrote is no longer configured or offered. */
  readonly isStale: (name: string, origin: Origin) => boolean
  readonly prune: boolean
}

export interface SyncPlan {
  readonly changes: readonly Change[]
  readonly left: readonly LeftAlone[]
}

/** What must change so that the files hold the wanted profiles (sources first), and what is left alone. */
export function planSync(wanted: readonly WantedProfile[], files: AwsFiles, scope: Scope): SyncPlan {
  const there = {config: sectionsByProfile(files.config), credentials: sectionsByProfile(files.credentials)}
  const origins = new Map<string, Origin>()
  for (const [name, [section]] of there.config) {
    const origin = section && originOf(section, scope.ownScript, scope.platform)
    if (origin) origins.set(name, origin)
  }
  const names = new Set(wanted.map(({name}) => name))
  const others = [...origins].filter(([name]) => !names.has(name) && scope.includes(name))
  const stale = new Set(others.filter(([name, origin]) => scope.isStale(name, origin)).map(([name]) => name))
  const moved = others.flatMap(([name, origin]) => (stale.has(name) ? [] : roleAgain(name, origin)))

  const changes: Change[] = []
  const left: LeftAlone[] = []
  const standing = new Set<string>()
  for (const profile of [...wanted, ...moved]) {
    const {name} = profile
    const sections = {config: there.config.get(name) ?? [], credentials: there.credentials.get(name) ?? []}
    const outcome = planProfile(profile, sections, files, {...scope, origin: origins.get(name), standing})
    if ('why' in outcome) left.push(outcome)
    else {
      changes.push(...outcome.changes)
      standing.add(name)
    }
  }
  for (const name of stale) {
    const outcome = planRemoval(name, there.config.get(name) ?? [], files.config, scope)
    if ('why' in outcome) left.push(outcome)
    else changes.push(outcome)
  }
  return {changes, left}
}

export function editsFor(kind: FileKind, {changes}: SyncPlan): readonly ProfileEdit[] {
  return changes.filter(({file}) => file === kind).map(editOf)
}

function editOf({profile, keys}: Pick<Change, 'profile' | 'keys'>): ProfileEdit {
  const set = keys.flatMap(({key, to}) => (to === undefined ? [] : [[key, to] as const]))
  return {profile, set: Object.fromEntries(set), unset: keys.flatMap(({key, to}) => (to === undefined ? [key] : []))}
}

/** An offered role's profile, to be written again: our program may have moved since the last time. */
function roleAgain(name: string, origin: Origin): readonly WantedProfile[] {
  if (origin.kind !== 'role') return []
  const args = ['creds', '--provider', origin.provider, '--role', origin.role]
  return [{name, args, beside: {[markKey]: name}, bySource: undefined}]
}

type ProfileScope = Scope & {readonly origin: Origin | undefined; readonly standing: ReadonlySet<string>}

function planProfile(
  profile: WantedProfile,
  {config, credentials}: Sections,
  files: AwsFiles,
  scope: ProfileScope,
): {readonly changes: readonly Change[]} | LeftAlone {
  const {name} = profile
  const [section] = config
  const problem = problemOfName(name)
  if (problem) return {profile: name, kind: 'unwritable', why: `The profile "${name}" can't be written: ${problem}.`}
  const reason = reasonToLeave(name, {config, credentials}, files, scope)
  if (reason) return reason
  const keys = keysFor(profile, section, scope)
  const shadow = inherited(name, keys, {config, credentials}, files)
  if (shadow) return shadow
  const unwanted = section
    ? [...ownKeys.filter(key => !Object.hasOwn(keys, key)), ...shadowsIn(section, 'config', undefined)]
    : []
  const changes = [
    changeOf(name, 'config', section, keys, unwanted),
    ...credentials
      .slice(0, 1)
      .map(also => changeOf(name, 'credentials', also, {}, shadowsIn(also, 'credentials', undefined))),
  ].filter(({keys: changed}) => changed.length > 0)
  for (const change of changes) {
    const obstacle = obstacleIn(change, change.file === 'config' ? config : credentials, files[change.file])
    if (obstacle) return obstacle
  }
  return {changes}
}

function reasonToLeave(
  name: string,
  sections: Sections,
  files: AwsFiles,
  {named, replaces, origin}: ProfileScope,
): LeftAlone | undefined {
  if (!named.has(name)) {
    return foreign(name, sections.config[0], files.config, origin) ?? shadowed(name, sections, files, origin)
  }
  return replaces && shadowed(name, sections, files, origin ?? {kind: 'profile'})
}

/** The keys to write. The tool may switch the role itself only if the source profile is as we want it. */
function keysFor(
  {args, beside, bySource}: WantedProfile,
  section: Section | undefined,
  {standing, command, works}: ProfileScope,
): Keys {
  if (bySource && standing.has(bySource.source)) return {...beside, ...bySource.keys}
  const there = section?.properties.find(({key}) => key === 'credential_process')?.value
  const ours = command(args)
  return {...beside, credential_process: there !== undefined && works(there, args, ours) ? there : ours}
}

function changeOf(
  profile: string,
  file: FileKind,
  section: Section | undefined,
  wanted: Keys,
  unwanted: readonly string[],
): Change {
  const keys: ChangedKey[] = []
  const properties = section?.properties ?? []
  for (const {key, value} of properties) {
    if (!Object.hasOwn(wanted, key) && unwanted.includes(key)) keys.push({key, from: shown(key, value)})
  }
  for (const [key, to] of Object.entries(wanted)) {
    const there = properties.find(property => property.key === key)
    if (there?.value === to && there.agreed) continue
    keys.push({key, ...(there && {from: shown(key, there.value)}), to})
  }
  const goes = Object.keys(wanted).length === 0 && properties.every(({key}) => unwanted.includes(key))
  return {profile, file, action: section ? (goes ? 'remove' : 'change') : 'add', keys}
}

function shown(key: string, value: string): string {
  return secretKeys.includes(key) ? '***' : value
}

function planRemoval(name: string, sections: readonly Section[], file: SharedFile, {prune}: Scope): Change | LeftAlone {
  const [section] = sections
  const place = placeOf(file, section?.at)
  if (!prune) {
    const hint = 'aws-oidc profiles sync --prune'
    return {profile: name, kind: 'stale', why: `${place}: our profile "${name}" is no longer configured.`, hint}
  }
  const own = [...ownKeys, ...companionKeys]
  const whole = section?.properties.every(({key}) => own.includes(key))
  const change = changeOf(name, 'config', section, {}, whole ? own : ownKeys)
  return obstacleIn(change, sections, file) ?? change
}

function obstacleIn(change: Change, sections: readonly Section[], file: SharedFile): LeftAlone | undefined {
  const obstacle = obstacleTo(editOf(change), sections)
  if (!obstacle) return undefined
  const {line, problem} = obstacle
  const place = placeOf(file, line && line - 1)
  const why = `${place}: the profile "${change.profile}" can't be written: ${problem}.`
  return {profile: change.profile, kind: 'unwritable', why}
}
