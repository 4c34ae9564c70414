import {cp, mkdir, mkdtemp, readdir, rm, symlink} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {root} from './sandbox.ts'

/** aws-oidc as installed on another machine, with different packages or without some. */
export interface Installation {
  readonly folder: string
  readonly program: string
  /** The folder of the packages of one scope, for a test to change. */
  readonly scope: string
  remove(): Promise<void>
}

/** A copy of this installation without the packages of one scope. */
export async function installWithout(scope: string): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'aws-oidc-installation-'))
  for (const name of ['bin', 'dist', 'package.json', 'oclif.manifest.json']) {
    await cp(join(root, name), join(folder, name), {recursive: true})
  }
  const packages = join(root, 'node_modules')
  await mkdir(join(folder, 'node_modules', scope), {recursive: true})
  for (const name of await readdir(packages)) {
    if (name !== scope) await symlink(join(packages, name), join(folder, 'node_modules', name), 'junction')
  }
  return {
    folder,
    program: join(folder, 'bin/run.js'),
    scope: join(folder, 'node_modules', scope),
    remove: () => rm(folder, {recursive: true, force: true}),
  }
}
