import {expect} from 'chai'
import {windowsCommand} from '../../src/outside/processes/windows-command.ts'

const env = {
  Path: String.raw`C:\Windows;"C:\Program Files\nodejs";;C:\tools`,
  PATHEXT: '.COM;.EXE;.BAT;.CMD;.JS',
  ComSpec: String.raw`C:\Windows\system32\cmd.exe`,
}
const files = new Set([
  String.raw`C:\Windows\whoami.exe`,
  String.raw`C:\Program Files\nodejs\npm.cmd`,
  String.raw`C:\Program Files\nodejs\npm`,
  String.raw`C:\tools\terraform.exe`,
  String.raw`C:\tools\terraform.cmd`,
  String.raw`C:\tools\script.js`,
  'here.exe',
])
const isFile = (path: string) => [...files].some(file => file.toLowerCase() === path.toLowerCase())
const start = (...command: readonly [string, ...string[]]) => windowsCommand(command, env, isFile)

describe('a command on Windows', () => {
  it('is found on PATH with the extensions of PATHEXT, in their order', () => {
    expect(start('terraform', 'plan')).to.deep.equal({
      program: String.raw`C:\tools\terraform.exe`,
      args: ['plan'],
      verbatim: false,
    })
  })

  it('is found with its extension, and by its path', () => {
    const whoami = {program: String.raw`C:\Windows\whoami.exe`, args: [], verbatim: false}
    expect(start('whoami.EXE')).to.deep.equal({...whoami, program: String.raw`C:\Windows\whoami.EXE`})
    expect(start(String.raw`C:\Windows\whoami`)).to.deep.equal(whoami)
  })

  it('that is a batch file is run by cmd.exe, with each argument unchanged', () => {
    expect(start('npm', 'run', 'a & b', '^|<>()!', 'C:\\dir\\')).to.deep.equal({
      program: env.ComSpec,
      args: ['/d', '/s', '/c', String.raw`""C:\Program Files\nodejs\npm.cmd" "run" "a & b" "^|<>()!" "C:\dir\\""`],
      verbatim: true,
    })
  })

  for (const argument of ['say "yes"', '%PATH%', 'two\nlines', 'two\rlines']) {
    it(`that is a batch file is not given ${JSON.stringify(argument)}, which cmd.exe would run or change`, () => {
      expect(start('npm', argument)).to.deep.include({exitCode: 126})
      expect(start('terraform', argument)).to.deep.include({args: [argument]})
    })
  }

  it('is not searched for in the current folder, nor among scripts that need another program', () => {
    expect(start('here')).to.deep.equal({exitCode: 127, problem: 'here: command not found'})
    expect(start('script')).to.deep.include({exitCode: 127})
  })

  it('is found by the defaults where the environment is empty', () => {
    const found = windowsCommand([String.raw`.\npm`], {}, path => path === String.raw`.\npm.cmd`)
    expect(found).to.deep.include({program: String.raw`C:\Windows\System32\cmd.exe`, verbatim: true})
  })
})
