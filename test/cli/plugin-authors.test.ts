import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {isOneDocument} from '../support/document.ts'
import {startRegistry, type TestRegistry} from '../support/registry.ts'
import {root} from '../support/sandbox.ts'
import {useScene} from '../support/scene.ts'
import {writePackage} from '../support/written-package.ts'

/** The files that the page has its reader write: a name in code, perhaps with a remark, and a colon; then a block. */
async function filesOfPage(): Promise<readonly (readonly [name: string, text: string])[]> {
  const page = await readFile(join(root, 'docs/plugin-authors.md'), 'utf8')
  const blocks = page.matchAll(/^`([\w./-]+)`(?:, [\w ]+)?:\n\n```\w+\n(.*?)^```$/gms)
  return [...blocks].map(([, name = '', text = '']) => [name, text] as const)
}

/** A package.json with the members of another one added or replaced. */
function merged(earlier: Members, more: Members): Members {
  const members = Object.entries(more).map(([name, value]) => {
    const there = earlier[name]
    return [name, isMembers(there) && isMembers(value) ? merged(there, value) : value]
  })
  return {...earlier, ...Object.fromEntries(members)}
}

type Members = Readonly<Record<string, unknown>>

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
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
    const all = await filesOfPage()
    const manifests = all.filter(([name]) => name === 'package.json').map(([, text]) => JSON.parse(text))
    const files = Object.fromEntries(all.filter(([name]) => name !== 'package.json'))
    expect(manifests).to.have.length(3)
    expect(Object.keys(files)).to.have.members([
      'tsconfig.json',
      'src/strategies.ts',
      'src/example.ts',
      'test/example.test.ts',
      'src/caches.ts',
      'src/session-cache.ts',
      'test/session-cache.test.ts',
      'src/commands/example/expiry.ts',
      'manifest.js',
    ])
    await writePackage(folder, manifests.reduce(merged), files)
    await registry.npm(['install', '--ignore-scripts'], folder)
    await registry.npm(['run', 'build'], folder)
    expect(await registry.npm(['test'], folder))
      .to.match(/pass 21\n/)
      .and.to.match(/fail 0\n/)
    await registry.publish(folder)

    // By the aws-oidc that came from the registry, as it was packed.
    const program = join(folder, 'node_modules/aws-oidc/bin/run.js')
    const installed = await scene.home.run(['plugins', 'install', 'aws-oidc-example'], registry.env, program)
    expect(installed, installed.stderr).to.include({exitCode: 0})
    expect(installed.stdout).to.include('Installed aws-oidc-example 1.0.0')
    for (const part of ['"strategy: example"', '"cache: example-session"', '"aws-oidc example expiry"']) {
      expect(installed.stdout).to.include(part)
    }
    const {issuer, clientId} = scene.sandbox
    await scene.home.configure({
      provider: {strategy: 'example', url: issuer, team: 'dev', issuer: undefined, rolesClaim: undefined, clientId},
      profiles: {only: {provider: 'sandbox'}},
      top: {cache: 'example-session'},
    })
    const session = join(folder, 'session')
    const env = {XDG_RUNTIME_DIR: session}
    const login = await scene.home.run(['login', '--provider', 'sandbox'], env, program)
    expect(login, login.stderr).to.include({exitCode: 0})
    isOneDocument(await scene.home.run(['creds', '--profile', 'only'], env, program))
    expect((await scene.home.run(['whoami', '--profile', 'only'], env, program)).stdout).to.include(
      'assumed-role/developer/',
    )
    expect(await readdir(join(session, 'aws-oidc-example'))).not.to.have.length(0)
    const expiry = await scene.home.run(['example', 'expiry', '--profile', 'only'], env, program)
    expect(Date.parse(expiry.stdout.trim()), expiry.stderr).to.be.greaterThan(Date.now())
  })
})
