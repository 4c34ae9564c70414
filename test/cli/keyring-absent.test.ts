import {cp, mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {isOneDocument} from '../support/document.ts'
import {type Installation, installWithout} from '../support/installation.ts'
import {runAs, variablesOf} from '../support/machine.ts'
import {root} from '../support/sandbox.ts'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '--profile', 'developer']
// Whether a program listens there does not matter: no call gets that far.
const bus = {DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus'}

/** The package of this platform, as the loader of the library calls it. */
const platformPackage = 'keyring-linux-x64-gnu'

describe("the library for the system's keyring", () => {
  const scene = useScene()
  let installation: Installation
  beforeEach(async () => {
    installation = await installWithout('@napi-rs')
    await scene.home.configure({top: {cache: 'auto'}})
  })
  afterEach(() => installation.remove())

  const run = (args: readonly string[]) =>
    runAs(args, {env: {...variablesOf(scene.home, scene.sandbox), ...bus}, program: installation.program})

  const absences: readonly (readonly [string, RegExp, () => Promise<unknown>])[] = [
    ['was left out (--omit=optional)', /Cannot find package '@napi-rs\/keyring'/, async () => undefined],
    [
      'came without a binary for this platform',
      /Cannot find module '@napi-rs\/keyring-/,
      () => cp(join(root, 'node_modules/@napi-rs/keyring'), join(installation.scope, 'keyring'), {recursive: true}),
    ],
    [
      'came with a binary that can not be loaded here, as with another libc',
      /keyring\.linux-x64-gnu\.node: file too short/,
      async () => {
        await cp(join(root, 'node_modules/@napi-rs/keyring'), join(installation.scope, 'keyring'), {recursive: true})
        const folder = join(installation.scope, platformPackage)
        await mkdir(folder)
        await writeFile(
          join(folder, 'package.json'),
          JSON.stringify({name: `@napi-rs/${platformPackage}`, version: '2.1.2', main: 'keyring.linux-x64-gnu.node'}),
        )
        await writeFile(join(folder, 'keyring.linux-x64-gnu.node'), 'x')
      },
    ],
  ]
  for (const [what, cause, prepare] of absences) {
    it(`that ${what} costs one warning, not the result`, async function () {
      if (process.platform !== 'linux' || process.arch !== 'x64') this.skip()
      await prepare()
      const first = await run(creds)
      isOneDocument(first)
      expect(first.stderr.match(/^Warning: .+$/gm), first.stderr).to.have.length(1)
      expect(first.stderr).to.match(cause).and.include('are stored in plain text')
      expect(await run(creds)).to.include({exitCode: 0, stdout: first.stdout, stderr: ''})
      expect(await scene.sandbox.signIns()).to.equal(1)
    })

    it(`that ${what} is an error with its cause where the keyring was chosen explicitly`, async function () {
      if (process.platform !== 'linux' || process.arch !== 'x64') this.skip()
      await prepare()
      await scene.home.configure({top: {cache: 'keyring'}})
      const {exitCode, stdout, stderr} = await run(creds)
      expect({exitCode, stdout}).to.deep.equal({exitCode: 6, stdout: ''})
      expect(stderr)
        .to.match(/^Error: The cache "keyring" can't be used: The library for the system's keyring can't be loaded: /)
        .and.match(cause)
        .and.match(/\nTry: .*optional dependencies.*"cache: file"/)
      expect(await scene.sandbox.journal(), 'before anybody is asked').to.deep.equal([])
    })
  }
})
