import {chmod, chown, lstat, mkdir, readdir, readFile, rename, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {nobody, root} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'

const list = ['profiles', 'list', '--json']

describe('the parsed configuration', () => {
  const scene = useScene()
  const config = () => join(scene.home.folder, '.config/aws-oidc/config.yaml')
  const folder = () => join(scene.home.cache, 'parsed')
  const file = async () => join(folder(), (await readdir(folder()))[0] ?? '')

  async function profiles(): Promise<readonly string[]> {
    const {exitCode, stdout, stderr} = await scene.home.run(list)
    expect(exitCode, stderr).to.equal(0)
    return JSON.parse(stdout).profiles.map(({profile}: {profile: string}) => profile)
  }

  /** Gives the kept configuration another name than the text has. */
  async function plant(): Promise<void> {
    const text = await readFile(await file(), 'utf8')
    const {value, ...rest} = JSON.parse(text)
    const {admin, ...others} = value.profiles
    await writeFile(await file(), JSON.stringify({...rest, value: {...value, profiles: {...others, planted: admin}}}))
  }

  beforeEach(() => mkdir(scene.home.cache, {recursive: true, mode: 0o700}))

  it('is kept, closed to others, and spares the next call the parsing', async () => {
    expect(await profiles()).to.deep.equal(['developer', 'admin'])
    expect((await lstat(await file())).mode & 0o777).to.equal(0o600)
    await plant()
    expect(await profiles()).to.deep.equal(['developer', 'planted'])
  })

  it('is not kept where nothing else is kept', async () => {
    await rename(scene.home.cache, `${scene.home.cache}.away`)
    expect(await profiles()).to.deep.equal(['developer', 'admin'])
    expect(await readdir(join(scene.home.cache, '..'))).to.deep.equal(['aws-oidc.away'])
  })

  it('is used only for the same text, to the byte', async () => {
    await profiles()
    await plant()
    await writeFile(config(), `${await readFile(config(), 'utf8')}# mine\n`)
    expect(await profiles()).to.deep.equal(['developer', 'admin'])
    expect(await profiles()).to.deep.equal(['developer', 'admin'])
  })

  for (const [words, spoil] of [
    ['is open to others', async () => chmod(await file(), 0o640)],
    ['lies in a folder that is open to others', async () => chmod(folder(), 0o750)],
    ['belongs to another user', async () => chown(await file(), nobody, nobody)],
    ['lies in a folder of another user', async () => chown(folder(), nobody, nobody)],
    [
      'is a link',
      async () => {
        const path = await file()
        await rename(path, join(scene.home.folder, 'elsewhere'))
        await symlink(join(scene.home.folder, 'elsewhere'), path)
      },
    ],
    ['is not JSON', async () => writeFile(await file(), '{')],
  ] as const) {
    it(`is not used where it ${words}`, async function () {
      if (process.platform === 'win32' || (/another user/.test(words) && !root)) this.skip()
      await profiles()
      await plant()
      await spoil()
      expect(await profiles()).to.deep.equal(['developer', 'admin'])
    })
  }

  it('still lets an error name the place of a mistake', async () => {
    await scene.home.configure({provider: {scopes: 7}})
    for (const _ of ['parsed', 'known']) {
      const {exitCode, stderr} = await scene.home.run(['creds', '-p', 'developer'])
      expect(exitCode).to.equal(2)
      expect(stderr).to.match(/config\.yaml:\d+:\d+: providers\.sandbox\.scopes/)
    }
  })
})
