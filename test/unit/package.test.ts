import {execFileSync} from 'node:child_process'
import {readdirSync, readFileSync} from 'node:fs'
import {basename, join} from 'node:path'
import {expect} from 'chai'
import {manifestText} from '../../scripts/manifest.js'
import {root} from '../support/sandbox.ts'

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
    expect(
      files.filter((path: string) => /^dist\/(?!bundle\/|contract\/|testing\/|plugin\.d\.ts$)/.test(path)),
    ).to.deep.equal([])
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
})
