import {inheritedShadows} from '../aws-config/defaults.ts'
import type {Origin} from '../aws-config/own-profile.ts'
import type {FileKind, Section, SharedFile} from '../aws-config/read.ts'
import {shadowsIn} from '../aws-config/shadows.ts'
import type {LeftAlone} from '../formats/difference.ts'
import type {Keys} from './aws-profiles.ts'

export type AwsFiles = Readonly<Record<FileKind, SharedFile>>

/** The sections of one profile, by file. */
export type Sections = Readonly<Record<FileKind, readonly Section[]>>

/** Why a profile is left alone that aws-oidc did not write. */
export function foreign(
  name: string,
  section: Section | undefined,
  file: SharedFile,
  origin: Origin | undefined,
): LeftAlone | undefined {
  if (!section || origin) return undefined
  const why = `${placeOf(file, section.at)}: the profile "${name}" already exists and is not ours.`
  return {profile: name, kind: 'foreign', why, hint: importConfiguration(name)}
}

/** Why a profile is left alone whose other keys some AWS tools would use instead of asking us. */
export function shadowed(
  name: string,
  sections: Sections,
  files: AwsFiles,
  origin: Origin | undefined,
): LeftAlone | undefined {
  for (const kind of ['config', 'credentials'] as const) {
    for (const section of sections[kind]) {
      const [key] = shadowsIn(section, kind, origin)
      const at = section.properties.find(property => property.key === key)?.at
      if (key === undefined) continue
      const why = `${placeOf(files[kind], at)}: "${key}" of the profile "${name}" would win over aws-oidc.`
      return {profile: name, kind: 'shadowed', why, hint: importConfiguration(name)}
    }
  }
  return undefined
}

/** The same for keys of [DEFAULT], which botocore gives to every profile; only the user knows which ones need them. */
export function inherited(name: string, keys: Keys, {credentials}: Sections, files: AwsFiles): LeftAlone | undefined {
  const kind = 'credential_process' in keys ? 'profile' : 'switch'
  const [inConfig] = inheritedShadows(files.config, kind, key => Object.hasOwn(keys, key))
  const [inCredentials] = credentials.flatMap(({properties}) => {
    const rest = properties.filter(({key}) => !shadowsIn({properties}, 'credentials', undefined).includes(key))
    return rest.length === 0 ? [] : inheritedShadows(files.credentials, kind, has => rest.some(({key}) => key === has))
  })
  const [found, file] = inConfig ? [inConfig, files.config] : [inCredentials, files.credentials]
  if (!found) return undefined
  const why = `${placeOf(file, found.at)}: "${found.key}" of [DEFAULT], which the AWS CLI and boto3 give to every profile, would win over aws-oidc in "${name}".`
  return {profile: name, kind: 'shadowed', why, hint: mendOfDefaults}
}

/** Advice for a path in a variable that holds another variable unexpanded. */
export const mendOfPlaces = 'Set it to the whole path, without quotes that keep the shell from expanding the variable.'

export const mendOfDefaults = 'Move it from [DEFAULT] into the profiles that need it.'

function importConfiguration(name: string): string {
  return `aws-oidc profiles sync ${name}`
}

export function placeOf({path}: SharedFile, at: number | undefined): string {
  return at === undefined ? path : `${path}:${at + 1}`
}
