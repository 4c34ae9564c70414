import {printable} from '../errors.ts'
import {readDate, readObject} from '../text/json.ts'
import {declaredBy, kinds, type Manifest, words} from './declared.ts'

/** What a registry's metadata tells about one version of a package, before anything of it is downloaded. */
export interface Offered {
  /** The account that published it. */
  readonly publisher?: string
  /** When this version was published. */
  readonly published?: Date
  readonly strategies: readonly string[]
  readonly caches: readonly string[]
  /** Whether it has commands. Which ones, only the package itself tells. */
  readonly commands: boolean
  /** The events of oclif, such as "init", that it has hooks for. */
  readonly hooks: readonly string[]
  /** Whether the registry keeps a statement of how it was built (https://slsa.dev). Nobody has verified it. */
  readonly provenance: boolean
}

/** Reads what `npm view NAME@VERSION` answers. All of it is the publisher's or the registry's word. */
export function readOffered(answer: unknown): Offered {
  const facts: Manifest = readObject(Array.isArray(answer) ? answer.at(-1) : answer)
  const publisher = accountOf(facts._npmUser)
  const published = readDate(readObject(facts.time)[String(facts.version)])
  const {commands, hooks} = readObject(facts.oclif)
  const {predicateType} = readObject(readObject(readObject(facts.dist).attestations).provenance)
  return {
    ...(publisher !== undefined && {publisher}),
    ...(published && {published}),
    strategies: declaredBy(facts, 'strategies'),
    caches: declaredBy(facts, 'caches'),
    commands: commands !== undefined,
    hooks: Object.keys(readObject(hooks)).filter(event => !event.startsWith('aws-oidc:')),
    provenance: typeof predicateType === 'string' && predicateType.startsWith('https://slsa.dev/provenance/'),
  }
}

/** npm writes an account as "NAME <EMAIL>" or as an object. */
export function accountOf(user: unknown): string | undefined {
  const {name, username} = readObject(user)
  const found = [user, name, username].find(text => typeof text === 'string' && text !== '')
  return typeof found === 'string' ? printable(found) : undefined
}

/** What it brings, in words; "nothing" if that is so. */
export function bringsOf(offered: Pick<Offered, 'strategies' | 'caches' | 'commands' | 'hooks'>): string {
  const parts = [
    ...kinds.flatMap(kind => offered[kind].map(id => `${words[kind]} ${id}`)),
    ...(offered.commands ? ['commands'] : []),
    ...(offered.hooks.length > 0 ? [`hooks around its commands (${offered.hooks.join(', ')})`] : []),
  ]
  return parts.length === 0 ? 'nothing' : printable(parts.join(', '))
}

/** A day, the same in each time zone. */
export function dayOf(time: Date | undefined): string {
  return time ? time.toISOString().slice(0, 10) : 'unknown'
}
