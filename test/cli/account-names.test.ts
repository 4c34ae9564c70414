import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {useScene} from '../support/scene.ts'

const arn = (name: string) => `arn:aws:iam::123456789012:role/${name}`
const accounts = {'123456789012': 'Production (EU)', '210987654321': 'test'}

describe('an account that has a name in the configuration', () => {
  const scene = useScene()
  beforeEach(() => scene.home.configure({top: {accounts}}))

  const inHome = (path: string) => readFile(join(scene.home.folder, path), 'utf8')

  async function rolesFor(...args: string[]) {
    const {exitCode, stdout, stderr} = await scene.home.run(['roles', ...args, '--json'])
    expect(exitCode, stderr).to.equal(0)
    return JSON.parse(stdout).roles
  }

  it('is shown by that name where roles are listed', async () => {
    const {exitCode, stdout} = await scene.home.run(['roles'])
    expect(exitCode).to.equal(0)
    expect(stdout.split('\n').map(line => line.split(/ {2,}/))).to.deep.equal([
      ['ROLE', 'ACCOUNT', 'PROFILES', 'ARN'],
      ['developer', 'Production (EU) (123456789012)', 'developer', arn('developer')],
      ['readonly', 'Production (EU) (123456789012)', '-', arn('readonly')],
      [''],
    ])
  })

  it('is found by that name, which JSON output has too', async () => {
    expect(await rolesFor('production', 'read')).to.deep.equal([
      {
        role: arn('readonly'),
        name: 'readonly',
        accountId: '123456789012',
        accountName: 'Production (EU)',
        profiles: [],
      },
    ])
    expect(await rolesFor('test')).to.deep.equal([])
  })

  it('gives names to profiles through {accountName}', async () => {
    const sync = ['profiles', 'sync', '--from-roles', '--yes', '--name-template', '{accountName}-{role}']
    const {exitCode, stderr} = await scene.home.run(sync)
    expect(exitCode, stderr).to.equal(0)
    expect(await inHome('.aws/config'))
      .to.include('[profile Production-EU--developer]\n')
      .and.include('[profile Production-EU--readonly]\n')
  })

  it('is shown by name and id for a profile and by whoami', async () => {
    const {stdout: shown} = await scene.home.run(['profiles', 'show', 'admin'])
    expect(shown).to.match(/^Account +Production \(EU\)$/m)
    const {stdout: whoami} = await scene.home.run(['whoami', '-p', 'developer'])
    expect(whoami).to.match(/^Account +Production \(EU\) \(123456789012\)$/m)
    const {stdout} = await scene.home.run(['whoami', '-p', 'developer', '--json'])
    expect(JSON.parse(stdout)).to.include({account: '123456789012', accountName: 'Production (EU)'})
  })

  it('keeps that name, as it was typed, when commands change the file', async () => {
    const path = '.config/aws-oidc/config.yaml'
    const mine = '# who pays\naccounts:   {012345678901:   test,\n  "123456789012": \'Production (EU)\'} # two\n'
    const before = `${mine}${(await inHome(path)).replace(/^accounts:\n(?: .*\n)*/m, '')}`
    await scene.home.writeConfig(before)
    const add = ['profiles', 'add', 'viewer', '--provider', 'sandbox', '--role', arn('readonly')]
    expect(await scene.home.run(add)).to.include({exitCode: 0})
    const after = await inHome(path)
    expect(after)
      .to.include('  viewer:\n')
      .and.to.satisfy((text: string) => text.startsWith(before))
    expect(await scene.home.run(['profiles', 'remove', 'viewer'])).to.include({exitCode: 0})
    expect(await inHome(path)).to.equal(before)
  })

  it('is refused for an id that is not valid, with the place and the advice to quote it', async () => {
    await scene.home.writeConfig('accounts:\n  12345678901: production\n')
    const {exitCode, stdout, stderr} = await scene.home.run(['roles'])
    expect({exitCode, stdout}).to.deep.equal({exitCode: 2, stdout: ''})
    expect(stderr)
      .to.match(/config\.yaml:2:3: accounts\.12345678901 must be the twelve digits of an AWS account\./)
      .and.include('in quotes')
  })
})
