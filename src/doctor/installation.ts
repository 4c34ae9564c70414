import {dirname, join} from 'node:path'
import {readLauncher} from '../fast-path/launcher.ts'
import {parseObject, readObject} from '../text/json.ts'
import {type Check, type CheckContext, type Finding, fine, found, type Looked} from './check.ts'

export const installationChecks: readonly Check[] = [
  {area: 'Installation', name: 'this program', look: lookAtProgram},
  {area: 'Installation', name: 'Node on the PATH', look: lookAtNode},
  {area: 'Installation', name: 'the launcher', look: lookAtLauncher},
]

async function lookAtProgram({own, inspection}: CheckContext): Promise<Looked> {
  const program = `aws-oidc ${own.manifest.version} in ${own.root}, on Node ${inspection.nodeVersion}`
  if (!isOfNpx(own)) return fine(program)
  const what = `This aws-oidc runs from the cache of npx (${own.root}), which may be gone tomorrow.`
  return found({id: 'program.npx', severity: 'warning', what, mend: 'Install aws-oidc as its README says.'})
}

/** Whether it runs from the cache of npx, which may be gone tomorrow: https://docs.npmjs.com/cli/v11/commands/npx */
export function isOfNpx({root}: CheckContext['own']): boolean {
  return /[\\/]_npx(?:[\\/]|$)/.test(root)
}

/** A shell starts npm's `aws-oidc` with the first Node on the PATH. */
async function lookAtNode(context: CheckContext): Promise<Looked> {
  const path = await context.inspection.findProgram('node')
  const version = path && (await nodeVersion(path, context))
  if (path === undefined || version === undefined || (await isEnough(version, context))) return found()
  const what = `A shell starts aws-oidc with the first Node on the PATH, ${path}, which is ${version}; aws-oidc needs ${neededNode(context)}.`
  return found({id: 'node.old', severity: 'warning', what, mend: 'Install a newer Node, or put one first on the PATH.'})
}

async function lookAtLauncher(context: CheckContext): Promise<Looked> {
  const {deps, inspection, outside, own} = context
  const aws = await deps.awsConfiguration()
  const path = await deps.launcher(aws.ownProgram, {written: false})
  const text = path === undefined ? undefined : await outside.files.readText(path)
  if (path === undefined || text === undefined) return found()
  const fix = async () => {
    if ((await deps.launcher(aws.ownProgram, {written: true})) === path) return `${path} was rewritten.`
    throw new Error(`${path} could not be written or started`)
  }
  const finding = (id: string, severity: Finding['severity'], what: string) =>
    found({id, severity, what, mend: 'aws-oidc doctor --fix', fix: isOfNpx(own) ? undefined : fix})

  const launcher = readLauncher(text)
  if (!launcher || (await inspection.findProgram(path)) === undefined) {
    return finding(
      'launcher.broken',
      'error',
      `${path}, which AWS tools start, is not our launcher or can't be started.`,
    )
  }
  const {node, script, template} = launcher
  const there = await Promise.all([inspection.findProgram(node), inspection.look(script)])
  const gone = [node, script].find((_, index) => there[index] === undefined)
  if (gone !== undefined) {
    const what = `${path} should start ${gone}, which is gone, so it looks for aws-oidc on the PATH.`
    return finding('launcher.moved', 'warning', what)
  }
  const version = await nodeVersion(node, context)
  if (version !== undefined && !(await isEnough(version, context))) {
    const what = `${path} starts ${node}, which is Node ${version}; aws-oidc needs ${neededNode(context)}.`
    return finding('launcher.node', 'error', what)
  }
  const other = parseObject((await outside.files.readText(join(dirname(script), '../package.json'))) ?? '').version
  const current = await outside.files.readText(join(own.root, 'dist/bundle/launcher.sh'))
  if (other !== own.manifest.version) {
    const what = `${path} starts aws-oidc ${other} in ${script}; this is ${own.manifest.version}.`
    return finding('launcher.outdated', 'warning', what)
  }
  if (template !== current)
    return finding('launcher.outdated', 'warning', `${path} differs from what this version writes.`)
  return fine(`${path} starts ${script}`)
}

/** The version that a Node reports; `undefined` if it reports none within five seconds. */
async function nodeVersion(path: string, {outside, deps, signal}: CheckContext): Promise<string | undefined> {
  const {platform} = outside
  const limits = {clock: deps.clock, milliseconds: 5_000, signal, variables: {NODE_OPTIONS: ''}, platform}
  const printed = await outside.programOutput(path, ['--version'], limits).catch(() => '')
  return /^v(\d+\.\d+\.\d+)/.exec(printed)?.[1]
}

function neededNode({own}: CheckContext): string {
  return String(readObject(own.manifest.engines).node)
}

async function isEnough(version: string, context: CheckContext): Promise<boolean> {
  const {satisfies} = (await import('semver')).default
  return satisfies(version, neededNode(context), {includePrerelease: true})
}
