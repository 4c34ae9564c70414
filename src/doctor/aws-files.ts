import {inheritedShadows} from '../aws-config/defaults.ts'
import {sectionsByProfile} from '../aws-config/edit.ts'
import {type Origin, originOf} from '../aws-config/own-profile.ts'
import {type FileKind, readSharedFile, type SharedFile} from '../aws-config/read.ts'
import {refusedByBotocore} from '../aws-config/refused.ts'
import {shadowsIn} from '../aws-config/shadows.ts'
import {expectedFailure} from '../errors.ts'
import type {AwsConfiguration} from '../outside/aws-configuration.ts'
import {mendOfDefaults, placeOf} from '../sync/left.ts'
import {type Check, type CheckContext, either, type Finding, failed, type Looked, listed} from './check.ts'
import {effectOf} from './shadow-words.ts'

export const awsFileChecks: readonly Check[] = [
  {area: 'AWS tools', name: 'the files of the AWS tools', look: lookAtFiles},
  {area: 'AWS tools', name: 'keys that win over a profile of ours', look: lookAtShadows},
]

/** The files that can be read, and what is wrong with the others. */
export async function readFiles({places, files}: AwsConfiguration) {
  const read: Partial<Record<FileKind, SharedFile>> = {}
  const findings: Finding[] = []
  for (const kind of ['config', 'credentials'] as const) {
    if (!places) continue
    try {
      read[kind] = readSharedFile(places[kind], kind, (await files.read(places[kind])) ?? '')
    } catch (error) {
      const failure = expectedFailure(error)
      if (!failure) throw error
      findings.push(failed('aws.file-damaged', 'error', failure))
    }
  }
  return {read, findings}
}

async function lookAtFiles({deps, inspection}: CheckContext): Promise<Looked> {
  const aws = await deps.awsConfiguration()
  const {read, findings} = await readFiles(aws)
  const refused = Object.values(read).flatMap((file): readonly Finding[] => {
    const problem = refusedByBotocore(file)
    const what = `The AWS CLI and boto3 refuse ${file.path}: ${problem}.`
    return problem ? [{id: 'aws.file-refused', severity: 'error', what, mend: 'Fix that line.'}] : []
  })
  const paths = Object.values(read).map(({path}) => path)
  const there = await Promise.all(paths.map(path => inspection.look(path)))
  const words = paths.filter((_, index) => there[index]).map(path => `${path} can be read`)
  return either([...findings, ...refused], ...words)
}

/** The profiles of the AWS tools that aws-oidc wrote, each with its origin. */
export function originsIn(config: SharedFile | undefined, {ownProgram, platform}: AwsConfiguration) {
  const origins = new Map<string, Origin>()
  for (const [name, [section]] of config ? sectionsByProfile(config) : []) {
    const origin = section && originOf(section, ownProgram[1], platform)
    if (origin) origins.set(name, origin)
  }
  return origins
}

async function lookAtShadows({deps, profiles, configuration}: CheckContext): Promise<Looked> {
  const aws = await deps.awsConfiguration()
  const {read} = await readFiles(aws)
  const origins = originsIn(read.config, aws)
  const configured = read.config ? sectionsByProfile(read.config) : new Map()
  // If our configuration can't be read, every profile that calls us is ours.
  const names = configuration
    ? profiles.filter(name => origins.has(name) || !configured.has(name))
    : [...origins.keys()]
  const findings = names.flatMap(name => Object.values(read).flatMap(file => shadowsOf(name, file, origins.get(name))))
  const inherited = Object.values(read).flatMap(file => inheritedBy(names, file, origins))
  return either([...findings, ...inherited], ...(names.length > 0 ? ['no key wins over a profile of ours'] : []))
}

/** One finding for each key of [DEFAULT] that wins over profiles of ours. */
function inheritedBy(
  names: readonly string[],
  file: SharedFile,
  origins: ReadonlyMap<string, Origin>,
): readonly Finding[] {
  const sections = sectionsByProfile(file)
  const pairs = names.flatMap(name => {
    const own = (sections.get(name) ?? []).flatMap(({properties}) => properties.map(({key}) => key))
    const there = file.kind === 'config' || sections.has(name)
    const kind = origins.get(name)?.kind ?? 'profile'
    return there ? inheritedShadows(file, kind, key => own.includes(key)).map(property => ({property, name})) : []
  })
  return [...Map.groupBy(pairs, ({property}) => property)].map(
    ([{key, at}, shadowed]): Finding => ({
      id: 'profile.shadowed',
      severity: 'error',
      what: `${placeOf(file, at)}: ${key} in [DEFAULT], which the AWS CLI and boto3 give to every profile, wins over aws-oidc in ${listed(shadowed.map(({name}) => `"${name}"`))}.`,
      mend: mendOfDefaults,
    }),
  )
}

/** One finding for all keys of a section that have the same effect. */
function shadowsOf(profile: string, file: SharedFile, origin: Origin | undefined): readonly Finding[] {
  const {kind} = file
  return (sectionsByProfile(file).get(profile) ?? []).flatMap(section => {
    const byEffect = Map.groupBy(shadowsIn(section, kind, origin), key => effectOf(key, kind))
    return [...byEffect].map(([effect, keys]): Finding => {
      const at = section.properties.find(({key}) => key === keys[0])?.at
      return {
        id: 'profile.shadowed',
        severity: 'error',
        what: `${placeOf(file, at)}: ${listed(keys)} in the profile "${profile}": ${effect}.`,
        mend: `aws-oidc profiles sync ${profile}`,
      }
    })
  })
}
