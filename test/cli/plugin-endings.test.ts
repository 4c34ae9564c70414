import {existsSync, writeFileSync} from 'node:fs'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {isOneDocument} from '../support/document.ts'
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

describe('what a plugin leaves behind', () => {
  const scene = useScene()

  /** Plants a plugin that does this as soon as the file `now` is there. */
  async function plantDoing(deed: string): Promise<{readonly now: string; readonly done: string}> {
    const {home} = scene
    const [now, done] = [join(home.folder, 'now'), join(home.folder, 'done')]
    const atSignIn = `
      const looking = setInterval(() => {
        if (!fs.existsSync(${JSON.stringify(now)})) return
        clearInterval(looking)
        fs.writeFileSync(${JSON.stringify(done)}, '')
        ${deed}
      }, 5)
      setInterval(() => {}, 1000)`
    await plantPlugin(home, {hook: hookWith({atImport: "import childProcess from 'node:child_process'", atSignIn})})
    await home.configure({provider: {strategy: 'ping'}})
    return {now, done}
  }

  const deeds = [
    ['throws', "throw new Error('left behind')"],
    ['rejects', "Promise.reject(new Error('left behind'))"],
    ['rejects with nothing', 'Promise.reject()'],
  ] as const

  for (const [words, deed] of [
    ...deeds,
    ['ends the process', 'process.exit(3)'],
    ['sets the exit code', 'process.exitCode = 3'],
    ['prints', "console.log('left behind'); fs.writeSync(1, 'left behind')"],
    ['starts a program that prints', printingBy("childProcess.spawnSync(...node, {stdio: 'inherit'})")],
  ]) {
    it(`(it ${words}) does not spoil credentials that have been printed`, async () => {
      const {now, done} = await plantDoing(deed)
      const {child, ended} = scene.home.start(creds)
      child.stdout?.once('data', () => writeFileSync(now, ''))
      isOneDocument(await ended)
      expect(existsSync(done), 'the deed was done').to.equal(true)
    })
  }

  for (const [words, deed] of deeds) {
    it(`(it ${words}) is named before there is a result`, async () => {
      const {now} = await plantDoing(deed)
      await writeFile(now, '')
      const ended = await scene.home.run([...creds, '--force'], {SANDBOX_USER: 'nobody-comes'})
      expect(ended).to.include({exitCode: 1, stdout: ''})
      const why = words === 'rejects with nothing' ? 'undefined' : 'left behind'
      expect(ended.stderr).to.match(
        new RegExp(
          `Error: The plugin aws-oidc-ping failed: .*${why}.*\nTry: aws-oidc plugins uninstall aws-oidc-ping\n$`,
        ),
      )
    })
  }

  it('does not end a program that exec has started', async () => {
    const {now, done} = await plantDoing("throw new Error('left behind')")
    const program = `
      const fs = require('node:fs')
      fs.writeFileSync(${JSON.stringify(now)}, '')
      const looking = setInterval(() => {
        if (!fs.existsSync(${JSON.stringify(done)})) return
        clearInterval(looking)
        setTimeout(() => { console.log('the program'); process.exitCode = 5 }, 300)
      }, 5)`
    const ended = await scene.home.run(['exec', '-p', 'developer', '--', process.execPath, '-e', program])
    expect(ended).to.include({exitCode: 5, stdout: 'the program\n', stderr: ended.stderr})
  })
})

/** Source code that has a program print in this way, in which `node` are its arguments. */
function printingBy(way: string): string {
  return `const node = [process.execPath, ['-e', "console.log('PRINTED')"]]; ${way}`
}

describe('a program that a plugin starts', () => {
  const scene = useScene()

  const ways: Readonly<Record<string, string>> = {
    'spawn inherits all': "const child = childProcess.spawn(...node, {stdio: 'inherit'})",
    'spawn inherits stdout': "const child = childProcess.spawn(...node, {stdio: ['ignore', 'inherit', 'ignore']})",
    'spawn names the descriptor': "const child = childProcess.spawn(...node, {stdio: ['ignore', 1, 'ignore']})",
    'spawn names the stream':
      "const child = childProcess.spawn(...node, {stdio: ['ignore', process.stdout, 'ignore']})",
    'spawn gives stdout another number':
      "const child = childProcess.spawn(process.execPath, ['-e', 'fs.writeSync(3, \"PRINTED\")'], {stdio: ['ignore', 'ignore', 'ignore', 1]})",
    'spawn by its name': "const child = spawn(...node, {stdio: 'inherit'})",
    fork: 'const child = childProcess.fork(file)',
    'fork with arguments': 'const child = childProcess.fork(file, [])',
    'fork that inherits all': "const child = childProcess.fork(file, {stdio: 'inherit'})",
    spawnSync: "childProcess.spawnSync(...node, {stdio: 'inherit'})",
    execFileSync: 'childProcess.execFileSync(...node, {stdio: [0, 1, 2]})',
    execSync: `childProcess.execSync('"' + process.execPath + '" "' + file + '"', {stdio: 'inherit'})`,
  }

  for (const [words, way] of Object.entries(ways)) {
    it(`prints to stderr, not into the result (${words})`, async () => {
      const {home} = scene
      const file = join(home.folder, 'print.cjs')
      await writeFile(file, "console.log('PRINTED')")
      const atSignIn = `
        const file = ${JSON.stringify(file)}
        ${printingBy(way)}
        ${way.includes('const child') ? "await new Promise(done => child.once('close', done))" : ''}`
      const atImport = "import childProcess, {spawn} from 'node:child_process'; void spawn"
      await plantPlugin(home, {hook: hookWith({atImport, atSignIn})})
      await home.configure({provider: {strategy: 'ping'}})
      const ended = await home.run(creds)
      isOneDocument(ended)
      expect(ended.stderr).to.include('PRINTED')
    })
  }

  it('keeps its own stdout where exec starts it', async () => {
    const {home} = scene
    await plantPlugin(home, {hook: hookWith({})})
    await home.configure({provider: {strategy: 'ping'}})
    const ended = await home.run(['exec', '-p', 'developer', '--', process.execPath, '-e', "console.log('PRINTED')"])
    expect(ended).to.include({exitCode: 0, stdout: 'PRINTED\n'})
  })
})
