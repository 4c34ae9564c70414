import {chmod, lstat, mkdir, readdir, symlink, utimes, writeFile} from 'node:fs/promises'
import {basename, join} from 'node:path'
import {expect} from 'chai'
import {credentialsEntry, root, runAs, variablesOf} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '--profile', 'developer']

describe('the files that are left on disk', () => {
  const scene = useScene()

  /** The modes of all that is in the cache folder, by where it is. */
  async function modes(): Promise<Readonly<Record<string, string>>> {
    const {home} = scene
    const found: Record<string, string> = {itself: ((await lstat(home.cache)).mode & 0o777).toString(8)}
    for (const item of await readdir(home.cache, {recursive: true, withFileTypes: true})) {
      const {mode} = await lstat(join(item.parentPath, item.name))
      // Node makes them, in a folder that no other user can open; otherwise it is not used.
      if (item.parentPath.includes('compiled')) continue
      const place = item.parentPath === home.cache ? item.name : `in ${basename(item.parentPath)}`
      const all = new Set(found[place]?.split(' ')).add((mode & 0o777).toString(8))
      found[place] = [...all].join(' ')
    }
    return found
  }

  const closed = {
    itself: '700',
    'cache.json': '600',
    compiled: '700',
    locks: '700',
    'in locks': '600',
    parsed: '700',
    'in parsed': '600',
    state: '700',
    'in state': '600',
    v1: '700',
    'in v1': '600',
    warm: '700',
    'in warm': '600',
  }

  it('are for their owner alone, even with umask 000, and where such files were open to all', async function () {
    if (process.platform === 'win32') this.skip()
    const {home, sandbox} = scene
    await home.configure({top: {cache: 'auto'}})
    // No pointer is made of a configuration that was changed just now.
    const before = new Date(Date.now() - 60_000)
    await utimes(join(home.folder, '.config/aws-oidc/config.yaml'), before, before)
    const run = (env = {}) =>
      runAs(creds, {env: {...variablesOf(home, sandbox), ...env}, shell: 'umask 000; exec "$@"'})
    expect((await run({SANDBOX_USER: 'deny'})).exitCode).to.equal(4)
    expect((await run()).exitCode).to.equal(0)
    expect(await modes()).to.deep.equal(closed)

    for (const item of await readdir(home.cache, {recursive: true, withFileTypes: true})) {
      if (!item.name.includes('compiled'))
        await chmod(join(item.parentPath, item.name), item.isDirectory() ? 0o777 : 0o644)
    }
    await writeFile(join(home.cache, 'cache.json'), '{}', {mode: 0o644})
    expect((await run({SANDBOX_USER: 'deny'})).exitCode).to.equal(4)
    expect((await run()).exitCode).to.equal(0)
    expect(await modes()).to.deep.equal(closed)
  })

  it('show only hashes and an expiry in plain text', async () => {
    const {home} = scene
    await home.run(creds)
    const {envelope} = await credentialsEntry(home)
    expect(Object.keys(envelope)).to.deep.equal(['v', 'enc', 'exp', 'key', 'data'])
    expect(envelope.key).to.match(/^[0-9a-f]{64}\/[0-9a-f]{64}$/)
  })
})

describe('a cache that can not be written', () => {
  const scene = useScene()

  async function printsAllTheSame(): Promise<void> {
    const {exitCode, stdout, stderr} = await scene.home.run(creds)
    expect(exitCode, stderr).to.equal(0)
    expect(JSON.parse(stdout)).to.include({Version: 1})
    expect(stderr.match(/Warning: The cache/g), stderr).to.have.length(1)
  }

  it('because a file is where its folder should be: credentials, exit 0, one warning', async () => {
    const {home} = scene
    await mkdir(home.cache, {recursive: true})
    await writeFile(join(home.cache, 'v1'), 'a file')
    await printsAllTheSame()
  })

  it('because its folder is a link: credentials, exit 0, one warning', async function () {
    if (process.platform === 'win32') this.skip()
    const {home} = scene
    await mkdir(join(home.folder, 'elsewhere'))
    await mkdir(home.cache, {recursive: true})
    await symlink(join(home.folder, 'elsewhere'), join(home.cache, 'v1'))
    await printsAllTheSame()
    expect(await readdir(join(home.folder, 'elsewhere'))).to.deep.equal([])
  })

  it('because the disk is full: credentials, exit 0; new credentials replace the old ones, and are complete', async function () {
    if (!root || process.platform !== 'linux') this.skip()
    const {home, sandbox} = scene
    await mkdir(join(home.folder, '.cache'))
    // A file system of our own mount namespace; it is gone with the process.
    const shell = `exec unshare --mount sh -c '
      mount -t tmpfs -o size=128k tmpfs "$HOME/.cache" && "$@" 2>/dev/null
      (cat /dev/zero > "$HOME/.cache/filler") 2>/dev/null
      "$@" --force
      "$@"
      ls -A "$HOME/.cache/aws-oidc/v1"' sh "$@"`
    const {stdout, stderr} = await runAs(creds, {env: variablesOf(home, sandbox), shell})
    if (/unshare|mount:/.test(stderr)) this.skip()
    const [kept, forced, later, ...names] = stdout.trimEnd().split('\n')
    expect(JSON.parse(forced ?? '')).to.include({Version: 1})
    expect(forced).not.to.equal(kept)
    expect(later).to.equal(forced)
    expect(stderr).not.to.include('Warning: The cache')
    expect(names.join(' ')).to.match(/^[0-9a-f]{64}\.json( [0-9a-f]{64}\.json)+$/)
  })
})
