import {expect} from 'chai'
import {type Directory, startDirectory} from '../support/directory.ts'
import {isOneDocument} from '../support/document.ts'
import {linkExample} from '../support/example-plugin.ts'
import {useScene} from '../support/scene.ts'

const provider = ['--provider', 'sandbox']
const developer = 'arn:aws:iam::123456789012:role/developer'

describe('roles that a provider lists in parts', () => {
  const scene = useScene()
  let directory: Directory

  beforeEach(async () => {
    directory = await startDirectory()
    await linkExample(scene.home, 'directory')
    await scene.home.configure({provider: {strategy: 'directory', roles: directory.url, rolesClaim: undefined}})
  })
  afterEach(() => directory.stop())

  const list = async (...args: readonly string[]) => {
    const {exitCode, stdout, stderr} = await scene.home.run(['roles', ...provider, '--json', ...args])
    return {exitCode, stderr, ...JSON.parse(stdout)}
  }

  it('are listed, with what had to be left out', async () => {
    const {exitCode, stdout, stderr} = await scene.home.run(['roles', ...provider])
    expect(exitCode, stderr).to.equal(0)
    for (const text of [developer, 'staging (210987654321)', 'sandbox (444444444444)']) expect(stdout).to.include(text)
    expect(stderr).to.include('The roles in suspended could not be listed: the account is suspended.')
  })

  it('are found by the e-mail address of their account, which JSON output has', async () => {
    const {roles, offered, complete, omitted} = await list('aws-1@example.com')
    expect({offered, complete}).to.deep.equal({offered: 4, complete: true})
    expect(omitted).to.deep.equal([{what: 'suspended', why: 'the account is suspended'}])
    expect(roles).to.have.length(1)
    expect(roles[0]).to.include({accountEmail: 'aws-1@example.com', accountName: 'staging'})
  })

  it('come from what the strategy has kept, until --refresh asks anew', async () => {
    await list()
    const before = directory.asked.length
    expect((await list()).roles).to.have.length(4)
    expect(directory.asked).to.have.length(before)
    await list('--refresh')
    expect(directory.asked.length).to.be.greaterThan(before)
  })

  it('are listed as far as they came before a failure, which then decides the exit code', async () => {
    directory.breaksAt = '210987654321'
    const {exitCode, stdout, stderr} = await scene.home.run(['roles', ...provider])
    expect(exitCode, stderr).to.equal(6)
    expect(stdout).to.include(developer).and.not.include('staging')
    expect(stderr).to.include('The list is not complete.').and.include('The directory answered with 503.')
    const {complete, ...json} = await list()
    expect({complete, exitCode: json.exitCode}).to.deep.equal({complete: false, exitCode: 6})
    expect(json.stderr).to.include('The directory answered with 503.')
  })

  it('write no AWS profiles when the list is not complete', async () => {
    directory.breaksAt = '210987654321'
    const args = ['profiles', 'sync', '--from-roles', ...provider, '--yes']
    expect(await scene.home.run(args)).to.include({exitCode: 6, stdout: ''})
  })

  it('are found by account and name without listing them all', async () => {
    const creds = ['creds', ...provider, '--role']
    isOneDocument(await scene.home.run([...creds, 'production/developer']))
    isOneDocument(await scene.home.run([...creds, 'aws-0@example.com/developer']))
    expect(new Set(directory.asked)).to.deep.equal(new Set(['/find']))
    const {exitCode, stderr} = await scene.home.run([...creds, 'production/admin'])
    expect(exitCode).to.equal(5)
    expect(stderr).to.include('offers you no role "admin" in an account "production"')
    expect(stderr).to.include('aws-oidc roles --provider sandbox')
  })

  it('are found by the name that the configuration gives to an account, without asking anybody', async () => {
    const provider = {strategy: 'directory', roles: directory.url, rolesClaim: undefined}
    await scene.home.configure({provider, top: {accounts: {'123456789012': 'main'}}})
    isOneDocument(await scene.home.run(['creds', '--profile', 'developer', '--role', 'main/developer']))
    expect(directory.asked).to.deep.equal([])
  })
})
