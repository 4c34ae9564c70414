import {spawnSync} from 'node:child_process'
import {join} from 'node:path'
import {expect} from 'chai'
import {seesExchanges} from '../support/exchange-suite.ts'
import {isHit, useHotScene} from '../support/hot.ts'
import {readsHotCopies} from '../support/hot-copy-suite.ts'
import {root} from '../support/sandbox.ts'

const bash = ['bash', '--norc'] as const
const busybox = ['busybox', 'ash'] as const

for (const shell of [bash, busybox]) {
  describe(`the launcher in ${shell.join(' ')}, given a hot copy,`, () => {
    readsHotCopies(shell)
    seesExchanges(shell)
  })
}

for (const shell of [['dash'], bash, ['bash', '--posix'], busybox] as const) {
  describe(`the launcher in ${shell.join(' ')}`, () => {
    const scene = useHotScene(shell)

    it('starts no process', async () => {
      const log = join(scene.home.folder, 'calls')
      const around = `exec strace --follow-forks --trace=process --output='${log}' "$@"`
      expect(isHit(await scene.call({around}))).to.equal(true)
      const {stdout} = spawnSync('grep', ['-cE', '(execve|fork|clone[3]?)\\(', log], {encoding: 'utf8'})
      expect(stdout, 'the shell itself').to.equal('1\n')
    })
  })
}

describe('the launcher in a shell whose printf is a program of its own (mksh)', () => {
  const scene = useHotScene(['mksh'])

  it('does not print the copy: the arguments of programs are visible to all', async () => {
    const log = `${scene.home.folder}/calls`
    const ended = await scene.call({
      around: `exec strace --follow-forks --trace=execve --string-limit=9999 --output='${log}' "$@"`,
    })
    expect(ended.exitCode, ended.stderr).to.equal(0)
    const {SecretAccessKey} = JSON.parse(ended.stdout)
    expect(spawnSync('grep', ['-cF', SecretAccessKey, log], {encoding: 'utf8'}).stdout).to.equal('0\n')
  })
})

describe('the launcher', () => {
  it('passes shellcheck', () => {
    const {status, stdout} = spawnSync('shellcheck', [join(root, 'dist/bundle/launcher.sh')], {encoding: 'utf8'})
    expect({status, stdout}).to.deep.equal({status: 0, stdout: ''})
  })
})
