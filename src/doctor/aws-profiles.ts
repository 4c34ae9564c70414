import {splitCommandLine} from '../aws-config/command-line.ts'
import {sectionsByProfile} from '../aws-config/edit.ts'
import type {SharedFile} from '../aws-config/read.ts'
import {type Change, differenceLines} from '../formats/difference.ts'
import {syncAsChosen} from '../sync/as-chosen.ts'
import {placeOf} from '../sync/left.ts'
import {type SyncResult, sync} from '../sync/sync.ts'
import {onScreen} from '../text/printable.ts'
import {originsIn, readFiles} from './aws-files.ts'
import {type Check, type CheckContext, count, either, type Finding, found, type Looked, listed} from './check.ts'
import {isOfNpx} from './installation.ts'

export const awsProfileChecks: readonly Check[] = [{area: 'AWS tools', name: 'our profiles there', look}]

/** Reports what `profiles sync` would do, and profiles whose program is gone. */
async function look(context: CheckContext): Promise<Looked> {
  const {deps, configuration, profiles} = context
  const aws = await deps.awsConfiguration()
  const {read, findings: damaged} = await readFiles(aws)
  if (!aws.places || !read.config || damaged.length > 0) return found()
  const gone = await goneIn(read.config, context)
  if (!configuration?.found) return found(...[...gone.values()].map(what => withoutProgram(what)))
  const plan = await wanted(context)
  const concerned = new Set(profiles.filter(profile => !gone.has(profile)))
  const concerns = ({profile}: {readonly profile: string}) => concerned.has(profile)
  const changed = plan.changes.filter(change => concerns(change) && change.action !== 'add')
  const missing = plan.changes.filter(change => concerns(change) && change.action === 'add').map(({profile}) => profile)
  const outdated = Map.groupBy(changed, ({profile}) => profile)
  const ours = new Set([...gone.keys()].filter(profile => Object.hasOwn(configuration.profiles, profile)))
  const fixOf = mendingOf([...ours, ...outdated.keys()], context)
  const findings = [
    ...[...gone].map(([profile, what]) => withoutProgram(what, ours.has(profile) ? fixOf(profile) : undefined)),
    ...[...outdated].map(([profile, changes]) => notAsWanted(profile, changes, plan, fixOf(profile))),
    ...plan.left.filter(one => concerns(one) || one.kind === 'stale').flatMap(leftAlone),
    ...(missing.length === 0 ? [] : [unknown(missing, plan)]),
  ]
  return either(
    findings,
    ...(profiles.length > 0 ? [`${count(profiles.length, 'profile')} in ${aws.places.config}`] : []),
  )
}

function wanted({deps}: CheckContext): Promise<SyncResult> {
  return syncAsChosen({...deps, log: {...deps.log, warn: () => undefined}})
}

function withoutProgram(what: string, fix?: Finding['fix']): Finding {
  return {id: 'profile.program-gone', severity: 'error', what, mend: 'aws-oidc profiles sync', fix}
}

function notAsWanted(profile: string, changes: readonly Change[], {files}: SyncResult, fix: Finding['fix']): Finding {
  return {
    id: 'profile.outdated',
    severity: 'warning',
    what: `${files.config}: the profile "${profile}" differs from our configuration.`,
    mend: 'aws-oidc profiles sync',
    details: differenceLines(changes, files, false)
      .map(line => onScreen([line]))
      .filter(line => /^[-+ ] /.test(line)),
    fix,
  }
}

interface Mending {
  readonly backups: readonly string[]
  /** The profiles that could not be written, with the reason. */
  readonly refused: ReadonlyMap<string, string>
}

/**
 * The fixes for profiles of ours. The first fix writes all of them, because each write reads and writes the whole file.
 * There are none from the cache of npx: AWS tools must not be told to start anything there.
 */
function mendingOf(profiles: readonly string[], context: CheckContext): (profile: string) => Finding['fix'] {
  if (isOfNpx(context.own)) return () => undefined
  let mending: Promise<Mending> | undefined
  return profile => async () => {
    mending ??= writeAnew(profiles, context)
    const {backups, refused} = await mending
    const why = refused.get(profile)
    if (why !== undefined) throw new Error(why)
    const kept = backups.length === 0 ? '' : ` The version from before today is saved in ${backups.join(', ')}.`
    return `Rewrote the profile "${profile}".${kept}`
  }
}

async function writeAnew(profiles: readonly string[], context: CheckContext): Promise<Mending> {
  const {deps} = context
  const {read} = await readFiles(await deps.awsConfiguration())
  // To sync a profile by name is to consent to losing other keys in it, and only the user may do that.
  const refused = new Map((await wanted(context)).left.map(({profile, why}) => [profile, why]))
  const free = profiles.filter(profile => !refused.has(profile))
  const backups = new Set<string>()
  for (const [chain, named] of Map.groupBy(free, profile => chainOf(profile, read.config, context))) {
    const result = await sync({profiles: named, chain, prune: false, fromRoles: undefined, write: 'yes'}, deps)
    for (const backup of result.backups) backups.add(backup)
  }
  return {backups: [...backups], refused}
}

/** Who switches the profile's role now, in the terms of `--chain`. */
function chainOf(profile: string, config: SharedFile | undefined, {configuration}: CheckContext): 'process' | 'aws' {
  if (!config || configuration?.profiles[profile]?.source === undefined) return 'process'
  const [section] = sectionsByProfile(config).get(profile) ?? []
  return section?.properties.some(({key}) => key === 'source_profile') ? 'aws' : 'process'
}

function leftAlone({profile, kind, why, hint}: SyncResult['left'][number]): readonly Finding[] {
  const finding = {what: why, mend: hint}
  switch (kind) {
    // The check for such keys reports them in full.
    case 'shadowed':
      return []
    case 'foreign':
      return [{id: 'profile.foreign', severity: 'warning', ...finding}]
    case 'stale':
      return [{id: 'profile.stale', severity: 'note', ...finding}]
    case 'unwritable':
      return [
        {id: 'profile.unwritable', severity: 'warning', ...finding, mend: hint ?? `Rename the profile "${profile}".`},
      ]
  }
}

function unknown(missing: readonly string[], {files}: SyncResult): Finding {
  const what = `AWS tools don't know ${listed([...new Set(missing)])} yet: ${files.config} has no such profile.`
  return {id: 'profile.unknown', severity: 'note', what, mend: 'aws-oidc profiles sync'}
}

/** The profiles that start a missing program, each with the text of its finding. */
async function goneIn(config: SharedFile, {deps, inspection}: CheckContext): Promise<ReadonlyMap<string, string>> {
  const aws = await deps.awsConfiguration()
  const gone = new Map<string, string>()
  // Most profiles start the same program: look only once.
  const programs = new Map<string, ReturnType<typeof inspection.findProgram>>()
  const scripts = new Map<string, ReturnType<typeof inspection.look>>()
  for (const profile of originsIn(config, aws).keys()) {
    const [section] = sectionsByProfile(config).get(profile) ?? []
    const property = section?.properties.find(({key}) => key === 'credential_process')
    const [program, script] = property ? (splitCommandLine(property.value, aws.platform) ?? []) : []
    if (!property || program === undefined) continue
    const startable = await once(programs, program, inspection.findProgram)
    const needed = /[\\/]run\.js$/.test(script ?? '') ? script : undefined
    if (startable !== undefined && (needed === undefined || (await once(scripts, needed, inspection.look)))) continue
    const what = `${placeOf(config, property.at)}: the profile "${profile}" starts ${startable === undefined ? program : needed}, which is not there or can't be started.`
    gone.set(profile, what)
  }
  return gone
}

function once<Found>(known: Map<string, Found>, name: string, look: (name: string) => Found): Found {
  const found = known.get(name) ?? look(name)
  known.set(name, found)
  return found
}
