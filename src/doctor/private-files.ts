import {join} from 'node:path'
import {type Check, type CheckContext, count, either, type Finding, type Looked, listed} from './check.ts'

export const privateFileChecks: readonly Check[] = [
  {area: 'Files', name: 'who may use our files', look: lookAtPermissions},
  {area: 'Files', name: 'whether our files can be written', look: lookAtRoom},
]

/** Our private files and nothing else. The plugins that npm keeps are not listed: their folder is closed. */
async function ownPaths({outside: {places}, inspection}: CheckContext): Promise<readonly string[]> {
  const below = async (folder: string | undefined, depth: number): Promise<readonly string[]> => {
    if (folder === undefined) return []
    const facts = await inspection.look(folder)
    if (facts?.kind !== 'folder' || depth === 0) return facts ? [folder] : []
    // Node chooses the modes of its files in there; they are used only if the folder is closed.
    const depthOf = (name: string) => (name === 'compiled' ? 0 : depth - 1)
    const inner = (await inspection.list(folder)).map(name => below(join(folder, name), depthOf(name)))
    return [folder, ...(await Promise.all(inner)).flat()]
  }
  const {cache, data} = places
  const found = await Promise.all([
    below(cache, 3),
    below(places.hotCopies, 1),
    below(data, 0),
    below(data && join(data, 'bin'), 1),
    below(places.browsers, 1),
  ])
  return found.flat()
}

async function lookAtPermissions(context: CheckContext): Promise<Looked> {
  const {inspection} = context
  const all = await ownPaths(context)
  const facts = await Promise.all(all.map(async path => ({path, facts: await inspection.look(path)})))
  const home = await inspection.look(context.outside.places.home ?? '')
  // When root runs in another user's home, that user's files are no finding.
  const foreign =
    home?.owner === 'other' ? [] : facts.filter(({facts}) => facts && facts.owner !== 'self').map(({path}) => path)
  const open = facts
    .filter(({facts}) => facts?.owner === 'self' && facts.kind !== 'other' && (facts.others.read || facts.others.write))
    .map(({path}) => path)
  const findings: Finding[] = []
  if (foreign.length > 0) {
    const what = `Another user owns ${count(foreign.length, 'path')} of ours, as after "sudo aws-oidc": ${listed(foreign)}.`
    findings.push({id: 'files.owner', severity: 'error', what, mend: `sudo chown -R "$USER" ${foreign[0]}`})
  }
  if (open.length > 0) {
    const what = `Others may read or write ${count(open.length, 'path')} of ours: ${listed(open)}.`
    const fix = async () => {
      for (const path of open) await inspection.close(path)
      return `${count(open.length, 'path')} closed to others.`
    }
    findings.push({id: 'files.open', severity: 'warning', what, mend: 'aws-oidc doctor --fix', fix})
  }
  return either(findings, ...(all.length > 0 ? [`${count(all.length, 'path')} of ours, closed to others`] : []))
}

async function lookAtRoom({outside: {places}, inspection}: CheckContext): Promise<Looked> {
  const {cache, entries, states, locks} = places
  if (cache === undefined) return {findings: [], fine: []}
  const consequence = 'sign-ins are not remembered, and calls at the same time may each ask you.'
  if (!(await inspection.hasRoomFor(cache))) {
    const what = `The disk of ${cache} is full: ${consequence}`
    return {findings: [{id: 'files.no-space', severity: 'error', what, mend: `df -h ${cache}`}], fine: []}
  }
  const folders = [cache, entries, states, locks].filter(folder => folder !== undefined)
  const obstacles = await Promise.all(folders.map(folder => inspection.obstacleTo(folder)))
  const obstacle = obstacles.find(found => found !== undefined)
  if (!obstacle) return {findings: [], fine: []}
  const {path, why} = obstacle
  const what = `Nothing can be written to ${folders[obstacles.indexOf(obstacle)]}, because of ${path} (${why}): ${consequence}`
  return {findings: [{id: 'files.unwritable', severity: 'error', what, mend: `ls -ld ${path}`}], fine: []}
}
