import {execFile} from 'node:child_process'
import {mkdir, mkdtemp, readdir, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {expect} from 'chai'
import {hookWith} from '../support/planted-plugin.ts'
import {root} from '../support/sandbox.ts'
import {useScene} from '../support/scene.ts'
import {writePackage} from '../support/written-package.ts'

const run = promisify(execFile)
const npmProgram = join(root, 'node_modules/npm/bin/npm-cli.js')

describe('the package, packed and installed without anything of this clone', function () {
  this.timeout(300_000)
  const scene = useScene()
  let folder: string
  let program: string

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aws-oidc-installed-'))
    const tarball = await pack(root)
    await writeFile(join(folder, 'package.json'), '{}')
    await npm(['install', '--omit=dev', '--prefer-offline', '--ignore-scripts', tarball], folder)
    program = join(folder, 'node_modules/aws-oidc/bin/run.js')
  })
  after(() => rm(folder, {recursive: true, force: true}))

  async function npm(args: readonly string[], cwd: string): Promise<string> {
    const all = [npmProgram, ...args, '--no-audit', '--no-fund', '--loglevel=error']
    return (await run(process.execPath, all, {cwd, maxBuffer: 16 * 1024 * 1024})).stdout
  }

  async function pack(source: string): Promise<string> {
    const [packed] = JSON.parse(await npm(['pack', '--json', '--pack-destination', folder], source))
    return join(folder, packed.filename)
  }

  async function prints(args: readonly string[]): Promise<string> {
    const {exitCode, stdout, stderr} = await scene.home.run(args, {}, program)
    expect(exitCode, `${args.join(' ')}: ${stderr}`).to.equal(0)
    return stdout
  }

  it('prints its version, and the same help as this clone', async () => {
    expect(await prints(['--version'])).to.match(/^aws-oidc\/\d\S+ \S+ node-v\d\S+\n$/)
    for (const args of [['--help'], ['creds', '--help'], ['help', 'profiles', 'sync'], ['plugins', '--help']]) {
      expect(await prints(args), args.join(' ')).to.equal((await scene.home.run(args)).stdout)
    }
    expect(await prints(['--help'])).to.match(/^ {2}autocomplete .*\n(?:.*\n)* {2}plugins /m)
  })

  it('signs in, gives credentials and says who is signed in', async () => {
    const credentials = JSON.parse(await prints(['creds', '--profile', 'developer']))
    expect(credentials).to.include({Version: 1})
    expect(JSON.parse(await prints(['creds', '--profile', 'developer']))).to.deep.equal(credentials)
    expect(await prints(['status'])).to.match(/^sandbox +alice@example\.com /m)
  })

  it('installs a plugin, lists it, uses it and removes it', async () => {
    const source = join(scene.home.folder, 'plugin')
    await mkdir(source)
    await writePackage(
      source,
      {
        name: 'aws-oidc-ping',
        version: '1.0.0',
        type: 'module',
        'aws-oidc': {apiVersion: 1, strategies: ['ping']},
        oclif: {hooks: {'aws-oidc:strategies': './strategies.js'}},
      },
      {'strategies.js': hookWith({})},
    )
    expect(await prints(['plugins'])).to.equal('No plugins installed.\n')
    await prints(['plugins', 'install', await pack(source)])
    expect(await prints(['plugins'])).to.match(/^aws-oidc-ping 1\.0\.0/m)
    await scene.home.configure({provider: {strategy: 'ping'}})
    expect(JSON.parse(await prints(['creds', '--profile', 'developer']))).to.include({Version: 1})
    await prints(['plugins', 'uninstall', 'aws-oidc-ping'])
    expect(await prints(['plugins'])).to.equal('No plugins installed.\n')
  })

  it('completes commands of its own and of oclif', async () => {
    expect(await prints(['autocomplete', 'script', 'bash'])).to.include('autocomplete words bash')
    const words = async (...typed: readonly string[]) =>
      (await prints(['autocomplete', 'words', 'fish', 'aws-oidc', ...typed]))
        .split('\n')
        .map(line => line.split('\t')[0])
    expect(await words('')).to.include.members(['creds', 'profiles', 'plugins', 'version'])
    expect(await words('creds', '-p', '')).to.include.members(['words', 'developer', 'admin'])
    expect(await words('console', 'cloudf')).to.include('cloudformation')
  })

  it('recognizes an unknown command', async () => {
    const {exitCode, stderr} = await scene.home.run(['statsu'], {}, program)
    expect({exitCode, stderr: stderr.trim().split(/\n */)}).to.deep.equal({
      exitCode: 2,
      stderr: ['Error: There is no command "statsu".', 'Try: aws-oidc status'],
    })
  })

  it('brings no library that is already in its bundle', async () => {
    const names = await readdir(join(folder, 'node_modules'))
    expect(names).to.include.members(['@oclif', 'aws-oidc', 'npm', 'open'])
    const inlined = ['@aws-sdk', '@inquirer', '@xmldom', 'cli-table3', 'openid-client', 'qr', 'yaml']
    expect(names.filter(name => inlined.includes(name))).to.deep.equal([])
  })
})
