/**
 * Hot copies: role credentials in memory, ready to be printed. Two readers serve them without starting the rest of this
 * program: the lane in bin/run.js, and bin/launcher.sh, which can compare the times of files but not read them. If
 * anything has changed since a copy was made, both start the whole program. See docs/decisions/0016-hot-copies.md.
 */
import {callerLines} from './caller-lines.ts'
import {linesOf, nameFor, type Stamped, type StampedFolder, type Watched, type WatchedState} from './stamp.ts'

export interface HotCopy extends Stamped {
  /** One line. */
  readonly document: string
  readonly around: Surroundings
}

/** What shows `sh` that a watched file was replaced by one with the same times. */
export interface Surroundings {
  /** Watched paths that lead through symbolic links, and the file that each leads to. */
  readonly links: readonly {readonly path: string; readonly real: string}[]
  /** Folders whose times change when a watched file in them is replaced. */
  readonly folders: readonly Watched[]
}

/** Writes a copy, and resolves to its name; `undefined` if it has no form that the readers take. */
export async function putHotCopy(copy: HotCopy, folder: StampedFolder, now: Date): Promise<string | undefined> {
  const name = nameFor(copy, ':')
  const watched = [...copy.watched, ...copy.around.folders]
  const text = linesOf(callerLines.hotCopy, {...copy, watched, links: copy.around.links}, copy.document)
  if (name === undefined || text === undefined) return undefined
  const bounds = watched.flatMap(({state}) => (state ? boundsOf(state) : []))
  const others = await leftovers(name, folder, now)
  // The copy names its bounds, so no reader takes another copy's.
  await Promise.all(bounds.map(({name, modifiedAt}) => folder.put(name, '', modifiedAt)))
  await folder.put(name, text, copy.serveUntil)
  const current = new Set([name, ...bounds.map(bound => bound.name)])
  await Promise.all(others.filter(other => !current.has(other)).map(other => folder.remove(other)))
  return name
}

/** The two files that `sh` compares a watched file with: it must be no older than `low` and no newer than `high`. */
function boundsOf({id, modifiedAt}: WatchedState): readonly {readonly name: string; readonly modifiedAt: Date}[] {
  const at = modifiedAt.getTime()
  return [
    {name: `${id}.low`, modifiedAt: new Date(at - 1)},
    {name: `${id}.high`, modifiedAt: new Date(at + 2)},
  ]
}

/**
 * What is useless once the copy of that name is replaced: expired copies, and the bounds named by these and by the
 * copy. A bound that the new copy doesn't need is for a file that has changed since, so no copy needs it.
 */
async function leftovers(name: string, folder: StampedFolder, now: Date): Promise<readonly string[]> {
  const copies = await folder.list(file => file.includes(':'))
  const over = copies.filter(file => file.modifiedAt <= now).map(file => file.name)
  const texts = await Promise.all([name, ...over].map(other => folder.read(other)))
  const ids = texts
    .flatMap(text => text?.split('\n')[1]?.split('\t') ?? [])
    .filter(word => /^[\da-z]+(-[\da-z]+){3}$/.test(word))
  return [...over, ...ids.flatMap(id => [`${id}.low`, `${id}.high`])]
}
