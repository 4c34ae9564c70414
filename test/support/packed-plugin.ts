import {execFile} from 'node:child_process'
import {mkdtemp} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {hookWith} from './planted-plugin.ts'
import {root} from './sandbox.ts'
import {writePackage} from './written-package.ts'

const npm = join(root, 'node_modules/npm/bin/npm-cli.js')

/** Packs a plugin whose strategy is its name without "aws-oidc-", and resolves to the path of the tarball. */
export async function packPlugin(
  folder: string,
  name: string,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const id = name.replace('aws-oidc-', '')
  const manifest = {
    name,
    version: '1.0.0',
    type: 'module',
    'aws-oidc': {apiVersion: 1, strategies: [id]},
    oclif: {hooks: {'aws-oidc:strategies': './strategies.js'}},
    ...changes,
  }
  const source = await mkdtemp(join(folder, 'source-'))
  await writePackage(source, manifest, {'strategies.js': hookWith({}).replace("id: 'ping'", `id: '${id}'`)})
  const args = [npm, 'pack', '--json', '--pack-destination', source, '--cache', join(folder, 'npm-cache')]
  const {stdout} = await promisify(execFile)(process.execPath, args, {cwd: source})
  return join(source, JSON.parse(stdout)[0].filename)
}
