import {join} from 'node:path'
import {expect} from 'chai'
import {useScene} from '../support/scene.ts'
import {writePackage} from '../support/written-package.ts'

describe('plugins link, of a plugin that would drive a browser,', () => {
  const scene = useScene()

  it('says on stderr that this version can not, and links it', async () => {
    const manifest = {
      name: 'aws-oidc-portal',
      version: '1.0.0',
      'aws-oidc': {apiVersion: 1, strategies: ['portal']},
      oclif: {hooks: {'aws-oidc:strategies': './strategies.js'}},
    }
    const files = {'strategies.js': 'export const signIn = (settings, host) => host.samlFromBrowser(settings.start)'}
    const folder = await writePackage(join(scene.home.folder, 'portal'), manifest, files)
    const {exitCode, stdout, stderr} = await scene.home.run(['plugins', 'link', folder, '--no-install'])
    expect({exitCode, stdout}).to.deep.equal({
      exitCode: 0,
      stdout: 'Linked aws-oidc-portal 1.0.0, which provides "strategy: portal".\n',
    })
    expect(stderr).to.include("can't drive a browser yet: the strategies of aws-oidc-portal that call samlFromBrowser")
  })
})
