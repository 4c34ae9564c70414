import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {giveTo, nobody, onReadOnlyHome, root, runAs, variablesOf} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'

const settings = ['--set', 'issuer=https://sso.example.com', '--set', 'clientId=aws']
const foreign = `old:
  aws_federation_type: oidc
  client_id: aws
  oidc_provider_metadata_url: https://sso.example.com
`

const changes: readonly (readonly string[])[] = [
  ['profiles', 'add', 'another', '--provider', 'sandbox'],
  ['profiles', 'remove', 'admin'],
  ['providers', 'remove', 'spare'],
  ['setup', '--yes', '--no-test', '--provider', 'new', '--strategy', 'oidc', ...settings],
  ['setup', '--from', 'aws-cli-oidc', '--yes'],
]
const [add = []] = changes
const spare = '\nproviders:\n  spare: {strategy: oidc}\n'

describe('a command that changes the configuration', () => {
  const scene = useScene()
  const folder = () => join(scene.home.folder, '.config/aws-oidc')
  const path = () => join(folder(), 'config.yaml')
  const text = () => readFile(path(), 'utf8')
  beforeEach(async () => {
    await scene.home.writeConfig((await text()).replace('\nproviders:\n', spare))
    await mkdir(join(scene.home.folder, '.aws-cli-oidc'))
    await writeFile(join(scene.home.folder, '.aws-cli-oidc/config.yaml'), foreign)
  })

  for (const command of changes) {
    const words = command.slice(0, 2).join(' ')

    for (const [damage, damaged] of [
      ['is damaged', (whole: string) => `${whole}  half: {provider\n`],
      ['has an unknown key', (whole: string) => `${whole}future: 1\n`],
      ['is an AWS file', () => '[default]\nregion = us-east-1\n'],
      ['is not UTF-8', (whole: string) => Buffer.concat([Buffer.from(`${whole}# caf`), Buffer.from([0xe9, 10])])],
    ] as const) {
      it(`${words}: a configuration that ${damage} is exit 2, and stays as it is`, async () => {
        await writeFile(path(), damaged(await text()))
        const before = await readFile(path())
        const {exitCode, stdout, stderr} = await scene.home.run(command)
        expect({exitCode, stdout}, stderr).to.deep.equal({exitCode: 2, stdout: ''})
        expect(stderr)
          .to.include(path())
          .and.match(/^Error: /)
        expect(await readFile(path())).to.deep.equal(before)
      })
    }

    it(`${words}: a folder that can't be written to is exit 1, and nothing has changed`, async function () {
      if (!root) this.skip()
      const before = await text()
      const {exitCode, stderr} = await runAs(command, {
        env: variablesOf(scene.home, scene.sandbox),
        shell: onReadOnlyHome,
      })
      expect(exitCode, stderr).to.equal(1)
      expect(stderr).to.include(`${path()} can't be written: EROFS`).and.include('Try: ')
      expect(await text()).to.equal(before)
    })

    it(`${words}: a full disk is exit 1, and not a byte is lost`, async function () {
      if (!root) this.skip()
      const before = await text()
      const elsewhere = await mkdtemp(join(tmpdir(), 'aws-oidc-full-'))
      const shell = `exec unshare --mount sh -c '
        mount -t tmpfs -o size=64k tmpfs "$AWS_OIDC_FOLDER" && cd "$AWS_OIDC_FOLDER" && cat >config.yaml &&
        { head -c 70000 /dev/zero >filler 2>/dev/null; truncate -s -4096 filler
          "$@"; code=$?; cat config.yaml; ls; exit $code; }' sh "$@"`
      const long = `${before}# ${'x'.repeat(5000)}\n`
      try {
        await writeFile(join(elsewhere, 'in'), long)
        const {exitCode, stdout, stderr} = await runAs(command, {
          env: {
            ...variablesOf(scene.home, scene.sandbox),
            AWS_OIDC_FOLDER: folder(),
            INPUT: join(elsewhere, 'in'),
          },
          shell: `exec <"$INPUT"; ${shell}`,
        })
        expect(exitCode, stderr).to.equal(1)
        expect(stderr).to.include(`${path()} can't be written: ENOSPC`)
        expect(stdout, 'nor is anything left beside it').to.equal(`${long}config.yaml\nfiller\n`)
      } finally {
        await rm(elsewhere, {recursive: true})
      }
    })
  }

  it('keeps a link, and changes its target', async () => {
    const real = join(scene.home.folder, 'dotfiles/aws-oidc.yaml')
    await mkdir(join(scene.home.folder, 'dotfiles'), {mode: 0o755})
    await rename(path(), real)
    await symlink('../../dotfiles/aws-oidc.yaml', path())
    expect((await scene.home.run(add)).exitCode).to.equal(0)
    expect(await readlink(path())).to.equal('../../dotfiles/aws-oidc.yaml')
    expect(await readFile(real, 'utf8')).to.include('another:')
    expect((await stat(join(scene.home.folder, 'dotfiles'))).mode & 0o777, 'the folder is not ours').to.equal(0o755)
  })

  it('makes the file private to its owner, and leaves nothing beside it', async () => {
    await writeFile(path(), await text(), {mode: 0o644})
    await scene.home.run(add)
    expect((await stat(path())).mode & 0o777).to.equal(0o600)
    expect(await readdir(folder())).to.deep.equal(['config.yaml'])
  })

  it('keeps the owner of the file when root runs it', async function () {
    if (!root) this.skip()
    await giveTo(nobody, folder())
    expect((await scene.home.run(add)).exitCode).to.equal(0)
    expect((await lstat(path())).uid).to.equal(nobody)
  })

  it('keeps all changes when twelve are made at once', async () => {
    const names = Array.from({length: 12}, (_, at) => `profile-${at}`)
    const runs = names.map(name => scene.home.run(['profiles', 'add', name, '--provider', 'sandbox']))
    for (const {exitCode, stderr} of await Promise.all(runs)) expect(exitCode, stderr).to.equal(0)
    for (const name of names) expect(await text()).to.include(`  ${name}:\n`)
  })

  it('works without a terminal and without a user', async () => {
    expect((await scene.home.run([...add, '--no-interactive'], {CI: 'true'})).exitCode).to.equal(0)
  })

  it('fails with a hint where there is no home folder', async function () {
    if (!root) this.skip()
    const {exitCode, stderr} = await runAs(add, {env: {PATH: process.env.PATH}, user: 54_321})
    expect(exitCode).to.equal(2)
    expect(stderr)
      .to.match(/^Error: .+/)
      .and.include('Try: export AWS_OIDC_CONFIG_FILE=')
  })
})
