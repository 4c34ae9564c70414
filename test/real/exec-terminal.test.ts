import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {bin} from '../support/home.ts'
import {variablesOf} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'
import {startOnTerminal, type TerminalSession} from '../support/terminal-session.ts'

const shell = ['bash', '--norc', '--noprofile', '-i']

describe('A program that aws-oidc exec runs on a terminal', () => {
  const scene = useScene()
  beforeEach(() => scene.home.run(['creds', '--profile', 'developer']))

  function start(...command: readonly string[]): TerminalSession {
    const env = {
      ...variablesOf(scene.home, scene.sandbox),
      PS1: 'ready> ',
      NODE: process.execPath,
      BIN: bin,
      AWS_OIDC_PROFILE: 'developer',
    }
    return startOnTerminal(['exec', '--', ...command], {env})
  }

  it('may be a shell, with job control, the size of the window and its own exit code', async () => {
    const session = start(...shell)
    await session.until('ready> ')
    session.type('stty size; exit 3\n')
    expect(await session.ended).to.deep.equal({exitCode: 3, restored: true})
    expect(session.shown())
      .to.include('50 100')
      .and.not.match(/no job control|cannot set terminal/)
  })

  it('is stopped by Ctrl-Z, continues with fg, and is ended by Ctrl-C', async () => {
    const program = `process.on('SIGCONT', () => console.log('going on'))
      process.stdin.on('data', text => console.log('got ' + text))
      console.log('listening')`
    await writeFile(join(scene.home.folder, 'program.js'), program)
    const session = start(...shell)
    await session.until('ready> ')
    session.type('"$NODE" "$BIN" exec -- "$NODE" "$HOME/program.js"\n')
    await session.until('listening')
    session.type('\u001a')
    await session.until('Stopped')
    // What is typed before the shell, or the program, has its own way of reading may be lost.
    await session.until('ready> ', 2)
    session.type('fg\n')
    await session.until('going on')
    session.type('a line\n')
    await session.until('got a line')
    session.type('\u0003')
    await session.until('ready> ', 3)
    session.type('echo "it ended with $?"\n')
    await session.until('it ended with 130')
    session.type('exit 0\n')
    expect(await session.ended).to.deep.equal({exitCode: 0, restored: true})
  })

  it('receives each Ctrl-C once, and may continue', async () => {
    const program = `let [heard, end] = [0]
      process.on('SIGINT', () => {
        console.log('heard ' + ++heard)
        clearTimeout(end)
        end = setTimeout(() => process.exit(heard), 500)
      })
      setInterval(() => undefined, 1000)
      console.log('listening')`
    const session = start(process.execPath, '-e', program)
    await session.until('listening')
    // Two that come at the same moment may be heard as one.
    for (const heard of ['heard 1', 'heard 2', 'heard 3', 'heard 4', 'heard 5']) {
      session.type('\u0003')
      await session.until(heard)
    }
    expect(await session.ended).to.deep.equal({exitCode: 5, restored: true})
  })

  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGTERM'] as const) {
    it(`receives ${signal} once, whether it is sent to aws-oidc alone or to all on the terminal`, async () => {
      const program = `let heard = 0
        process.on('${signal}', () => {
          console.log('heard ' + ++heard)
          if (heard === 3) setTimeout(() => process.exit(heard), 500)
        })
        setInterval(() => undefined, 1000)
        console.log('of ' + process.ppid + ';')`
      const session = start(process.execPath, '-e', program)
      await session.until(';')
      const pid = Number(/of (\d+);/.exec(session.shown())?.[1])
      for (const [to, heard] of [
        [pid, 'heard 1'],
        [pid, 'heard 2'],
        [-pid, 'heard 3'],
      ] as const) {
        process.kill(to, signal)
        await session.until(heard)
      }
      expect(await session.ended).to.deep.equal({exitCode: 3, restored: true})
    })
  }

  it('ends a shell script with Ctrl-C, as it would without aws-oidc', async () => {
    const file = join(scene.home.folder, 'script')
    await writeFile(file, `for name in first second; do "$@" exec -- sh -c "echo $name; sleep 30"; done\n`)
    const session = start('bash', file, process.execPath, bin)
    await session.until('first')
    session.type('\u0003')
    expect((await session.ended).exitCode).to.equal(-2)
    expect(session.shown()).not.to.include('second')
  })

  it('may be a pager, which reads its keys and restores the terminal', async () => {
    const file = join(scene.home.folder, 'text')
    await writeFile(file, Array.from({length: 200}, (_, line) => `line ${line + 1} of it\n`).join(''))
    const session = start('less', file)
    await session.until('line 49 of it')
    session.type('G')
    await session.until('line 200 of it')
    session.type('q')
    expect(await session.ended).to.deep.equal({exitCode: 0, restored: true})
  })
})
