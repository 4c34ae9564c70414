import {chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, statfs, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {expect} from 'chai'
import {makeRuntimeFolder, useHotScene} from '../support/hot.ts'
import {nobody, root} from '../support/machine.ts'

describe('a hot copy', () => {
  const scene = useHotScene(['node'])
  const made = (runtime = scene.runtime) => readdir(join(runtime, 'aws-oidc')).catch(() => [])
  const copies = async (runtime?: string) => (await made(runtime)).filter(name => name.includes(':'))
  beforeEach(() => rm(scene.folder, {recursive: true}))

  /** The copies that one more whole call makes. */
  async function copiesAfter(args?: readonly string[], env?: Readonly<Record<string, string | undefined>>) {
    const {exitCode, stderr} = await scene.callWhole(args, env)
    expect(exitCode, stderr).to.equal(0)
    return copies(env?.XDG_RUNTIME_DIR)
  }

  it('is readable by its owner alone, holds role credentials and no token, and is shown by cache info', async () => {
    expect(await copiesAfter()).to.deep.equal(['developer:'])
    expect((await stat(scene.folder)).mode & 0o777).to.equal(0o700)
    for (const name of await made()) {
      const path = join(scene.folder, name)
      expect((await stat(path)).mode & 0o777, name).to.equal(0o600)
      const [who, what, document, ...rest] = (await readFile(path, 'utf8')).split('\n')
      if (!name.includes(':')) expect({who, what}).to.deep.equal({who: '', what: undefined})
      else {
        expect(rest).to.deep.equal([''])
        expect(Object.keys(JSON.parse(document ?? ''))).to.deep.equal([
          ...['Version', 'AccessKeyId', 'SecretAccessKey', 'SessionToken', 'Expiration', 'AccountId'],
        ])
      }
    }
    const {stdout} = await scene.callWhole(['cache', 'info'])
    expect(stdout).to.include(
      `Copies   role credentials, in memory only, in plain text and readable by you only: ${scene.folder}\n`,
    )
  })

  it('is valid until the soft margin of its credentials', async () => {
    await copiesAfter()
    const [, , document = ''] = (await readFile(scene.copy, 'utf8')).split('\n')
    const end = Date.parse(JSON.parse(document).Expiration)
    expect((await stat(scene.copy)).mtimeMs).to.be.closeTo(end - 15 * 60_000, 2_000)
  })

  it('is made for each region of a terminal, so that two terminals don’t replace each other’s copy', async () => {
    await copiesAfter(['creds', '-p', 'developer', '--browser'], {AWS_REGION: 'eu-west-1'})
    expect(await copiesAfter()).to.have.members(['developer:', 'developer:eu-west-1'])
  })

  it('is also made of a role that is switched to', async () => {
    expect(await copiesAfter(['creds', '-p', 'admin'])).to.deep.equal(['admin:'])
  })

  for (const args of [
    ['creds', '-p', 'developer', '--duration', '30m'],
    ['creds', '--provider', 'sandbox', '--role', 'arn:aws:iam::123456789012:role/developer'],
    ['creds', '-p', 'developer', '--role', 'arn:aws:iam::123456789012:role/readonly'],
    ['login', '-p', 'developer', '--force'],
    ['status'],
  ]) {
    it(`is not made by ${args.join(' ')}`, async () => {
      expect(await copiesAfter(args)).to.deep.equal([])
    })
  }

  it('is not made of a profile whose provider is chosen anew each time, or whose name can not name a file', async () => {
    const role = 'arn:aws:iam::123456789012:role/developer'
    const profiles = {
      two: {provider: ['sandbox', 'sandbox'], role},
      'a/b': {provider: 'sandbox', role},
      '.c': {provider: 'sandbox', role},
    }
    await scene.home.configure({profiles})
    await scene.settle(scene.config)
    for (const profile of Object.keys(profiles))
      expect(await copiesAfter(['creds', '-p', profile]), profile).to.deep.equal([])
  })

  it('is not made while the configuration is so new that its next change might go unnoticed', async () => {
    await scene.home.configure({})
    expect(await copiesAfter()).to.deep.equal([])
  })

  async function whyNone(env: Readonly<Record<string, string | undefined>> = {}): Promise<string> {
    expect(await copiesAfter(undefined, env)).to.deep.equal([])
    const {stdout} = await scene.callWhole(['cache', 'info'], env)
    return /^Copies {3}none\. (.*)$/m.exec(stdout)?.[1] ?? stdout
  }

  it('is not made where the configuration says "never", nor with a cache that keeps nothing', async () => {
    await scene.home.configure({top: {hotCopies: 'never'}})
    await scene.settle(scene.config)
    await mkdir(scene.folder, {mode: 0o700})
    expect(await whyNone()).to.equal('The configuration says "hotCopies: never".')
    expect(await readdir(scene.runtime), 'what was left of before').to.deep.equal([])
    await scene.home.configure({})
    await scene.settle(scene.config)
    expect(await whyNone({AWS_OIDC_CACHE: 'memory'})).to.equal('The cache "memory" is used.')
  })

  const nowhere = 'You have no folder in memory here (XDG_RUNTIME_DIR).'

  it('is not made outside of memory, or where no runtime folder is set', async function () {
    const onDisk = await mkdtemp(join(tmpdir(), 'aws-oidc-disk-'))
    try {
      for (const XDG_RUNTIME_DIR of [undefined, '', 'runtime', '/nowhere', '/proc/self'])
        expect(await whyNone({XDG_RUNTIME_DIR})).to.equal(nowhere)
      if ((await statfs(onDisk)).type === 0x01021994) return this.skip()
      expect(await whyNone({XDG_RUNTIME_DIR: onDisk})).to.equal(nowhere)
      return undefined
    } finally {
      await rm(onDisk, {recursive: true})
    }
  })

  it('is not made in a runtime folder that others may write to, or that belongs to another user', async () => {
    const runtime = await makeRuntimeFolder()
    try {
      await chmod(runtime, 0o777)
      expect(await whyNone({XDG_RUNTIME_DIR: runtime})).to.equal(nowhere)
      await chmod(runtime, 0o700)
      if (root) {
        await chown(runtime, nobody, nobody)
        expect(await whyNone({XDG_RUNTIME_DIR: runtime})).to.equal(nowhere)
      }
    } finally {
      await rm(runtime, {recursive: true})
    }
  })

  it('is not made through a link, or in a folder that belongs to another user', async function () {
    const elsewhere = join(scene.runtime, 'elsewhere')
    await mkdir(elsewhere)
    await symlink(elsewhere, scene.folder)
    await scene.callWhole()
    expect(await readdir(elsewhere)).to.deep.equal([])
    await rm(scene.folder)
    await rm(elsewhere, {recursive: true})
    if (!root) this.skip()
    await mkdir(scene.folder)
    await chown(scene.folder, nobody, nobody)
    await scene.callWhole()
    expect(await made()).to.deep.equal([])
  })

  describe('with a plugin', () => {
    const data = () => join(scene.home.folder, '.local/share/aws-oidc')
    afterEach(async () => {
      await rm(join(data(), 'package.json'))
      await rm(join(data(), 'node_modules'), {recursive: true})
    })

    async function plant(entry: object, oclif: object): Promise<void> {
      const [list, plugin] = [join(data(), 'package.json'), join(data(), 'node_modules/aws-oidc-ping/package.json')]
      await mkdir(dirname(plugin), {recursive: true})
      await writeFile(list, JSON.stringify({oclif: {plugins: [{name: 'aws-oidc-ping', ...entry}]}}))
      await writeFile(plugin, JSON.stringify({name: 'aws-oidc-ping', version: '1.0.0', oclif}))
      await scene.settle(list, plugin, dirname(plugin))
    }

    it('that only brings a strategy, a cache or commands is made', async () => {
      const hooks = {'aws-oidc:strategies': './a.js', 'aws-oidc:caches': './b.js', command_not_found: './c.js'}
      await plant({type: 'user'}, {commands: './commands', hooks})
      expect(await copiesAfter()).to.deep.equal(['developer:'])
    })

    it('that has hooks around its own commands is made', async () => {
      const hooks = {init: './a.js', prerun: './b.js', postrun: './c.js', finally: './d.js'}
      await plant({type: 'user'}, {hooks})
      expect(await copiesAfter()).to.deep.equal(['developer:'])
    })

    it('that is linked is not made', async () => {
      await plant({type: 'link', root: join(data(), 'node_modules/aws-oidc-ping')}, {})
      expect(await whyNone()).to.equal('The plugin aws-oidc-ping is linked: its files may change at any time.')
    })
  })

  it('that has expired is removed when the next one is made, with all that belonged to it', async () => {
    await copiesAfter()
    const before = await made()
    await chmod(scene.folder, 0o700)
    const old = join(scene.folder, 'gone:')
    await writeFile(old, 'x\n1-2-3-4\t/gone\n{}\n', {mode: 0o600})
    for (const name of ['1-2-3-4.low', '1-2-3-4.high']) await writeFile(join(scene.folder, name), '')
    await scene.settle(old)
    await copiesAfter()
    expect((await made()).toSorted()).to.deep.equal(before.toSorted())
    await scene.home.configure({profiles: {more: {provider: 'sandbox'}}})
    await scene.settle(scene.config)
    await copiesAfter()
    expect(await made()).to.have.length(before.length)
  })

  it('is removed by logout and by cache clear, as are all others', async () => {
    for (const args of [
      ['logout', '--provider', 'sandbox'],
      ['logout', '--all'],
      ['cache', 'clear'],
      ['cache', 'clear', '--provider', 'sandbox'],
    ]) {
      await scene.callWhole()
      expect(await readdir(scene.folder)).to.include('developer:')
      await scene.callWhole(args)
      expect(await readdir(scene.runtime), args.join(' ')).to.deep.equal([])
    }
  })

  it('that was open to others is closed, as is its folder, by the next call of the whole program', async () => {
    await copiesAfter()
    await chmod(scene.folder, 0o755)
    await chmod(scene.copy, 0o644)
    await scene.callWhole()
    expect((await stat(scene.folder)).mode & 0o777).to.equal(0o700)
    for (const name of await readdir(scene.folder))
      expect((await stat(join(scene.folder, name))).mode & 0o777).to.equal(0o600)
  })
})
