import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {expect} from 'chai'
import {hookWith, plantPlugin} from '../support/planted-plugin.ts'
import {useScene} from '../support/scene.ts'
import {until} from '../support/until.ts'

const creds = ['creds', '--profile', 'developer']

describe('a plugin that never signs out', () => {
  const scene = useScene()

  for (const command of [
    ['logout', '--provider', 'sandbox'],
    ['logout', '--all'],
    ['providers', 'remove', 'sandbox'],
  ]) {
    it(`keeps nothing here after Ctrl-C (${command.join(' ')})`, async function () {
      if (process.platform === 'win32') this.skip()
      const {home} = scene
      const mark = join(home.folder, 'signing-out')
      const atSignOut = `fs.writeFileSync(${JSON.stringify(mark)}, ''); setInterval(() => {}, 1000); await new Promise(() => {})`
      await plantPlugin(home, {hook: hookWith({atSignOut})})
      await home.configure({provider: {strategy: 'ping'}})
      expect(await home.run(creds)).to.include({exitCode: 0})
      expect(await home.entries()).not.to.deep.equal([])
      if (command[0] === 'providers') {
        for (const profile of ['admin', 'developer']) {
          expect(await home.run(['profiles', 'remove', profile])).to.include({exitCode: 0})
        }
      }
      const {child, ended} = home.start(command)
      await until('it signs out', () => existsSync(mark))
      child.kill('SIGINT')
      expect(await ended).to.include({exitCode: 130, stdout: '', stderr: ''})
      expect(await home.entries()).to.deep.equal([])
    })
  }
})
