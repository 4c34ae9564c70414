import {named} from '../text/json.ts'
import type {Node} from './node.ts'
import type {Configuration, ProfileConfiguration, StsConfiguration} from './schema.ts'
import {readSessionDuration} from './values.ts'

const profileKeys = [
  'provider',
  'source',
  'role',
  'region',
  'duration',
  'sessionName',
  'externalId',
  'tags',
  'transitiveTags',
  'sourceIdentity',
  'policy',
  'policyArns',
  'output',
  'sts',
]

/** AWS STS accepts these for AssumeRole only, not for the federated calls of a profile with a `provider`. */
const sourceOnly = ['externalId', 'tags', 'transitiveTags', 'sourceIdentity']

/** A profile, by the name that it has in the configuration. */
export function readProfile(name: string, node: Node): ProfileConfiguration {
  const members = node.members(profileKeys)
  const [provider, source] = [members.get('provider'), members.get('source')]
  if ((provider === undefined) === (source === undefined)) {
    throw node.complain('must name either a provider or a source', 'provider: NAME, or source: PROFILE')
  }
  for (const key of provider ? sourceOnly : []) {
    const misplaced = members.get(key)
    if (misplaced) throw misplaced.complain('needs a profile with a "source": AWS accepts it only when switching roles')
  }
  if (source && !members.has('role')) throw node.complain('has a source but no role to switch to')
  const tags = members.get('tags')?.textMap()
  return {
    name,
    written: named([...members].map(([key, member]) => [key, member.value] as const)),
    providers: provider === undefined ? [] : Array.isArray(provider.value) ? provider.texts() : [provider.text()],
    source: source?.text(),
    role: members.get('role')?.text(),
    region: members.get('region')?.region(),
    output: members.get('output')?.text(),
    durationSeconds: readSessionDuration(members.get('duration')),
    sessionName: members.get('sessionName')?.text(),
    externalId: members.get('externalId')?.text(),
    tags,
    transitiveTags: readTransitiveTags(members.get('transitiveTags'), tags),
    sourceIdentity: members.get('sourceIdentity')?.text(),
    policy: members.get('policy')?.text(),
    policyArns: members.get('policyArns')?.texts(),
    sts: readSts(members.get('sts')),
  }
}

function readTransitiveTags(node: Node | undefined, tags: ProfileConfiguration['tags']): readonly string[] | undefined {
  const known = Object.keys(tags ?? {})
  for (const item of node?.list() ?? []) {
    if (!known.includes(item.text())) throw item.complain('must be the name of one of the "tags"', known.join(', '))
  }
  return node?.texts()
}

function readSts(node: Node | undefined): StsConfiguration {
  const members = node?.members(['region', 'endpoint', 'fips', 'dualstack'])
  return {
    region: members?.get('region')?.region(),
    endpoint: members?.get('endpoint')?.url(),
    fips: members?.get('fips')?.boolean(),
    dualstack: members?.get('dualstack')?.boolean(),
  }
}

/** Throws CONFIG_INVALID if the profile names a provider or source that is not there, or its sources form a circle. */
export function checkReferences(
  profile: ProfileConfiguration | undefined,
  node: Node,
  providers: Configuration['providers'],
  profiles: Configuration['profiles'],
): void {
  for (const provider of profile?.providers ?? []) {
    if (!Object.hasOwn(providers, provider))
      throw node.complain(`names the provider "${provider}", which does not exist`)
  }
  const way = new Set<string>()
  for (let at = profile; at?.source !== undefined; at = profiles[at.source]) {
    if (!Object.hasOwn(profiles, at.source))
      throw node.complain(`names the source "${at.source}", which does not exist`)
    if (way.has(at.name)) {
      const ring = [...[...way].slice([...way].indexOf(at.name)), at.name].join(' > ')
      throw node.complain(`has sources that lead in a circle: ${ring}`, 'provider: NAME')
    }
    way.add(at.name)
  }
}
