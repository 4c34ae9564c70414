import {dirname, join} from 'node:path'
import type {Files} from '../outside/files/files.ts'
import type {Log} from '../plugin.ts'

export interface LauncherDependencies {
  readonly platform: NodeJS.Platform
  /** Where this program keeps lasting data; `undefined` where there is no place for it. */
  readonly dataFolder: string | undefined
  readonly files: Pick<Files, 'readText' | 'replaceProgram' | 'takesProgram'>
  readonly log: Log
}

/** Where the launcher would be put; `undefined` where it could not be used. Writes nothing. */
export async function plannedLauncher(deps: Omit<LauncherDependencies, 'log'>): Promise<string | undefined> {
  const path = launcherPath(deps)
  return path !== undefined && (await deps.files.takesProgram(path)) ? path : undefined
}

function launcherPath({platform, dataFolder}: Pick<LauncherDependencies, 'platform' | 'dataFolder'>) {
  return platform === 'linux' && dataFolder !== undefined ? join(dataFolder, 'bin/aws-oidc') : undefined
}

/**
 * Writes the launcher, and resolves to its path for `credential_process`: it prints hot copies without starting Node,
 * and still finds aws-oidc when Node or npm have moved it. `undefined` where it can't be used, and `ownProgram` is to
 * be named itself.
 */
export async function installLauncher(
  ownProgram: readonly [node: string, script: string],
  {platform, dataFolder, files, log}: LauncherDependencies,
): Promise<string | undefined> {
  const path = launcherPath({platform, dataFolder})
  if (path === undefined) return undefined
  const [node, script] = ownProgram
  const source = join(dirname(script), '../dist/bundle/launcher.sh')
  const template = await files.readText(source)
  if (template === undefined) throw new Error(`${source} is missing`)
  const text = template.replace("'@NODE@'", () => quoted(node)).replace("'@RUN@'", () => quoted(script))
  try {
    if (await files.replaceProgram(path, text)) return path
    log.debug(`${path} could not be started`)
  } catch (error) {
    log.debug(`${path} could not be written: ${error instanceof Error ? error.message : String(error)}`)
  }
  return undefined
}

/** The Node and script that a launcher starts, and its template; `undefined` for any other program. */
export function readLauncher(text: string) {
  const node = /^node='(.*)'$/m.exec(text)?.[1]
  const script = /^run='(.*)'$/m.exec(text)?.[1]
  if (node === undefined || script === undefined) return undefined
  const template = text.replace(`'${node}'`, () => "'@NODE@'").replace(`'${script}'`, () => "'@RUN@'")
  const [unquotedNode = '', unquotedScript = ''] = [node, script].map(word => word.replaceAll(String.raw`'\''`, "'"))
  return {node: unquotedNode, script: unquotedScript, template}
}

/** Quotes a text as one word of sh. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
