import {existsSync} from 'node:fs'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {systemNpm} from '../../src/outside/processes/npm.ts'
import {writePackage} from '../support/written-package.ts'

describe('the npm that aws-oidc brings', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aws-oidc-npm-'))
  })
  afterEach(() => rm(folder, {recursive: true, force: true}))
  const options = {registry: 'http://127.0.0.1:9/', signal: new AbortController().signal}

  it('runs no script of a package, neither when it is packed nor when it is installed', async () => {
    const mark = join(folder, 'mark')
    const leavesMark = `"${process.execPath}" -e "require('fs').writeFileSync('${mark}', '')"`
    const scripts = {prepare: leavesMark, preinstall: leavesMark, install: leavesMark, postinstall: leavesMark}
    await writePackage(folder, {name: 'into', private: true})
    const source = await writePackage(join(folder, 'source'), {name: 'scripted', version: '1.0.0', scripts})
    await systemNpm.run(['pack', source], folder, options)
    await systemNpm.run(['install', join(folder, 'scripted-1.0.0.tgz')], folder, options)
    expect(existsSync(join(folder, 'node_modules/scripted/package.json'))).to.equal(true)
    expect(existsSync(mark), 'a script ran').to.equal(false)
  })

  it('ends when the signal aborts', async () => {
    const reason = new Error('Interrupted.')
    const controller = new AbortController()
    const view = systemNpm.run(['view', 'nothing'], folder, {...options, signal: controller.signal})
    controller.abort(reason)
    expect(await view.catch(error => error)).to.equal(reason)
  })
})
