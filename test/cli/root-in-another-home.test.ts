import {lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir, userInfo} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {packPlugin} from '../support/broken-input.ts'
import type {Ending} from '../support/home.ts'
import {giveTo, nobody, root, runAs, variablesOf} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '-p', 'developer']

describe('root in the home of another user, as under "sudo -E",', () => {
  const scene = useScene()
  let own: string
  beforeEach(async function () {
    if (!root || process.platform !== 'linux') this.skip()
    own = await mkdtemp(join(tmpdir(), 'aws-oidc-root-'))
    const {homedir} = userInfo()
    const passwd = await readFile('/etc/passwd', 'utf8')
    await writeFile(join(own, 'passwd'), passwd.replace(`:${homedir}:`, `:${own}:`))
    await packPlugin(scene.home.folder)
    await giveTo(nobody, scene.home.folder)
  })
  afterEach(async () => {
    if (own) await rm(own, {recursive: true})
  })

  /** With a home of root's that is the test's. */
  async function asRoot(args: readonly string[], variables = {}): Promise<Ending> {
    const env = {...variablesOf(scene.home, scene.sandbox), OWN_PASSWD: join(own, 'passwd'), ...variables}
    const shell = `exec unshare --mount sh -c 'mount --bind "$OWN_PASSWD" /etc/passwd && exec "$@"' sh "$@"`
    return runAs(args, {env, shell})
  }
  const asThem = () => runAs(creds, {env: variablesOf(scene.home, scene.sandbox), user: nobody})

  async function notTheirs(): Promise<readonly string[]> {
    const found: string[] = []
    for (const {parentPath, name} of await readdir(scene.home.folder, {withFileTypes: true, recursive: true})) {
      const path = join(parentPath, name)
      if ((await lstat(path)).uid !== nobody) found.push(path)
    }
    return found
  }

  it("stores files in its own home, where it finds them again, and leaves the user's files accessible", async () => {
    const {home, sandbox} = scene
    for (const _ of [1, 2]) {
      const {exitCode, stderr} = await asRoot(creds)
      expect(exitCode, stderr).to.equal(0)
      expect(stderr).not.to.include('Warning')
    }
    expect(await sandbox.signIns()).to.equal(1)
    expect(await readdir(join(own, '.cache/aws-oidc'))).to.include.members(['v1', 'locks'])
    expect(await readdir(home.folder)).not.to.include('.cache')

    const theirs = await asThem()
    expect(theirs.exitCode, theirs.stderr).to.equal(0)
    expect(theirs.stderr).not.to.include('Warning')
    expect(await notTheirs()).to.deep.equal([])
    const {stdout} = await asRoot(['doctor', '--no-network', '--json'])
    expect(stdout).not.to.include('files.owner')
  })

  it('stores them where a variable says, if that is a folder of root', async () => {
    const folder = join(own, 'elsewhere')
    await asRoot(creds, {XDG_CACHE_HOME: folder})
    expect(await readdir(folder)).to.deep.equal(['aws-oidc'])
  })

  for (const [what, args] of [
    ['a first configuration', ['setup', '--yes', '--no-test', '--provider', 'new', '--strategy', 'oidc']],
    ['profiles of the AWS tools, with the launcher', ['profiles', 'sync', '--yes']],
    ['a plugin', ['plugins', 'install']],
  ] as const) {
    it(`makes ${what} owned by that user`, async () => {
      const {home, sandbox} = scene
      const settings: Record<string, readonly string[]> = {
        setup: ['--set', `issuer=${sandbox.issuer}`, '--set', 'clientId=aws-oidc'],
        plugins: [join(home.folder, 'plugin.tgz')],
      }
      if (args[0] === 'setup') await rm(join(home.folder, '.config'), {recursive: true})
      // The second time, root copies what npm has installed as that user.
      for (const _ of args[0] === 'plugins' ? [1, 2] : [1]) {
        const {exitCode, stderr} = await asRoot([...args, ...(settings[args[0]] ?? [])])
        expect(exitCode, stderr).to.equal(0)
      }
      expect(await notTheirs()).to.deep.equal([])
    })
  }

  it('reports the folder that an older "sudo -E" has left to root', async () => {
    const {home, sandbox} = scene
    await mkdir(join(home.folder, '.cache'), {mode: 0o700})
    const env = variablesOf(home, sandbox)
    const {stdout} = await runAs(['doctor', '--no-network'], {env, user: nobody})
    expect(stdout).to.match(
      /Nothing can be written to \S+\/\.cache\/aws-oidc, because of \S+\/\.cache \(it belongs to root\): /,
    )
  })
})
