import {once} from 'node:events'
import {readdirSync, readFileSync} from 'node:fs'
import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {expect} from 'chai'
import {root} from '../support/sandbox.ts'
import {useScene} from '../support/scene.ts'

describe('plugins uninstall', () => {
  const scene = useScene()
  const manifest = () => join(scene.home.folder, '.local/share/aws-oidc/package.json')

  async function list(plugins: readonly object[]): Promise<void> {
    await mkdir(join(scene.home.folder, '.local/share/aws-oidc'), {recursive: true, mode: 0o700})
    await writeFile(manifest(), JSON.stringify({name: 'aws-oidc', private: true, oclif: {schema: 1, plugins}}))
  }

  it('says in our own words that a plugin is not installed, and writes nothing', async () => {
    const {exitCode, stdout, stderr} = await scene.home.run(['plugins', 'uninstall', 'nope'])
    expect({exitCode, stdout, stderr}).to.deep.equal({
      exitCode: 2,
      stdout: '',
      stderr: 'Error: The plugin "nope" is not installed. No plugin is.\nTry: aws-oidc plugins\n',
    })
    expect(await readFile(manifest(), 'utf8').catch(({code}) => code)).to.equal('ENOENT')
  })

  for (const name of ['unlink', 'remove']) {
    it(`removes a link, also under the name ${name}, and names the nearest installed plugin`, async () => {
      await list([{name: 'aws-oidc-ping', type: 'link', root: scene.home.folder}])
      const wrong = await scene.home.run(['plugins', name, 'aws-oidc-pign'])
      expect(wrong.stderr).to.include('Installed: aws-oidc-ping.\nTry: aws-oidc plugins uninstall aws-oidc-ping\n')
      const {exitCode, stdout} = await scene.home.run(['plugins', name, 'aws-oidc-ping', '--json'])
      expect({exitCode, ...JSON.parse(stdout)}).to.deep.equal({exitCode: 0, name: 'aws-oidc-ping', linked: true})
      expect(JSON.parse(await readFile(manifest(), 'utf8')).oclif.plugins).to.deep.equal([])
    })
  }
})

describe('plugins install, where the registry can not be reached', () => {
  const scene = useScene()

  it('names the registry and the reason', async () => {
    const registry = 'http://127.0.0.1:9/'
    const {exitCode, stderr} = await scene.home.run(['plugins', 'install', 'nope'], {AWS_OIDC_NPM_REGISTRY: registry})
    expect(exitCode).to.equal(6)
    expect(stderr).to.equal(
      `Error: npm could not get nope@latest: the registry ${registry} can't be reached (ECONNREFUSED).\nTry: Check the network, VPN, proxy, and AWS_OIDC_NPM_REGISTRY.\n`,
    )
  })
})

describe('plugins install, where the registry does not have the plugin', () => {
  const scene = useScene()
  let registry: Server

  before(async () => {
    registry = createServer((_, response) =>
      response.writeHead(404, {'content-type': 'application/json'}).end('{"error": "Not found"}'),
    )
    registry.listen(0, '127.0.0.1')
    await once(registry, 'listening')
  })
  after(() => registry.close())

  async function complaintAbout(plugin: string): Promise<string> {
    const url = `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`
    const {exitCode, stdout, stderr} = await scene.home.run(['plugins', 'install', plugin], {
      AWS_OIDC_NPM_REGISTRY: url,
    })
    expect({exitCode, stdout}, stderr).to.deep.equal({exitCode: 2, stdout: ''})
    return stderr
  }

  for (const folder of readdirSync(join(root, 'plugins'))) {
    it(`says how to install one of ours from a clone: ${folder}`, async () => {
      const {name, version} = JSON.parse(readFileSync(join(root, 'plugins', folder, 'package.json'), 'utf8'))
      expect(await complaintAbout(name)).to.equal(
        `Error: There is no package ${name}@latest.\nTry: npm pack --workspace plugins/${folder} && aws-oidc plugins install ./${name}-${version}.tgz (in a clone of aws-oidc, after npm run build)\n`,
      )
    })
  }

  it("says how to look for somebody else's", async () => {
    expect(await complaintAbout('aws-oidc-nope')).to.equal(
      'Error: There is no package aws-oidc-nope@latest.\nTry: npm view aws-oidc-nope@latest\n',
    )
  })
})
