import {execFileSync} from 'node:child_process'
import {readdirSync, readFileSync} from 'node:fs'
import {basename, join} from 'node:path'
import {expect} from 'chai'
import {manifestText} from '../../scripts/manifest.js'
import {root} from '../support/sandbox.ts'

interface Manifest {
  readonly commands: Readonly<
    Record<string, {readonly flags: Readonly<Record<string, {readonly char?: string; readonly allowNo?: boolean}>>}>
  >
}

const manifest = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8')) as Manifest

describe('the package', () => {
  for (const folder of [root, join(root, 'plugins/sandbox')]) {
    it(`has an oclif.manifest.json that is not stale (${basename(folder)})`, async () => {
      const committed = readFileSync(join(folder, 'oclif.manifest.json'), 'utf8')
      expect(committed, 'run `npm run build`').to.equal(await manifestText(folder))
    })
  }

  it('gives plugins the types of the contract and nothing else', () => {
    const attempt = (code: string) => {
      try {
        return execFileSync(process.execPath, ['--input-type=module', '-e', code], {
          cwd: root,
          encoding: 'utf8',
          stdio: 'pipe',
        })
      } catch (error) {
        return error instanceof Error ? error.message : String(error)
      }
    }
    expect(attempt("await import('aws-oidc/plugin')")).to.include('ERR_PACKAGE_PATH_NOT_EXPORTED')
    expect(attempt("await import('aws-oidc/package.json', {with: {type: 'json'}})")).to.equal('')
  })

  it('packs the command, the build and the manifest, and neither tests nor plugins', () => {
    const npm = join(root, 'node_modules/npm/bin/npm-cli.js')
    const [packed] = JSON.parse(
      execFileSync(process.execPath, [npm, 'pack', '--dry-run', '--json'], {
        cwd: root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    )
    const files = packed.files.map(({path}: {path: string}) => path)
    expect(files).to.include.members([
      'bin/run.js',
      'dist/bundle/caller-lines.json',
      'dist/bundle/launcher.sh',
      'dist/bundle/main.cjs',
      'dist/plugin.d.ts',
      'oclif.manifest.json',
      'LICENSE',
      'README.md',
    ])
    expect(files.filter((path: string) => /^dist\/(?!bundle\/|testing\/|plugin\.d\.ts$)/.test(path))).to.deep.equal([])
    expect(files.filter((path: string) => /^(plugins|test|src|scripts|docs)\//.test(path))).to.deep.equal([])
  })

  it('names the licence of everything in its bundle, and no folder of the machine that built it', () => {
    const bundle = join(root, 'dist/bundle')
    const licences = readFileSync(join(bundle, 'LICENCES.txt'), 'utf8')
    for (const name of ['@smithy/signature-v4', '@oclif/core', 'minimatch', 'openid-client', 'yaml']) {
      expect(licences).to.match(new RegExp(`^${name} \\d+\\.\\d`, 'm'))
    }
    expect(licences).to.include('Permission is hereby granted').and.to.include('Apache License')
    for (const name of readdirSync(bundle)) {
      expect(readFileSync(join(bundle, name), 'utf8').includes(root), name).to.equal(false)
    }
  })

  it('has only existing commands and flags in its documents', () => {
    const documents = [
      'README.md',
      'CONTRIBUTING.md',
      'SECURITY.md',
      ...readdirSync(join(root, 'docs'), {recursive: true, encoding: 'utf8'})
        .filter(name => name.endsWith('.md') && !name.startsWith('decisions'))
        .map(name => `docs/${name}`),
    ]
    const unknown: string[] = []
    for (const document of documents) {
      for (const line of commandLines(readFileSync(join(root, document), 'utf8'))) {
        const problem = problemOf(line)
        if (problem) unknown.push(`${document}: ${line}: ${problem}`)
      }
    }
    expect(unknown).to.deep.equal([])
  })
})

/** Commands in code: `aws-oidc ...` between backquotes, and in blocks of code. */
function commandLines(text: string): readonly string[] {
  return [...text.matchAll(/(?:`|\$ |^ {4}|= |\()aws-oidc ([a-z][^`\n)#]*)/gm)].map(([, rest = '']) => rest.trim())
}

const fromOclif = ['plugins', 'help', 'version']

function problemOf(line: string): string | undefined {
  // What follows "--", "|" or "&&" is another program's.
  const words =
    line
      .replaceAll('"', '')
      .split(/ (?:--|\||&&) /)[0]
      ?.split(/\s+/) ?? []
  const name = [2, 1].map(count => words.slice(0, count).join(':')).find(id => Object.hasOwn(manifest.commands, id))
  if (name === undefined)
    return fromOclif.includes(words[0] ?? '') || words[0] === 'sandbox' ? undefined : 'no such command'
  const flags = manifest.commands[name]?.flags ?? {}
  const known = Object.entries(flags).flatMap(([flag, {char, allowNo}]) => [
    `--${flag}`,
    ...(char ? [`-${char}`] : []),
    ...(allowNo ? [`--no-${flag}`] : []),
  ])
  return words.find(word => word.startsWith('-') && !known.includes(word.replace(/=.*/, '')) && word !== '--help')
}
