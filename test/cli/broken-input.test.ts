import {chmod, lstat, mkdir, readFile, rm, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {awsDamages, contents, damages, expectRefusal, furnish} from '../support/broken-input.ts'
import {type Row, rows} from '../support/command-rows.ts'
import type {Ending} from '../support/home.ts'
import {giveTo, root as isRoot, nobody, runAs, variablesOf} from '../support/machine.ts'
import {root} from '../support/sandbox.ts'
import {useScene} from '../support/scene.ts'

interface Command {
  readonly id: string
  readonly enableJsonFlag: boolean
  readonly flags: Readonly<Record<string, object>>
}
const manifest: {readonly commands: Readonly<Record<string, Command>>} = JSON.parse(
  await readFile(join(root, 'oclif.manifest.json'), 'utf8'),
)

describe('broken input', () => {
  const scene = useScene()
  const config = () => join(scene.home.folder, '.config/aws-oidc/config.yaml')
  beforeEach(() => furnish(scene.home))

  it('has a row for each command', () => {
    expect(Object.keys(rows).toSorted()).to.deep.equal(Object.keys(manifest.commands).toSorted())
  })

  /** Runs a command that is to be refused, and looks whether it has left everything as it was. */
  async function refused(args: readonly string[], code: number, run = scene.home.run): Promise<Ending> {
    const before = await contents(scene.home.folder)
    const ending = await run(args)
    expectRefusal(ending, code, args.join(' '))
    expect(await contents(scene.home.folder), args.join(' ')).to.deep.equal(before)
    return ending
  }

  /** The same, or the usual result of commands that need no configuration. */
  async function refusedOrDone({unread}: Row, args: readonly string[], run = scene.home.run): Promise<void> {
    if (unread === undefined) return void (await refused(args, 2, run))
    const before = await contents(scene.home.folder)
    const {exitCode, stdout, stderr} = await run(args)
    expect({exitCode, stderr}, stdout).to.deep.equal({exitCode: unread, stderr: ''})
    expect(await contents(scene.home.folder), args.join(' ')).to.deep.equal(before)
  }

  const all = Object.entries(rows).flatMap(([id, row]) => {
    const command = manifest.commands[id]
    return command ? [{id, row, command, name: id.replaceAll(':', ' ')}] : []
  })
  const argsOf = ({args}: Row) => args({issuer: scene.sandbox.issuer, folder: scene.home.folder})

  for (const {row, command, name} of all) {
    describe(name, () => {
      it('names a mistyped flag, and suggests a command', async () => {
        const {stderr} = await refused([...name.split(' '), '--degub', ...(row.after ?? [])], 2)
        expect(stderr).to.include('--degub').and.include('Try: aws-oidc ')
      })

      for (const [what, args, near] of [
        ['profile', row.profile?.('devloper'), 'developer'],
        ['provider', row.provider?.('sandbx'), 'sandbox'],
      ] as const) {
        if (!args) continue
        it(`names the ${what} that is nearest to an unknown one`, async () => {
          const {stderr} = await refused(args, 2)
          expect(stderr).to.match(RegExp(`^Try: .*\\b${near}\\b`, 'm'))
        })
      }

      for (const [what, damage] of Object.entries(damages)) {
        it(`reports a configuration that ${what}`, async () => {
          await damage(config())
          // As text and as JSON in turn.
          const json = command.enableJsonFlag && what === 'says something twice' ? ['--json'] : []
          await refusedOrDone(row, [...argsOf(row), ...json])
        })
      }

      it('reports a configuration that the user may not read', async function () {
        if (process.platform === 'win32') this.skip()
        await chmod(config(), 0)
        const {home, sandbox} = scene
        if (isRoot) await giveTo(nobody, home.folder)
        const env = variablesOf(home, sandbox)
        await refusedOrDone(row, argsOf(row), args => (isRoot ? runAs(args, {env, user: nobody}) : home.run(args)))
      })

      const {asks} = row
      if (asks) {
        it('says so where the user can not be asked', async () => {
          const [code, ...args] = asks
          await refused(args, code)
        })
      }
    })
  }

  describe('in the files of the AWS tools', () => {
    const aws = () => join(scene.home.folder, '.aws/config')
    for (const args of [
      ['profiles', 'sync', '--yes'],
      ['setup', '--from', 'aws-cli-oidc', '--yes'],
    ]) {
      for (const [what, damage] of Object.entries(awsDamages)) {
        it(`${args.slice(0, 2).join(' ')} reports a configuration that ${what}`, async () => {
          await mkdir(join(scene.home.folder, '.aws-cli-oidc'))
          const theirs =
            'corp: {aws_federation_type: oidc, client_id: a, oidc_provider_metadata_url: "https://a.example"}\n'
          await writeFile(join(scene.home.folder, '.aws-cli-oidc/config.yaml'), theirs)
          await damage(aws())
          await refused(args, 2)
        })
      }
    }
  })

  describe('a configuration that is a dangling link', () => {
    beforeEach(async function () {
      if (process.platform === 'win32') this.skip()
      await rm(config())
      await mkdir(join(scene.home.folder, 'dotfiles'))
      await symlink(join(scene.home.folder, 'dotfiles/aws-oidc.yaml'), config())
    })

    it('counts as missing, and the error says what to do', async () => {
      expect((await refused(['creds', '-p', 'developer'], 2)).stderr).to.include('Try: aws-oidc setup\n')
      expect(await scene.home.run(['status'])).to.include({exitCode: 0})
    })

    it('is written to the target of the link', async () => {
      const set = ['--set', `issuer=${scene.sandbox.issuer}`, '--set', 'clientId=aws-oidc']
      const args = ['setup', '--yes', '--no-test', '--provider', 'corp', '--strategy', 'oidc', ...set]
      expect(await scene.home.run(args)).to.include({exitCode: 0})
      expect((await lstat(config())).isSymbolicLink()).to.equal(true)
      expect(await readFile(join(scene.home.folder, 'dotfiles/aws-oidc.yaml'), 'utf8')).to.include('corp:')
    })
  })
})
