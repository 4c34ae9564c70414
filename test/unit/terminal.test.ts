import {spawnSync} from 'node:child_process'
import {join} from 'node:path'
import {expect} from 'chai'
import {root} from '../support/sandbox.ts'

describe('the output to stderr', () => {
  // The 20,000 bytes to 60,000 are for the failure that ends the command: test/cli/output.test.ts.
  it('ends before the pipe of a caller that does not read it is full, and never in the middle of a line', () => {
    const code = `
      import {systemTerminal} from ${JSON.stringify(join(root, 'src/outside/terminal/terminal.ts'))}
      const {say} = systemTerminal(process.env, process.platform)
      for (let line = 0; line < 100; line++) say('ß'.repeat(1000))
      say('short')`
    const {status, stderr} = spawnSync(process.execPath, ['--input-type=module', '-e', code], {encoding: 'utf8'})
    expect(status, stderr).to.equal(0)
    expect(Buffer.byteLength(stderr)).to.be.within(35_000, 40_000)
    expect(stderr).to.match(/^(ß{1000}\n)+short\n$/)
  })

  it("does not change the mode of the caller's pipe, so that nothing that others write to it is lost", function () {
    if (process.platform !== 'linux') return this.skip()
    const code = `
      import {readFileSync} from 'node:fs'
      import {systemTerminal} from ${JSON.stringify(join(root, 'src/outside/terminal/terminal.ts'))}
      systemTerminal(process.env, process.platform).say('short')
      const [, flags] = /flags:\\s+([0-7]+)/.exec(readFileSync('/proc/self/fdinfo/2', 'utf8'))
      process.exitCode = Number.parseInt(flags, 8) & 0o4000 ? 1 : 0`
    const {status, stderr} = spawnSync(process.execPath, ['--input-type=module', '-e', code], {encoding: 'utf8'})
    expect({status, stderr}).to.deep.equal({status: 0, stderr: 'short\n'})
  })
})
