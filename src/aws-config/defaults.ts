import type {Origin} from './own-profile.ts'
import type {Property, Section, SharedFile} from './read.ts'
import {secretKeys, shadowsIn} from './shadows.ts'

// These have no effect without a role to switch to, but would become part of a role switch that we write.
const partsOfSwitch = ['external_id', 'duration_seconds', 'role_session_name']

/**
 * The properties that keep the AWS CLI and boto3 from asking us: Python's parser copies every property under [DEFAULT]
 * to each section without that key. `has` tells which keys the section has.
 * https://docs.python.org/3/library/configparser.html#configparser.ConfigParser
 */
export function inheritedShadows(
  file: SharedFile,
  kind: Origin['kind'],
  has: (key: string) => boolean,
): readonly Property[] {
  return defaultsIn(file).flatMap(section => {
    const shadows = new Set(shadowsIn(section, file.kind, {kind: kind === 'switch' ? kind : 'profile'}))
    if (file.kind === 'config') {
      // In the config file, these tools ask a credential_process first.
      for (const key of secretKeys) shadows.delete(key)
      if (kind === 'switch') for (const key of partsOfSwitch) shadows.add(key)
    }
    return section.properties.filter(({key}) => shadows.has(key) && !has(key))
  })
}

// Cached, because callers ask for ten thousand profiles one by one.
const known = new WeakMap<SharedFile, readonly Section[]>()

function defaultsIn(file: SharedFile): readonly Section[] {
  const found = known.get(file) ?? file.sections.filter(({at}) => isOfDefaults(file.lines[at]?.text ?? ''))
  known.set(file, found)
  return found
}

/** Whether a line is the header of [DEFAULT], which is case-sensitive. */
export function isOfDefaults(line: string): boolean {
  return line.startsWith('[DEFAULT]')
}
