import {execFile} from 'node:child_process'
import {createHash} from 'node:crypto'
import {lstat, mkdir, readdir, readFile, readlink, rm, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {expect} from 'chai'
import {exitCodeOf, isErrorCode} from '../../src/errors.ts'
import type {Ending, Home} from './home.ts'
import {writePackage} from './written-package.ts'

/** Kinds of damage to config.yaml. */
export const damages: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
  'is no YAML': path => writeFile(path, 'providers:\n  corp: {strategy: oidc\n'),
  'says something twice': path => writeFile(path, 'cache: file\ncache: memory\n'),
  'is of another program': path => writeFile(path, '[default]\nregion = us-east-1\n'),
  'is binary': path => writeFile(path, Buffer.from([0, 255, 254, 0, 1, 10, 200])),
  'is a folder': path => rm(path).then(() => mkdir(path)),
  'is a link to itself': path => rm(path).then(() => symlink(path, path)),
}

/** Kinds of damage to ~/.aws/config. */
export const awsDamages: typeof damages = {
  'ends in the middle': path => writeFile(path, '[profile x]\nregion = y\n[profile z'),
  'is binary': path => writeFile(path, Buffer.from([0, 255, 254, 0, 1, 10, 200])),
  'is a folder': path => rm(path).then(() => mkdir(path)),
  'is a link to itself': path => rm(path).then(() => symlink(path, path)),
}

/** Expects an ending as in docs/exit-codes.md: one error and a hint for users, or one JSON document for programs. */
export function expectRefusal({exitCode, stdout, stderr}: Ending, expected: number, command: string): void {
  const label = `${command}: ${stdout}${stderr}`
  expect(exitCode, label).to.equal(expected)
  if (command.includes('--json')) {
    const {code, message, hint, exitCode: told} = JSON.parse(stdout).error
    expect({told, stderr}, label).to.deep.equal({told: expected, stderr: ''})
    expect(isErrorCode(code) && exitCodeOf(code), label).to.equal(expected)
    for (const text of [message, hint]) expect(text, label).to.be.a('string').and.not.equal('')
    return
  }
  expect(stdout, label).to.equal('')
  expect(stderr, label)
    .to.match(/^Error: \S/m)
    .and.match(/^Try: \S/m)
  expect(stderr.match(/^Error: /gm), label).to.have.length(1)
  expect(stderr, label).not.to.match(/bug in aws-oidc|\n +at /)
}

/** Adds a provider that no profile uses to the configuration, and writes a configuration of the AWS tools. */
export async function furnish({folder, writeConfig}: Home): Promise<void> {
  const path = join(folder, '.config/aws-oidc/config.yaml')
  await writeConfig(
    (await readFile(path, 'utf8')).replace('\nproviders:\n', '\nproviders:\n  spare: {strategy: oidc}\n'),
  )
  await mkdir(join(folder, '.aws'))
  await writeFile(join(folder, '.aws/config'), '# mine\n[profile other]\nregion = eu-central-1\n')
}

/** Everything in a folder with its mode, owner and content, except the cache, which changes with each call. */
export async function contents(folder: string): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {}
  for (const entry of await readdir(folder, {withFileTypes: true, recursive: true})) {
    const path = join(entry.parentPath, entry.name)
    const name = path.slice(folder.length)
    if (name.startsWith('/.cache')) continue
    const {mode, uid} = await lstat(path)
    const inside = entry.isFile()
      ? createHash('sha256')
          .update(await readFile(path))
          .digest('hex')
      : entry.isSymbolicLink()
        ? await readlink(path)
        : ''
    found[name] = `${mode.toString(8)} ${uid} ${inside}`
  }
  return found
}

/** Packs a plugin as a tarball into the home. */
export async function packPlugin(folder: string): Promise<void> {
  const manifest = {
    name: 'aws-oidc-ping',
    version: '1.0.0',
    'aws-oidc': {apiVersion: 1, strategies: ['ping']},
    oclif: {hooks: {'aws-oidc:strategies': './strategies.js'}},
  }
  await writePackage(join(folder, 'package'), manifest, {'strategies.js': ''})
  await promisify(execFile)('tar', ['-czf', 'plugin.tgz', 'package'], {cwd: folder})
}

/**
 * A shell line that runs `"$@"` on a copy of the home on a full disk, and reports files that were lost or changed
 * there.
 */
export const onFullDisk = `exec unshare --mount sh -c '
  mount -t tmpfs -o size=1m none /mnt && cp -a "$HOME/." /mnt && mount --bind /mnt "$HOME" || exit 99
  (cat /dev/zero >"$HOME/filler") 2>/dev/null
  cd "$HOME"; before=$(find . -type f ! -name filler ! -path "./.cache/*" -exec sha256sum {} +)
  "$@"; code=$?
  echo "$before" | sha256sum --check --status - || echo "FILES CHANGED" >&2
  exit $code' sh "$@"`
