import {doubtOfRegion, problemOfRegion, regionLike} from '../config/region.ts'
import type {Configuration} from '../config/schema.ts'
import {plansFor} from '../credentials/plan.ts'
import {expectedFailure, printable} from '../errors.ts'
import {
  type Check,
  type CheckContext,
  count,
  either,
  type Finding,
  failed,
  found,
  type Looked,
  listed,
} from './check.ts'

export const configurationChecks: readonly Check[] = [
  {area: 'Configuration', name: 'the configuration', look: lookAtText},
  {area: 'Configuration', name: 'the permissions of the configuration', look: lookAtPermissions},
]

async function lookAtText({configuration, problem, outside, deps, profiles}: CheckContext): Promise<Looked> {
  if (problem) {
    const mend = problem.hint ?? `Fix that place in ${outside.places.configFile}.`
    return found({...failed('config.broken', 'error', problem), mend})
  }
  const path = outside.places.configFile
  if (path === undefined) {
    const what = 'There is no home folder, and so no place for a configuration.'
    return found({
      id: 'config.absent',
      severity: 'error',
      what,
      mend: 'export AWS_OIDC_CONFIG_FILE=/path/to/config.yaml',
    })
  }
  if (!configuration?.found) {
    const what = `There is no configuration yet: ${path} does not exist.`
    return found({id: 'config.absent', severity: 'error', what, mend: 'aws-oidc setup'})
  }
  const broken = profiles.flatMap(profile => brokenProfile(profile, deps))
  const findings = [...broken, ...doubtfulRegions(profiles, configuration.profiles, outside.env)]
  const [providers, all] = [configuration.providers, configuration.profiles].map(each => Object.keys(each).length)
  return either(findings, `${configuration.path}: ${count(providers ?? 0, 'provider')}, ${count(all ?? 0, 'profile')}`)
}

/** Finds what only using the profile would show: a wrong role, region or STS. */
function brokenProfile(profile: string, deps: CheckContext['deps']): readonly Finding[] {
  // A missing strategy is reported once, with its provider.
  const registry = {...deps.registry, ownerOf: () => ''}
  try {
    plansFor({profile}, {...deps, registry})
    return []
  } catch (error) {
    const failure = expectedFailure(error)
    if (!failure) throw error
    return [{...failed('profile.broken', 'error', failure), what: `The profile "${profile}": ${failure.message}`}]
  }
}

/** One finding for each region that AWS does not list. */
function doubtfulRegions(
  names: readonly string[],
  profiles: Configuration['profiles'],
  env: CheckContext['outside']['env'],
): readonly Finding[] {
  const users = new Map<string, string[]>()
  const note = (region: string | undefined, user: string) => {
    if (!region) return
    const all = users.get(region)
    if (all) all.push(user)
    else users.set(region, [user])
  }
  for (const name of names) {
    const {region, sts} = profiles[name] ?? {}
    for (const one of new Set([region, sts?.region])) note(one, `profile ${name}`)
  }
  for (const variable of ['AWS_REGION', 'AWS_DEFAULT_REGION']) note(env[variable], variable)
  return [...users].flatMap(([region, of]) => {
    const what = problemOfRegion(printable(region, 60)) ?? doubtOfRegion(region)
    const mend = `Set ${regionLike(region) ?? 'an AWS region'} there, unless yours is newer or not an AWS region.`
    return what === undefined ? [] : [{id: 'region.unknown', severity: 'warning', what: `${listed(of)}: ${what}`, mend}]
  })
}

async function lookAtPermissions({configuration, outside, inspection}: CheckContext): Promise<Looked> {
  const path = outside.places.configFile
  const facts = path === undefined ? undefined : await inspection.look(path)
  if (path === undefined || !configuration || facts?.kind !== 'file') return found()
  const fix = async () => {
    await inspection.close(path)
    return `${path} is closed to others.`
  }
  const mend = `chmod 600 ${path}`
  if (facts.owner === 'other') {
    const what = `${path} belongs to another user, who thereby decides which programs run as you.`
    return found({id: 'config.owner', severity: 'error', what, mend: `sudo chown "$USER" ${path}`})
  }
  if (facts.others.write) {
    const what = `Others may write to ${path}, which says which programs run as you.`
    return found({id: 'config.writable', severity: 'warning', what, mend, fix})
  }
  if (!facts.others.read) return found()
  return found({id: 'config.readable', severity: 'note', what: `Others may read ${path}.`, mend, fix})
}
