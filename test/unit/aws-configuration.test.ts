import {mkdir, mkdtemp, realpath, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {awsConfiguration} from '../../src/outside/aws-configuration.ts'

describe('the program that AWS tools are told to start', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aws-oidc-node-'))
  })
  afterEach(() => rm(folder, {recursive: true}))

  const nodeWith = async (...path: readonly string[]) =>
    (await awsConfiguration('/run.js', {PATH: path.join(':')}, process.platform, folder)).ownProgram[0]

  it('is the running Node, by its name on PATH', async () => {
    const [other, lasting, ofScript] = ['other', 'lasting', 'x/node_modules/.bin'].map(name => join(folder, name))
    if (!other || !lasting || !ofScript) throw new Error('there are three')
    for (const path of [other, lasting, ofScript]) await mkdir(path, {recursive: true})
    await writeFile(join(other, 'node'), '')
    for (const path of [lasting, ofScript]) await symlink(await realpath(process.execPath), join(path, 'node'))
    expect(await nodeWith('', folder, other, ofScript, lasting)).to.equal(join(lasting, 'node'))
    expect(await nodeWith(other, ofScript)).to.equal(process.execPath)
  })
})
