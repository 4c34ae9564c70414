import {splitCommandLine} from '../../aws-config/command-line.ts'
import {sectionsByProfile} from '../../aws-config/edit.ts'
import {type Change, differenceLines} from '../../formats/difference.ts'
import {onScreen} from '../../printable.ts'
import {type SyncResult, sync} from '../sync.ts'
import {syncAsChosen} from '../sync-as-chosen.ts'
import {placeOf} from '../sync-left.ts'
import {originsIn, readFiles} from './aws-files.ts'
import {type Check, count, either, type Finding, found, type Looked, listed, type Patient} from './check.ts'
import {isOfNpx} from './installation.ts'

export const awsProfileChecks: readonly Check[] = [{area: 'AWS tools', name: 'our profiles there', look}]

/** What `profiles sync` would do, and whether what the profiles start is still there. */
async function look(patient: Patient): Promise<Looked> {
  const {parts, configuration, profiles} = patient
  const aws = await parts.awsConfiguration()
  const {read, findings: damaged} = await readFiles(aws)
  if (!aws.places || !read.config || damaged.length > 0) return found()
  const gone = await goneIn(read.config, patient)
  const lost = gone.map(({profile}) => profile)
  if (!configuration?.found) return found(...gone.map(({finding}) => finding))
  const plan = await wanted(patient)
  const concerns = ({profile}: {readonly profile: string}) => profiles.includes(profile) && !lost.includes(profile)
  const changed = plan.changes.filter(change => concerns(change) && change.action !== 'add')
  const missing = plan.changes.filter(change => concerns(change) && change.action === 'add').map(({profile}) => profile)
  const findings = [
    ...gone.map(({finding}) => finding),
    ...[...Map.groupBy(changed, ({profile}) => profile)].map(([profile, changes]) =>
      outdated(profile, changes, plan, patient),
    ),
    ...plan.left.filter(one => concerns(one) || one.kind === 'stale').flatMap(leftAlone),
    ...(missing.length === 0 ? [] : [unknown(missing, plan)]),
  ]
  return either(
    findings,
    ...(profiles.length > 0 ? [`${count(profiles.length, 'profile')} in ${aws.places.config}`] : []),
  )
}

function wanted({parts}: Patient): Promise<SyncResult> {
  return syncAsChosen({...parts, log: {...parts.log, warn: () => undefined}})
}

function outdated(profile: string, changes: readonly Change[], {files}: SyncResult, patient: Patient): Finding {
  return {
    id: 'profile.outdated',
    severity: 'warning',
    what: `${files.config}: the profile "${profile}" is not as our configuration has it.`,
    mend: 'aws-oidc profiles sync',
    details: differenceLines(changes, files, false)
      .map(line => onScreen([line]))
      .filter(line => /^[-+ ] /.test(line)),
    fix: fixOf(profile, patient),
  }
}

/** Writes one profile of ours anew. From the cache of npx the tools must not be told to start anything. */
function fixOf(profile: string, patient: Patient): Finding['fix'] {
  const {parts, configuration, own} = patient
  if (isOfNpx(own)) return undefined
  return async () => {
    // To name a profile is to consent that other keys in it go, and only a person may do that.
    const other = (await wanted(patient)).left.find(left => left.profile === profile)
    if (other) throw new Error(other.why)
    const chain = configuration?.profiles[profile]?.source === undefined ? 'process' : await chainOf(profile, parts)
    const result = await sync({profiles: [profile], chain, prune: false, fromRoles: undefined, write: 'yes'}, parts)
    const kept = result.backups.length === 0 ? '' : ` What was there before today is in ${result.backups.join(', ')}.`
    return `The profile "${profile}" is written anew.${kept}`
  }
}

/** How the profile has its role switched now. */
async function chainOf(profile: string, parts: Patient['parts']): Promise<'process' | 'aws'> {
  const {read} = await readFiles(await parts.awsConfiguration())
  const [section] = (read.config && sectionsByProfile(read.config).get(profile)) ?? []
  return section?.properties.some(({key}) => key === 'source_profile') ? 'aws' : 'process'
}

function leftAlone({profile, kind, why, hint}: SyncResult['left'][number]): readonly Finding[] {
  const finding = {what: why, mend: hint}
  switch (kind) {
    // Told in full by the check of such keys.
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

/** Profiles that start a program which is not there any more. */
async function goneIn(config: NonNullable<Awaited<ReturnType<typeof readFiles>>['read']['config']>, patient: Patient) {
  const {parts, inspection, configuration} = patient
  const aws = await parts.awsConfiguration()
  const all: {readonly profile: string; readonly finding: Finding}[] = []
  // Most profiles start the same one.
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
    const ours = configuration && Object.hasOwn(configuration.profiles, profile)
    const finding: Finding = {
      id: 'profile.program-gone',
      severity: 'error',
      what,
      mend: 'aws-oidc profiles sync',
      fix: ours ? fixOf(profile, patient) : undefined,
    }
    all.push({profile, finding})
  }
  return all
}

function once<Found>(known: Map<string, Found>, name: string, look: (name: string) => Found): Found {
  const found = known.get(name) ?? look(name)
  known.set(name, found)
  return found
}
