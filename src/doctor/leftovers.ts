import {basename, dirname, join} from 'node:path'
import {type Check, type CheckContext, count, either, type Finding, type Looked, listed} from './check.ts'

export const leftoverChecks: readonly Check[] = [
  {area: 'Files', name: 'what killed processes have left', look: lookAtLeftovers},
  {area: 'Files', name: 'locks', look: lookAtLocks},
]

// A process writes for moments only; the same hour is used everywhere else.
const staleMilliseconds = 60 * 60 * 1000

async function lookAtLeftovers(context: CheckContext): Promise<Looked> {
  return either(
    [
      ...leftover({id: 'files.temporary', what: 'half-written file'}, await temporaryFiles(context), context),
      ...leftover(
        {id: 'files.exec-left', what: 'folder left by a killed "exec --serve"'},
        await execFolders(context),
        context,
      ),
      ...leftover(
        // The other Node may still be in use, and would have to compile again.
        {id: 'files.compiled-left', severity: 'note', what: 'folder of code compiled by another Node'},
        await otherNodes(context),
        context,
      ),
    ],
    'killed processes have left nothing',
  )
}

function leftover(
  {id, severity = 'warning', what}: Pick<Finding, 'id' | 'what'> & Partial<Pick<Finding, 'severity'>>,
  paths: readonly string[],
  {inspection}: CheckContext,
): readonly Finding[] {
  if (paths.length === 0) return []
  const fix = async () => {
    for (const path of paths) await inspection.remove(path)
    return `${count(paths.length, 'path')} removed.`
  }
  const plural = paths.length === 1 ? what : what.replace(/^(\S+ file|folder)/, '$1s')
  return [{id, severity, what: `${paths.length} ${plural}: ${listed(paths)}.`, mend: 'aws-oidc doctor --fix', fix}]
}

/** Half-written files of ours, by names that only we give. */
async function temporaryFiles({outside: {places}, deps, inspection}: CheckContext): Promise<readonly string[]> {
  const {configFile, data} = places
  const own = [
    places.cache,
    places.entries,
    places.states,
    places.pointers,
    places.hotCopies,
    data && join(data, 'bin'),
  ]
  const {places: aws} = await deps.awsConfiguration()
  const folders = [
    ...own.flatMap(folder => (folder === undefined ? [] : [{folder}])),
    // Other programs keep files in these folders too.
    ...[configFile, aws?.config, aws?.credentials].flatMap(path =>
      path === undefined ? [] : [{folder: dirname(path), of: basename(path)}],
    ),
  ]
  const now = deps.clock.now().getTime()
  const found = folders.map(async ({folder, of = ''}: {readonly folder: string; readonly of?: string}) => {
    const names = (await inspection.list(folder)).filter(
      name => /\.[0-9a-f]{12}\.tmp$/.test(name) && name.startsWith(of),
    )
    const paths = names.map(name => join(folder, name))
    const facts = await Promise.all(paths.map(path => inspection.look(path)))
    return paths.filter((_, index) => now - (facts[index]?.modifiedAt.getTime() ?? now) > staleMilliseconds)
  })
  return (await Promise.all(found)).flat()
}

/** Folders whose process has ended. Those of other machines that share this home stay: theirs may still run. */
async function execFolders({outside: {places}, inspection}: CheckContext): Promise<readonly string[]> {
  const found = places.awsFiles.map(async ({folder, prefix}) => {
    const names = (await inspection.list(folder)).filter(name => name.startsWith(prefix))
    const markOf = (name: string) => name.slice(prefix.length).replace(/\.[0-9a-f]+$/, '')
    const paths = names.filter(name => inspection.isRunning(markOf(name)) === false).map(name => join(folder, name))
    // In a folder that all users share, remove only what we own.
    const facts = await Promise.all(paths.map(path => inspection.look(path)))
    return paths.filter((_, at) => facts[at]?.owner === 'self')
  })
  return (await Promise.all(found)).flat()
}

/** The folders of code compiled by other versions of Node than the running one. */
async function otherNodes({outside: {places}, inspection}: CheckContext): Promise<readonly string[]> {
  const {compiled: folder} = places
  if (folder === undefined) return []
  const names = (await inspection.list(folder)).filter(name => /^v\d/.test(name))
  return names.filter(name => !name.startsWith(`v${inspection.nodeVersion}-`)).map(name => join(folder, name))
}

/** Whether a lock may be held for long, as those of providers are, whose names have no dot. */
function isLong(name: string): boolean {
  return !name.includes('.') && !name.endsWith('-journal')
}

/** Reports locks that are held now. Their holders are alive: the system frees a lock when its process ends. */
async function lookAtLocks({outside: {places}, deps, inspection}: CheckContext): Promise<Looked> {
  const {locks: folder} = places
  const held: string[] = []
  const names = folder === undefined ? [] : await inspection.list(folder)
  // Other locks are held only for a moment, and the journal that SQLite puts beside a lock is none.
  for (const name of names.filter(isLong)) {
    // Trying a lock would close it to other users, which is for --fix to do.
    const facts = await Promise.all([folder ?? '', join(folder ?? '', name)].map(inspection.look))
    if (facts.some(one => !one || one.others.read || one.others.write)) continue
    if ((await deps.locks.holdIfFree(name, async () => true)) === undefined) held.push(name)
  }
  if (held.length === 0) return {findings: [], fine: []}
  const what = `Another aws-oidc is at work now, and calls for the same provider wait for it (${count(held.length, 'lock')}).`
  const mend = 'Finish the sign-in in your browser, or end the other aws-oidc.'
  return {findings: [{id: 'lock.held', severity: 'note', what, mend}], fine: []}
}
