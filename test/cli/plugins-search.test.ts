import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {expect} from 'chai'
import {useScene} from '../support/scene.ts'
import {released, type SearchHit, type SearchRegistry, startSearchRegistry} from '../support/search-registry.ts'

const keywords = ['aws-oidc-plugin']
const okta: SearchHit = {
  name: 'aws-oidc-okta',
  keywords,
  facts: {
    'aws-oidc': {apiVersion: 1, strategies: ['okta'], caches: ['vault']},
    oclif: {commands: './commands', hooks: {init: './init.js', 'aws-oidc:strategies': './strategies.js'}},
    _npmUser: {name: 'alice', email: 'alice@example.com'},
  },
}

describe('plugins search', () => {
  const scene = useScene()
  let registry: SearchRegistry | undefined
  afterEach(() => registry?.stop())

  async function search(hits: readonly SearchHit[] | undefined, ...args: readonly string[]) {
    registry = await startSearchRegistry(hits, scene.home.folder)
    return scene.home.run(['plugins', 'search', ...args], registry.env)
  }

  it('lists what has the keyword, with publisher, day and what it brings, and downloads nothing', async () => {
    const {exitCode, stdout, stderr} = await search([okta, {name: 'left-pad', keywords: ['pad']}], 'okta', 'vault')
    expect({exitCode, stderr}).to.deep.equal({exitCode: 0, stderr: ''})
    const [heads, row, ...more] = stdout.trimEnd().split('\n')
    expect(heads).to.match(/^NAME +VERSION +PUBLISHER +RELEASED +BRINGS$/)
    expect(row).to.match(
      /^aws-oidc-okta +1\.0\.0 +alice <alice@example\.com> +2026-03-01 +strategy okta, cache vault, commands, /,
    )
    expect([row, ...more].join(' ').replaceAll(/ +/g, ' ')).to.include('hooks around its commands (init)')
    expect(stdout).not.to.include('left-pad')
    // npm itself may look for a newer npm.
    const [asked, ...others] = (registry?.asked ?? []).filter(path => path !== '/npm')
    expect(asked).to.include('text=okta vault keywords:aws-oidc-plugin')
    expect(others).to.deep.equal(['/aws-oidc-okta'])
    expect(existsSync(join(scene.home.folder, '.local/share/aws-oidc/node_modules'))).to.equal(false)
  })

  it('gives programs the same', async () => {
    const {exitCode, stdout} = await search([okta], '--json')
    expect(exitCode).to.equal(0)
    expect(JSON.parse(stdout)).to.deep.equal({
      plugins: [
        {
          name: 'aws-oidc-okta',
          version: '1.0.0',
          publisher: 'alice <alice@example.com>',
          published: released,
          brings: {strategies: ['okta'], caches: ['vault'], commands: true, hooks: ['init']},
        },
      ],
    })
  })

  it('lists ten at most', async () => {
    const hits = Array.from({length: 12}, (_, at) => ({...okta, name: `aws-oidc-${at}`}))
    const {stdout} = await search(hits, '--json')
    expect(JSON.parse(stdout).plugins).to.have.lengthOf(10)
  }).timeout(200_000)

  it('shows no control character of the registry, and gives npm no name that is none', async () => {
    const facts = {...okta.facts, _npmUser: {name: 'al\u001b[2Jice'}}
    const {exitCode, stdout} = await search([
      {...okta, facts},
      {name: '--registry=https://a.example/', keywords},
      {name: 'x\u001b[2J', keywords},
    ])
    expect(exitCode).to.equal(0)
    expect(stdout).to.include('aws-oidc-okta').and.include('[2Jice')
    expect(stdout).not.to.include('\u001b')
    expect(stdout).not.to.include('a.example')
  })

  it('lists a package of which the registry tells no more, as the search found it', async () => {
    const {exitCode, stdout} = await search([{...okta, isGone: true}])
    expect(exitCode).to.equal(0)
    expect(stdout).to.match(/^aws-oidc-okta +1\.0\.0 +bob +2026-03-01 +unknown$/m)
  })

  it('says so if there is none', async () => {
    expect(await search([], 'nonsense')).to.include({
      exitCode: 0,
      stdout: 'The registry has no package with the keyword "aws-oidc-plugin" that matches.\n',
      stderr: '',
    })
  })

  it('says so if the registry has no search, or is not there', async () => {
    const {exitCode, stdout, stderr} = await search(undefined)
    expect({exitCode, stdout}, stderr).to.deep.equal({exitCode: 6, stdout: ''})
    expect(stderr).to.include('has no search').and.include('AWS_OIDC_NPM_REGISTRY=')
    registry?.stop()
    const absent = await scene.home.run(['plugins', 'search'], registry?.env)
    expect({exitCode: absent.exitCode, stdout: absent.stdout}, absent.stderr).to.deep.equal({exitCode: 6, stdout: ''})
    expect(absent.stderr).to.include("can't be reached (ECONNREFUSED)")
  })
})
