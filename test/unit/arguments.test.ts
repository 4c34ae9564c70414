import {readdir} from 'node:fs/promises'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {expect} from 'chai'
import {readObject} from '../../src/text/json.ts'

const folder = join(import.meta.dirname, '../../dist/commands')

describe('the arguments of commands', () => {
  // oclif reads a missing argument from a pipe, and repeats it in errors: it may be a secret, or the user's data.
  it('never come from a pipe', async () => {
    const names: string[] = []
    for (const file of await readdir(folder, {recursive: true})) {
      if (!file.endsWith('.js') || file.startsWith('shared')) continue
      const {args} = (await import(pathToFileURL(join(folder, file)).href)).default
      for (const [name, arg] of Object.entries(readObject(args))) {
        names.push(name)
        expect(readObject(arg).ignoreStdin, `${name} of ${file}`).to.equal(true)
      }
    }
    expect(names).to.include.members(['plugin', 'setting'])
  })
})
