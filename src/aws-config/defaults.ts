import type {Origin} from './own-profile.ts'
import type {Property, Section, SharedFile} from './read.ts'
import {secretKeys, shadowsIn} from './shadows.ts'

// Without a role to switch to they are worth nothing, and beside one of ours they would become a part of it.
const partsOfSwitch = ['external_id', 'duration_seconds', 'role_session_name']

/**
 * The properties for which Python's parser, and with it the AWS CLI and boto3, would not ask us as we are asked there: it
 * gives what stands under [DEFAULT] to every section that has no such key itself. `has` tells which are there.
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
      // There it asks for them after a command.
      for (const key of secretKeys) shadows.delete(key)
      if (kind === 'switch') for (const key of partsOfSwitch) shadows.add(key)
    }
    return section.properties.filter(({key}) => shadows.has(key) && !has(key))
  })
}

// As with the sections of profiles: whoever asks for ten thousand of them asks ten thousand times.
const known = new WeakMap<SharedFile, readonly Section[]>()

function defaultsIn(file: SharedFile): readonly Section[] {
  const found = known.get(file) ?? file.sections.filter(({at}) => isOfDefaults(file.lines[at]?.text ?? ''))
  known.set(file, found)
  return found
}

/** Whether a line is a header of it; its name has a case. */
export function isOfDefaults(line: string): boolean {
  return line.startsWith('[DEFAULT]')
}
