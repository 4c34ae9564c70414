import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {appendFileSync, closeSync, openSync, readdirSync, statSync} from 'node:fs'
import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay, setImmediate as nextTurn} from 'node:timers/promises'
import {pathToFileURL} from 'node:url'
import {expect} from 'chai'
import {findAwsPlaces, unexpandedPlace} from '../../src/outside/files/aws-places.ts'
import {systemSharedFiles} from '../../src/outside/files/shared-files.ts'
import {nobody, root} from '../support/machine.ts'

describe('a file that other programs write too', () => {
  let home = ''
  const inHome = (...names: string[]) => join(home, ...names)
  const replace = (path: string, before: string | undefined, after: string) =>
    systemSharedFiles.replace(path, before, after, `${path}.backup`)
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'aws-oidc-shared-'))
  })
  afterEach(() => rm(home, {recursive: true, force: true}))

  it('is made, closed to others, with its folder', async () => {
    expect(await replace(inHome('.aws/config'), undefined, 'a')).to.equal('replaced')
    expect(await readFile(inHome('.aws/config'), 'utf8')).to.equal('a')
    expect((await lstat(inHome('.aws/config'))).mode & 0o777).to.equal(0o600)
    expect((await lstat(inHome('.aws'))).mode & 0o777).to.equal(0o700)
    expect(await readdir(inHome('.aws'))).to.deep.equal(['config'])
  })

  it('keeps its permissions and its owner', async () => {
    await writeFile(inHome('config'), 'a')
    await chmod(inHome('config'), 0o640)
    if (root) await chown(inHome('config'), nobody, nobody)
    const before = await lstat(inHome('config'))
    await replace(inHome('config'), 'a', 'b')
    const after = await lstat(inHome('config'))
    expect([after.mode, after.uid, after.gid]).to.deep.equal([before.mode, before.uid, before.gid])
    expect(after.ino, 'another file').not.to.equal(before.ino)
  })

  it('stays the target of the links to it, even before it exists', async () => {
    await mkdir(inHome('dotfiles'))
    await symlink('dotfiles/config', inHome('link'))
    await symlink(inHome('link'), inHome('config'))
    await writeFile(inHome('dotfiles/config'), 'a')
    await replace(inHome('config'), 'a', 'b')
    await symlink('dotfiles/new', inHome('new'))
    await replace(inHome('new'), undefined, 'c')
    expect(await readFile(inHome('dotfiles/config'), 'utf8')).to.equal('b')
    expect(await readFile(inHome('dotfiles/new'), 'utf8')).to.equal('c')
    for (const name of ['link', 'config', 'new'])
      expect((await lstat(inHome(name))).isSymbolicLink(), name).to.equal(true)
    expect(await readdir(inHome('dotfiles'))).to.have.members(['config', 'new'])
  })

  it('keeps its hard links', async () => {
    await writeFile(inHome('config'), 'a longer text')
    await link(inHome('config'), inHome('other'))
    await replace(inHome('config'), 'a longer text', 'b')
    expect(await readFile(inHome('other'), 'utf8')).to.equal('b')
    expect((await lstat(inHome('config'))).nlink).to.equal(2)
    expect(await replace(inHome('config'), 'a longer text', 'c')).to.equal('changed')
    expect(await readdir(home)).to.have.members(['config', 'config.backup', 'other'])
  })

  it('belongs to the owner of its folder where root writes it, and so does its backup', async function () {
    if (!root) return this.skip()
    await chown(home, nobody, nobody)
    await replace(inHome('config'), undefined, 'a')
    await replace(inHome('config'), 'a', 'b')
    for (const name of ['config', 'config.backup']) {
      const {uid, gid, mode} = await lstat(inHome(name))
      expect({uid, gid, mode: mode & 0o777}, name).to.deep.equal({uid: nobody, gid: nobody, mode: 0o600})
    }
  })

  it('is left alone where another program has changed it meanwhile', async () => {
    await writeFile(inHome('config'), 'theirs')
    expect(await replace(inHome('config'), 'a', 'b')).to.equal('changed')
    expect(await replace(inHome('config'), undefined, 'b')).to.equal('changed')
    expect(await readFile(inHome('config'), 'utf8')).to.equal('theirs')
    expect(await readdir(home)).to.deep.equal(['config'])
  })

  it('is backed up before the first change, in a copy closed to others that later changes leave alone', async () => {
    await writeFile(inHome('config'), 'a', {mode: 0o644})
    await replace(inHome('config'), 'a', 'b')
    await replace(inHome('config'), 'b', 'c')
    expect(await readFile(inHome('config.backup'), 'utf8')).to.equal('a')
    expect((await lstat(inHome('config.backup'))).mode & 0o777).to.equal(0o600)
    expect(await readdir(home)).to.have.members(['config', 'config.backup'])
  })

  it('has the whole old or new text, whenever the writer is killed, whose remains are removed an hour later', async () => {
    const [old, other] = ['a'.repeat(2_000_000), 'b'.repeat(2_000_000)]
    await writeFile(inHome('config'), old)
    const script = `
      const {systemSharedFiles} = await import(process.argv[1])
      const [path, old, other] = [process.argv[2], 'a'.repeat(2_000_000), 'b'.repeat(2_000_000)]
      console.log('ready')
      for (;;) {
        await systemSharedFiles.replace(path, old, other, path + '.backup')
        await systemSharedFiles.replace(path, other, old, path + '.backup')
      }`
    const module = pathToFileURL(join(import.meta.dirname, '../../src/outside/files/shared-files.ts')).href
    for (let round = 0; round < 8; round++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script, module, inHome('config')])
      await once(child.stdout, 'data')
      await delay(Math.random() * 40)
      child.kill('SIGKILL')
      await once(child, 'exit')
      const text = await readFile(inHome('config'), 'utf8')
      expect([old, other].includes(text), `${text.length} characters`).to.equal(true)
      await writeFile(inHome('config'), old)
    }
    await writeFile(inHome('config.0123456789ab.tmp'), 'half')
    await writeFile(inHome('config.mine.tmp'), '')
    const anHourAgo = new Date(Date.now() - 3_700_000)
    for (const name of await readdir(home)) await utimes(inHome(name), anHourAgo, anHourAgo)
    await replace(inHome('config'), old, 'c')
    expect(await readdir(home)).to.have.members(['config', 'config.backup', 'config.mine.tmp'])
  })

  /** Another program, which does something as soon as it sees something. */
  async function meanwhile(sees: () => boolean, does: () => void): Promise<void> {
    while (!sees()) await nextTurn()
    does()
  }

  it('keeps the line that another program adds while the backup is written', async () => {
    await writeFile(inHome('config'), 'a\n')
    const backedUp = () => readdirSync(home).some(name => name.startsWith('config.backup'))
    const [outcome] = await Promise.all([
      replace(inHome('config'), 'a\n', 'b\n'),
      meanwhile(backedUp, () => appendFileSync(inHome('config'), 'theirs\n')),
    ])
    expect(outcome).to.equal('changed')
    expect(await readFile(inHome('config'), 'utf8')).to.equal('a\ntheirs\n')
    expect(await readdir(home)).to.deep.equal(['config'])
  })

  it('keeps the line of a program that had opened it before it was replaced', async () => {
    await writeFile(inHome('config'), 'a\n', {mode: 0o640})
    const theirs = await open(inHome('config'), 'a')
    const {ino} = await theirs.stat()
    const [outcome] = await Promise.all([
      replace(inHome('config'), 'a\n', 'b\n'),
      meanwhile(
        () => statSync(inHome('config')).ino !== ino,
        () => appendFileSync(theirs.fd, 'theirs\n'),
      ),
    ])
    await theirs.close()
    expect(outcome).to.equal('changed')
    expect(await readFile(inHome('config'), 'utf8')).to.equal('a\ntheirs\n')
    expect((await lstat(inHome('config'))).mode & 0o777).to.equal(0o640)
  })

  it('keeps both lines when one program opened it before it was replaced, and another one after that', async () => {
    await writeFile(inHome('config'), 'a\n')
    const theirs = await open(inHome('config'), 'a')
    const {ino} = await theirs.stat()
    const [outcome] = await Promise.all([
      replace(inHome('config'), 'a\n', 'b\n'),
      meanwhile(
        () => statSync(inHome('config')).ino !== ino,
        () => {
          appendFileSync(theirs.fd, 'of one\n')
          appendFileSync(inHome('config'), 'of the other\n')
        },
      ),
    ])
    await theirs.close()
    expect(outcome).to.equal('changed')
    expect(await readFile(inHome('config'), 'utf8')).to.equal('b\nof the other\nof one\n')
  })

  it("keeps the line of a program that opens it just before another program's line is put back", async () => {
    await writeFile(inHome('config'), 'a\n')
    const theirs = await open(inHome('config'), 'a')
    const {ino} = await theirs.stat()
    const othersOf = {fd: 0, ino: 0}
    await Promise.all([
      replace(inHome('config'), 'a\n', 'b\n'),
      meanwhile(
        () => statSync(inHome('config')).ino !== ino,
        () => {
          appendFileSync(theirs.fd, 'of one\n')
          othersOf.fd = openSync(inHome('config'), 'a')
          othersOf.ino = statSync(inHome('config')).ino
        },
      ),
      meanwhile(
        () => othersOf.ino > 0 && statSync(inHome('config')).ino !== othersOf.ino,
        () => appendFileSync(othersOf.fd, 'of the other\n'),
      ),
    ])
    await theirs.close()
    closeSync(othersOf.fd)
    expect(await readFile(inHome('config'), 'utf8')).to.equal('b\nof the other\nof one\n')
  })

  it('keeps the line that another program adds between our last check and the exchange', async () => {
    // A large one takes a while to be looked at.
    const [before, after] = [`${'a'.repeat(12_000_000)}\n`, 'b\n']
    const script = `
      const {appendFileSync, readdirSync, statSync} = require('node:fs')
      const [home, config] = process.argv.slice(1)
      const sizeOf = path => statSync(path, {throwIfNoEntry: false})?.size
      const isAboutToLook = () => readdirSync(home).some(name => name.endsWith('.tmp') && sizeOf(home + '/' + name) > 0)
      process.on('message', ({ino, milliseconds}) => {
        while (!isAboutToLook() && statSync(config).ino === ino);
        for (const end = performance.now() + milliseconds; performance.now() < end; );
        appendFileSync(config, 'theirs\\n')
        process.send('added')
      })
      process.send('ready')`
    const args = ['-e', script, home, inHome('config')]
    const other = spawn(process.execPath, args, {stdio: ['ignore', 'inherit', 'inherit', 'ipc']})
    try {
      await once(other, 'message')
      await writeFile(inHome('config.backup'), '')
      // Later where it came before the look, earlier where it came after the exchange: so it often comes in between.
      let [milliseconds, step] = [4, 4]
      for (let round = 0; round < 40; round++) {
        await writeFile(inHome('config'), before)
        const added = once(other, 'message')
        other.send({ino: statSync(inHome('config')).ino, milliseconds})
        const outcome = await replace(inHome('config'), before, after)
        await added
        const text = await readFile(inHome('config'), 'utf8')
        const said = `${outcome}, ${milliseconds} ms: ${text.length} characters, ${JSON.stringify(text.slice(-20))}`
        expect(text.endsWith('theirs\n'), said).to.equal(true)
        milliseconds = Math.max(0, milliseconds + (outcome === 'changed' ? step : -step))
        step = Math.max(0.25, step * 0.8)
      }
    } finally {
      other.disconnect()
    }
  })

  it('that can not be written stays as it was, and nothing is left beside it', async () => {
    await mkdir(inHome('config'))
    const failure = await replace(inHome('config'), 'a', 'b').catch((error: unknown) => error)
    expect(failure).to.include({code: 'OUTPUT_FAILED', hint: `ls -ld ${inHome('config')}`})
    expect(failure)
      .property('message')
      .to.equal(`${inHome('config')} is not a regular file, so it was not changed.`)
    expect(await readdir(home)).to.deep.equal(['config'])
  })

  it('that is not UTF-8 is refused with its line, and a byte order mark is a part of it', async () => {
    await writeFile(inHome('config'), Buffer.from('[default]\nregion = ü\n', 'latin1'))
    const failure = await systemSharedFiles.read(inHome('config')).catch((error: unknown) => error)
    expect(failure).to.include({code: 'CONFIG_INVALID', message: `${inHome('config')}:2: the line is not UTF-8.`})
    await writeFile(inHome('config'), '\uFEFF[default]')
    expect(await systemSharedFiles.read(inHome('config'))).to.equal('\uFEFF[default]')
    expect(await systemSharedFiles.read(inHome('absent'))).to.equal(undefined)
  })
})

describe('the place of the AWS configuration', () => {
  const configOf = (env: Readonly<Record<string, string>>, platform: NodeJS.Platform, home?: string) =>
    findAwsPlaces(env, platform, home)?.config

  it('is where the AWS SDKs look', () => {
    expect(findAwsPlaces({HOME: '/home/me'}, 'linux', '/other')).to.deep.equal({
      config: '/home/me/.aws/config',
      credentials: '/home/me/.aws/credentials',
    })
    expect(configOf({}, 'linux', '/home/me')).to.equal('/home/me/.aws/config')
    expect(configOf({HOME: '/home/me', AWS_CONFIG_FILE: '~/x'}, 'linux')).to.equal('/home/me/x')
    expect(configOf({HOME: '/home/me', AWS_CONFIG_FILE: '/~/x'}, 'darwin')).to.equal('/~/x')
    expect(configOf({}, 'linux')).to.equal(undefined)
    expect(
      findAwsPlaces({HOME: '/home/me', AWS_SHARED_CREDENTIALS_FILE: '/keys'}, 'linux', undefined)?.credentials,
    ).to.equal('/keys')
  })

  it('is unknown where its name has an unexpanded variable, which only botocore expands', () => {
    const unexpanded = (AWS_SHARED_CREDENTIALS_FILE: string, platform: NodeJS.Platform) =>
      unexpandedPlace({AWS_CONFIG_FILE: '/x', AWS_SHARED_CREDENTIALS_FILE}, platform) !== undefined
    for (const path of ['$HOME/keys', '/home/$USER/keys']) expect(unexpanded(path, 'linux'), path).to.equal(true)
    expect(unexpanded('%USERPROFILE%\\keys', 'win32')).to.equal(true)
    for (const path of ['/100%/50%/keys', '/price$/keys', '']) expect(unexpanded(path, 'linux'), path).to.equal(false)
  })

  it('is under HOME, USERPROFILE, or drive and path on Windows, in this order', () => {
    const all = {HOME: 'C:\\h', USERPROFILE: 'C:\\u', HOMEDRIVE: 'D:', HOMEPATH: '\\p'}
    const {HOME, ...noHome} = all
    const {USERPROFILE, ...driveOnly} = noHome
    expect(configOf(all, 'win32')).to.equal(`${HOME}\\.aws\\config`)
    expect(configOf(noHome, 'win32')).to.equal(`${USERPROFILE}\\.aws\\config`)
    expect(configOf(driveOnly, 'win32')).to.equal('D:\\p\\.aws\\config')
    expect(configOf({}, 'win32', 'C:\\s')).to.equal('C:\\s\\.aws\\config')
    expect(configOf({USERPROFILE: 'C:\\u', AWS_CONFIG_FILE: '~\\x'}, 'win32')).to.equal('C:\\u\\x')
  })
})
