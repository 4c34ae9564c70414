import {copyFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Group, Row} from './group.ts'
import type {Program} from './measure.ts'
import type {Place, User} from './place.ts'

/** Commands that read or change the whole configuration, with ten times as many profiles. */
export async function scaling(place: Place): Promise<readonly Group[]> {
  const by = callOf(place)
  const counts = [1000, 10_000]
  const people = await Promise.all(
    counts.map(async profiles => {
      const user = await place.user(`scaling-${profiles}`, {profiles})
      const [config, kept] = [join(user.env.HOME, 'config.yaml'), join(user.env.HOME, 'as-before.yaml')]
      copyFileSync(config, kept)
      const asBefore = ['/bin/cp', kept, config]
      return {user, asBefore, former: place.formerUser(`former-${profiles}`, profiles)}
    }),
  )
  const {issuer, clientId} = place.sandbox
  const added = ['--source', 'developer', '--role', 'arn:aws:iam::123456789012:role/added']
  const provider = [
    '--provider',
    'second',
    '--strategy',
    'oidc',
    '--set',
    `issuer=${issuer}`,
    '--set',
    `clientId=${clientId}`,
  ]
  // Setup signs in once, so AWS must accept this role.
  const profile = ['--profile', 'added', '--role', 'arn:aws:iam::123456789012:role/developer']
  const calls: readonly (readonly [name: string, of: (made: (typeof people)[number]) => Program])[] = [
    ['doctor', ({user}) => by(user, 'doctor', '--no-network')],
    ['profiles add', ({user, asBefore}) => ({...by(user, 'profiles', 'add', 'added', ...added), before: asBefore})],
    ['setup', ({user, asBefore}) => ({...by(user, 'setup', '--yes', ...provider, ...profile), before: asBefore})],
    [
      'setup --from aws-cli-oidc',
      ({former}) => ({...by(former, 'setup', '--from', 'aws-cli-oidc', '--yes'), before: former.asBefore}),
    ],
  ]
  return calls.map(([name, of]) => ({
    title: `${name}, with ten times the profiles`,
    part: 0.15,
    rows: people.map((made, at) => ({name: `${counts[at]} profiles`, ...of(made), ...(at === 1 && {gate: 12})})),
  }))
}

/** With as many foreign profiles in the AWS config file as we have. */
export async function syncing(place: Place, empty: Row): Promise<Group> {
  const by = callOf(place)
  const rows = await Promise.all(
    [10, 1000].map(async profiles => {
      const user = await place.user(`syncing-${profiles}`, {profiles})
      const [config, others] = [join(user.env.HOME, '.aws/config'), join(user.env.HOME, 'others')]
      const sections = Array.from({length: profiles}, (_, at) => `# of team ${at}\n[profile o${at}]\nregion = x\n\n`)
      writeFileSync(others, sections.join(''))
      const sync = by(user, 'profiles', 'sync', '--yes')
      return [
        {name: `${profiles} profiles, first run`, ...sync, before: ['/bin/cp', others, config]},
        {name: `${profiles} profiles, second run`, ...sync},
      ]
    }),
  )
  return {title: 'profiles sync', part: 0.5, rows: [empty, ...rows.flat()]}
}

/** A call of this program by a user. */
export function callOf({node, run}: Place) {
  return ({env}: Pick<User, 'env'>, ...args: readonly string[]) => ({argv: [node, run, ...args], env})
}
