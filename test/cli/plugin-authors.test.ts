import {mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {isOneDocument} from '../support/document.ts'
import {startRegistry, type TestRegistry} from '../support/registry.ts'
import {root} from '../support/sandbox.ts'
import {useScene} from '../support/scene.ts'
import {writePackage} from '../support/written-package.ts'

/** The files that the page has its reader write: a name in code and a colon, then a block. */
async function filesOfPage(): Promise<Readonly<Record<string, string>>> {
  const page = await readFile(join(root, 'docs/plugin-authors.md'), 'utf8')
  const blocks = page.matchAll(/^`([\w./-]+)`:\n\n```\w+\n(.*?)^```$/gms)
  return Object.fromEntries([...blocks].map(([, name = '', text = '']) => [name, text]))
}

describe('docs/plugin-authors.md', function () {
  this.timeout(300_000)
  const scene = useScene()
  let registry: TestRegistry
  let folder: string

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aws-oidc-example-'))
    registry = await startRegistry({proxied: true})
    await registry.publish(root)
  })
  after(async () => {
    await registry?.stop()
    await rm(folder, {recursive: true, force: true})
  })

  it('leads from an empty folder to a plugin that is built, tested, published, installed and used', async () => {
    const {'package.json': manifest = '', ...files} = await filesOfPage()
    expect(Object.keys(files)).to.have.members([
      'tsconfig.json',
      'src/strategies.ts',
      'src/example.ts',
      'test/example.test.ts',
    ])
    await writePackage(folder, JSON.parse(manifest), files)
    await registry.npm(['install', '--ignore-scripts'], folder)
    await registry.npm(['run', 'build'], folder)
    expect(await registry.npm(['test'], folder))
      .to.match(/pass 14\n/)
      .and.to.match(/fail 0\n/)
    await registry.publish(folder)

    // By the aws-oidc that came from the registry, as it was packed.
    const program = join(folder, 'node_modules/aws-oidc/bin/run.js')
    const installed = await scene.home.run(['plugins', 'install', 'aws-oidc-example'], registry.env, program)
    expect(installed, installed.stderr).to.include({
      exitCode: 0,
      stdout: 'Installed aws-oidc-example 1.0.0, which provides "strategy: example".\n',
    })
    const {issuer, clientId} = scene.sandbox
    await scene.home.configure({
      provider: {strategy: 'example', url: issuer, team: 'dev', issuer: undefined, rolesClaim: undefined, clientId},
      profiles: {only: {provider: 'sandbox'}},
    })
    const login = await scene.home.run(['login', '--provider', 'sandbox'], {}, program)
    expect(login, login.stderr).to.include({exitCode: 0})
    isOneDocument(await scene.home.run(['creds', '--profile', 'only'], {}, program))
    expect((await scene.home.run(['whoami', '--profile', 'only'], {}, program)).stdout).to.include(
      'assumed-role/developer/',
    )
  })
})
