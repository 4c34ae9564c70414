import type {Files} from '../outside/files/files.ts'
import {declaredBy} from './declared.ts'
import type {InstalledPackage} from './registry.ts'

/**
 * That strategies of a plugin call `host.samlFromBrowser`, which rejects in this version; `undefined` where none seems to.
 * Its code is searched for the name, and not run.
 */
export async function browserlessIn(
  {name, root, manifest}: InstalledPackage,
  {own, files}: {readonly own: InstalledPackage; readonly files: Pick<Files, 'codeMentions'>},
): Promise<string | undefined> {
  if (declaredBy(manifest, 'strategies').length === 0) return undefined
  if (!(await files.codeMentions(root, 'samlFromBrowser'))) return undefined
  const version = String(own.manifest.version)
  return `aws-oidc ${version} can't drive a browser yet: the strategies of ${name} that call samlFromBrowser will fail.`
}
