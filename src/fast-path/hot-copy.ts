/**
 * Hot copies: role credentials, ready to be printed, in memory. Two readers take them without starting the rest of this
 * program: the lane in bin/run.js, and bin/launcher.sh, which can compare the times of files but read none. Whatever
 * is not as it was when a copy was made sends both here. See docs/decisions/0016-hot-copies.md.
 */
import {
  decisiveVariables,
  linesOf,
  nameFor,
  type Stamped,
  type StampedFolder,
  type Watched,
  type WatchedState,
} from './stamp.ts'

export interface HotCopy extends Stamped {
  /** One line. */
  readonly document: string
  readonly around: Surroundings
}

/** What shows to `sh` that a watched file was exchanged for one that has the same times. */
export interface Surroundings {
  /** Watched paths that lead through links, and to which file. */
  readonly links: readonly {readonly path: string; readonly real: string}[]
  /** Folders whose times change where a watched file is exchanged in them. */
  readonly folders: readonly Watched[]
}

const format = 'aws-oidc 2'

/** Puts a copy into its place, and tells its name; `undefined` where it has no form that the readers would take. */
export async function putHotCopy(copy: HotCopy, folder: StampedFolder, now: Date): Promise<string | undefined> {
  const name = nameFor(copy, ':')
  const watched = [...copy.watched, ...copy.around.folders]
  const text = linesOf(format, decisiveVariables, {...copy, watched, links: copy.around.links}, copy.document)
  if (name === undefined || text === undefined) return undefined
  const stamps = watched.flatMap(({state}) => (state ? stampsOf(state) : []))
  const others = await leftovers(name, folder, now)
  // The copy names its stamps, so a reader never sees those of another one.
  await Promise.all(stamps.map(({name, modifiedAt}) => folder.put(name, '', modifiedAt)))
  await folder.put(name, text, copy.serveUntil)
  const current = new Set([name, ...stamps.map(stamp => stamp.name)])
  await Promise.all(others.filter(other => !current.has(other)).map(other => folder.remove(other)))
  return name
}

/** What `sh` compares a watched file with: it must be no older than the one and no newer than the other. */
function stampsOf({id, modifiedAt}: WatchedState): readonly {readonly name: string; readonly modifiedAt: Date}[] {
  const at = modifiedAt.getTime()
  return [
    {name: `${id}.low`, modifiedAt: new Date(at - 1)},
    {name: `${id}.high`, modifiedAt: new Date(at + 2)},
  ]
}

/**
 * What is of no use any more once the copy of that name is replaced: copies past their time, and stamps that they and it
 * name. A stamp that the new copy doesn't need is of a file that has changed since, so nobody needs it.
 */
async function leftovers(name: string, folder: StampedFolder, now: Date): Promise<readonly string[]> {
  const copies = await folder.list(file => file.includes(':'))
  const over = copies.filter(file => file.modifiedAt <= now).map(file => file.name)
  const texts = await Promise.all([name, ...over].map(other => folder.read(other)))
  const stamps = texts
    .flatMap(text => text?.split('\n')[1]?.split('\t') ?? [])
    .filter(word => /^[\da-z]+(-[\da-z]+){3}$/.test(word))
  return [...over, ...stamps.flatMap(id => [`${id}.low`, `${id}.high`])]
}
