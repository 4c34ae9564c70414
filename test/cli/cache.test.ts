import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {giveTo, nobody, onReadOnlyHome, root, runAs, takeLock, variablesOf} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '--profile', 'developer']

describe('a damaged entry', () => {
  const scene = useScene()

  const spoilers: readonly (readonly [string, (text: string) => string])[] = [
    ['cut short', text => text.slice(0, 100)],
    ['emptied', () => ''],
    ['of a later version', text => text.replace('"v":1', '"v":2')],
    ['whole, with unreadable data', text => text.replace(/"data":".*"/, '"data":"garbage"')],
    ['whole, with data that is null', text => text.replace(/"data":".*"/, '"data":"null"')],
  ]
  for (const [words, spoil] of spoilers) {
    it(`(${words}) costs one more call to the provider and is then restored, as are the others`, async () => {
      const {home, sandbox} = scene
      await home.run(creds)
      for (const name of await home.entries()) {
        const path = join(home.cache, 'v1', name)
        await writeFile(path, spoil(await readFile(path, 'utf8')))
      }
      const healed = await home.run(creds)
      expect(healed.exitCode, healed.stderr).to.equal(0)
      expect(await home.run(creds)).to.include({exitCode: 0, stdout: healed.stdout, stderr: ''})
      expect(await sandbox.signIns()).to.equal(2)
    })
  }
})

describe('cache info', () => {
  const scene = useScene()

  it('says where secrets are stored, how they are protected, and until when each profile has credentials', async () => {
    const {home} = scene
    await home.run(creds)
    const {exitCode, stdout, stderr} = await home.run(['cache', 'info'])
    expect({exitCode, stderr}).to.deep.equal({exitCode: 0, stderr: ''})
    expect(stdout).to.include(join(home.cache, 'v1')).and.include('plain text').and.include('0600')
    expect(stdout).to.match(/developer: until .*\d\d:\d\d \(in \d+ minutes\)/)
    expect(stdout).to.match(/admin: no credentials/)
  })

  it('says the same to programs with --json', async () => {
    const {home} = scene
    const {stdout: document} = await home.run(creds)
    const {stdout} = await home.run(['cache', 'info', '--json'])
    const info = JSON.parse(stdout)
    expect(Object.keys(info)).to.deep.equal(['cache', 'protection', 'folder', 'byHand', 'hotCopies', 'profiles'])
    expect(info).to.include({cache: 'file', byHand: true, folder: join(home.cache, 'v1')})
    expect(info.profiles[0].profile).to.equal('developer')
    const until = Date.parse(info.profiles[0].credentialsUntil)
    expect(until).to.equal(Date.parse(JSON.parse(document).Expiration))
    expect(info.profiles[1]).to.deep.equal({profile: 'admin'})
  })

  it('says that nothing is kept with the cache "memory"', async () => {
    const {home} = scene
    const env = {AWS_OIDC_CACHE: 'memory'}
    expect((await home.run(['cache', 'info'], env)).stdout)
      .to.include('memory')
      .and.include('Folder   none')
    await home.run(creds, env)
    expect(await home.entries()).to.deep.equal([])
  })

  it('says why "auto" did not choose the keyring; the first call that stores something has warned of that, once', async () => {
    const {home} = scene
    await home.configure({top: {cache: 'auto'}})
    const {stderr} = await home.run(creds)
    expect(
      stderr.match(/^Warning: There is no keyring here .* refresh tokens are stored in plain text in /gm),
    ).to.have.length(1)
    const {stdout} = await home.run(['cache', 'info'])
    expect(stdout)
      .to.match(/^Cache +file: /)
      .and.match(/^Why +There is no keyring here \(no D-Bus session\)\.$/m)
    expect((await home.run([...creds, '--force'])).stderr).not.to.include('Warning')
  })

  it('says nothing of plain text where nothing can be stored', async function () {
    if (!root || process.platform !== 'linux') this.skip()
    const {home, sandbox} = scene
    await home.configure({top: {cache: 'auto'}})
    const {exitCode, stderr} = await runAs(creds, {env: variablesOf(home, sandbox), shell: onReadOnlyHome})
    if (/unshare|mount:/.test(stderr)) this.skip()
    expect(exitCode, stderr).to.equal(0)
    expect(stderr.match(/^Warning: .*/gm)?.join())
      .to.match(/^Warning: The cache "file" could not be written: EROFS/)
      .and.not.include('plain text')
  })

  it('says that nothing is kept in a CI job, and creds keeps nothing there unless told', async () => {
    const {home} = scene
    await home.configure({top: {cache: 'auto'}})
    const env = {CI: 'true'}
    const {stdout} = await home.run(['cache', 'info'], env)
    expect(stdout)
      .to.match(/^Cache +memory: /)
      .and.match(/^Folder +none$/m)
      .and.match(/^Why +This is a CI job/m)
    const {exitCode, stderr} = await home.run(creds, env)
    expect(exitCode).to.equal(0)
    expect(stderr).not.to.include('Warning')
    expect(await home.entries()).to.deep.equal([])
    await home.run(creds, {...env, AWS_OIDC_CACHE: 'file'})
    expect(await home.entries()).not.to.deep.equal([])
  })

  it('works with the runtime folder of another user, as after su', async function () {
    if (!root || process.platform !== 'linux') this.skip()
    const {home, sandbox} = scene
    await home.configure({top: {cache: 'auto'}})
    const theirs = await mkdtemp(join(tmpdir(), 'aws-oidc-runtime-'))
    try {
      await giveTo(nobody, home.folder)
      const env = {...variablesOf(home, sandbox), XDG_RUNTIME_DIR: theirs}
      const {exitCode, stdout, stderr} = await runAs(['cache', 'info'], {env, user: nobody})
      expect({exitCode, stderr}).to.deep.equal({exitCode: 0, stderr: ''})
      expect(stdout).to.match(/^Why +There is no keyring here/m)
    } finally {
      await rm(theirs, {recursive: true})
    }
  })

  it('refuses an unknown cache, and names the known ones', async () => {
    const {exitCode, stderr} = await scene.home.run(creds, {AWS_OIDC_CACHE: 'keyrung'})
    expect(exitCode).to.equal(2)
    expect(stderr).to.include('"keyrung"').and.include('file, keyring, memory')
  })
})

describe('cache clear', () => {
  const scene = useScene()

  it('removes tokens and credentials, and nothing that aws-oidc did not write', async () => {
    const {home, sandbox} = scene
    await home.run(creds)
    await writeFile(join(home.cache, 'v1', 'notes.txt'), 'mine')
    const {exitCode, stdout} = await home.run(['cache', 'clear'])
    expect({exitCode, stdout}).to.deep.equal({
      exitCode: 0,
      stdout: 'Removed sign-ins to: sandbox.\nRemoved credentials of: developer.\nEvery cache is empty now.\n',
    })
    expect(await home.entries()).to.deep.equal(['notes.txt'])
    await home.run(creds)
    expect(await sandbox.signIns()).to.equal(2)
  })

  it('says that there was nothing to remove', async () => {
    const {stdout} = await scene.home.run(['cache', 'clear'])
    expect(stdout).to.equal('Nothing was cached for the configured providers. Every cache is empty now.\n')
  })

  it('--provider removes the entries of one provider only', async () => {
    const {home, sandbox} = scene
    const other = {strategy: 'oidc', issuer: sandbox.issuer, clientId: sandbox.clientId, duration: '2h'}
    const path = join(home.folder, '.config/aws-oidc/config.yaml')
    await home.writeConfig(
      (await readFile(path, 'utf8')).replace('providers:\n', `providers:\n  other: ${JSON.stringify(other)}\n`),
    )
    await home.run(creds)
    const before = await home.entries()
    const role = 'arn:aws:iam::123456789012:role/readonly'
    await home.run(['creds', '--provider', 'other', '--role', role, '--duration', '1h'])
    expect((await home.entries()).length).to.be.greaterThan(before.length)
    const {stdout} = await home.run(['cache', 'clear', '--provider', 'other', '--json'])
    expect(JSON.parse(stdout)).to.deep.equal({cleared: 'other', providers: ['other'], profiles: []})
    expect(await home.entries()).to.have.members([...before])
  })

  it('empties every cache, even when this call uses the cache "memory"', async () => {
    const {home} = scene
    await home.run(creds)
    await home.run(['cache', 'clear', '--provider', 'sandbox'], {AWS_OIDC_CACHE: 'memory'})
    expect(await home.entries()).to.deep.equal([])
    await home.run(creds)
    await home.run(['cache', 'clear'], {AWS_OIDC_CACHE: 'memory'})
    expect(await home.entries()).to.deep.equal([])
  })

  it('of an unknown provider is exit 2', async () => {
    const {exitCode, stderr} = await scene.home.run(['cache', 'clear', '--provider', 'sandbax'])
    expect(exitCode).to.equal(2)
    expect(stderr).to.include('--provider sandbox')
  })

  it('works where there is nothing', async () => {
    expect(await scene.home.run(['cache', 'clear'])).to.include({exitCode: 0})
  })

  it('that can not remove something is reported as a failure, not as a bug', async function () {
    if (process.platform !== 'linux' || !root) this.skip()
    const {home, sandbox} = scene
    await home.run(creds)
    const {exitCode, stdout, stderr} = await runAs(['cache', 'clear'], {
      env: variablesOf(home, sandbox),
      shell: onReadOnlyHome,
    })
    if (/unshare|mount:/.test(stderr)) this.skip()
    expect({exitCode, stdout}).to.deep.equal({exitCode: 1, stdout: ''})
    expect(stderr)
      .to.match(/^Error: The cache "file" could not be cleared: EROFS/)
      .and.match(/\nTry: /)
  })

  it('takes no lock: it works during a sign-in', async () => {
    const {home} = scene
    await home.run(creds)
    const release = await takeLock(home)
    try {
      expect(await home.run(['cache', 'clear'])).to.include({exitCode: 0})
    } finally {
      release()
    }
  })
})
