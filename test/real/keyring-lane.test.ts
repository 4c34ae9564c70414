import {type ChildProcess, spawn} from 'node:child_process'
import {readdir, readFile, stat, utimes, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {expect} from 'chai'
import {newSealingKey, textOf} from '../../src/providers/sealing.ts'
import {isOneDocument} from '../support/document.ts'
import {killed, useKeyringScene} from '../support/keyring-scene.ts'
import {loadedBy} from '../support/loaded.ts'
import {onReadOnlyHome, root, runAs, variablesOf} from '../support/machine.ts'

type Json = Readonly<Record<string, unknown>>

const creds = ['creds', '-p', 'developer']
const unattended = {AWS_OIDC_INTERACTIVE: 'never'}
const inTime = 20_000

describe('the lane for sealed entries, with the real gnome-keyring', () => {
  const scene = useKeyringScene()
  const {run} = scene
  let keyring: ChildProcess
  let printed = ''

  const pointers = () => readdir(join(scene.home.cache, 'warm')).catch((): string[] => [])

  /** The files that a call loads tell whether the lane has printed. */
  async function call(args = creds, env = unattended) {
    const endings: Awaited<ReturnType<typeof run>>[] = []
    const loaded = await loadedBy(
      scene.home.folder,
      async more => void endings.push(await run(args, {...env, ...more})),
    )
    const [ending] = endings
    if (!ending) throw new Error('the call has ended')
    return {ending, byLane: !loaded.some(url => url.endsWith('/main.cjs')), loaded}
  }

  beforeEach(async () => {
    const config = join(scene.home.folder, '.config/aws-oidc/config.yaml')
    const before = new Date(Date.now() - 60_000)
    await utimes(config, before, before)
    keyring = await scene.startKeyring()
    printed = (await run(creds)).stdout
    expect(await pointers()).to.deep.equal(['developer,'])
  })

  it('prints what the whole program prints, byte for byte, and loads the library and one small file of ours', async () => {
    const {ending, byLane, loaded} = await call()
    expect(byLane).to.equal(true)
    expect(ending).to.include({exitCode: 0, stdout: printed, stderr: ''})
    const names = loaded.flatMap(url => /(?<=\/)(?:dist\/.+|node_modules\/@?[^/]+\/[^/]+)/.exec(url)?.[0] ?? [])
    expect(new Set(names.filter(name => !name.includes('@napi-rs')))).to.deep.equal(
      new Set(['dist/bundle/lane-keyring.cjs']),
    )
    expect(await scene.forms()).to.deep.equal(['A256GCM'])
    // The library itself looks for its binary in many places.
    expect(loaded.some(url => url.includes('keyring/index.js'))).to.equal(false)
  })

  it('prints it where the keyring is configured, from an entry that stays sealed', async () => {
    const env = {...unattended, AWS_OIDC_CACHE: 'keyring'}
    expect(await run(creds, env)).to.include({stdout: printed})
    const {ending, byLane} = await call(creds, env)
    expect(byLane).to.equal(true)
    expect(ending.stdout).to.equal(printed)
    const pointer = await readFile(join(scene.home.cache, 'warm/developer,'), 'utf8')
    const {AccessKeyId, SecretAccessKey, SessionToken} = JSON.parse(printed)
    for (const secret of [AccessKeyId, SecretAccessKey, SessionToken]) expect(pointer).not.to.include(secret)
  })

  it('prints it however many calls begin at once', async () => {
    const endings = await Promise.all(Array.from({length: 20}, () => run(creds, unattended)))
    for (const ending of endings) expect(ending).to.include({exitCode: 0, stdout: printed, stderr: ''})
    expect(await pointers()).to.deep.equal(['developer,'])
  })

  it('ignores an entry that another key has sealed', async () => {
    await scene.bus.changeItem('cache-key', textOf(newSealingKey()))
    const {ending, byLane} = await call()
    expect(byLane).to.equal(false)
    expect(ending).to.include({exitCode: 3, stdout: ''})
  })

  it('ignores an entry whose key is gone', async () => {
    await scene.bus.changeItem('cache-key')
    expect(await call()).to.include({byLane: false})
  })

  it('does not ask to unlock a locked keyring, and leaves that to the whole program', async () => {
    await killed(keyring)
    const prompts = await requestsOn(scene.bus.env, 'Prompt')
    await scene.bus.startKeyring()
    const start = Date.now()
    const {ending, byLane} = await call()
    expect(byLane).to.equal(false)
    expect(ending).to.include({exitCode: 3, stdout: ''})
    expect(Date.now() - start).to.be.lessThan(inTime)
    expect(prompts.count(), 'the whole program alone asks').to.equal(1)
    const again = await call()
    expect(again).to.include({byLane: false})
    expect(prompts.count(), 'which has noted that it failed').to.equal(1)
  })

  for (const [words, hang] of [
    ['is stopped', async () => void keyring.kill('SIGSTOP')],
    [
      'never answers',
      async () => {
        await killed(keyring)
        await scene.bus.startSilentService('org.freedesktop.secrets')
      },
    ],
  ] as const) {
    it(`gives up, and lets the whole program do its work, where the keyring ${words}`, async () => {
      await hang()
      const start = Date.now()
      const ending = await run(creds, {AWS_OIDC_INTERACTIVE: 'always'})
      isOneDocument(ending)
      expect(ending.stderr.match(/Warning: .+$/gm), ending.stderr).to.have.length(1)
      expect(Date.now() - start).to.be.lessThan(inTime)
      expect(await scene.forms()).to.include('none')
      // The pointer soon leads to plain text, and no call waits meanwhile.
      const requests = await requestsOn(scene.bus.env, 'OpenSession')
      for (const byLane of [false, true]) {
        const again = await call()
        expect(again.byLane).to.equal(byLane)
        expect(again.ending).to.include({exitCode: 0, stdout: ending.stdout, stderr: ''})
      }
      expect(requests.count()).to.equal(0)
    })
  }

  it('waits only once for a keyring that hangs, where the user may not be asked', async () => {
    keyring.kill('SIGSTOP')
    expect(await run(creds, unattended)).to.include({exitCode: 3, stdout: ''})
    expect(await pointers()).to.deep.equal([])
    keyring.kill('SIGCONT')
  })

  it('does not loop where it can neither read nor write', async function () {
    if (!root) this.skip()
    keyring.kill('SIGSTOP')
    const {home, sandbox, bus} = scene
    const env = {...variablesOf(home, sandbox), ...bus.env, ...unattended}
    const ending = await runAs(creds, {env, shell: onReadOnlyHome})
    if (/unshare|mount:/.test(ending.stderr)) this.skip()
    expect(ending, ending.stderr).to.include({exitCode: 3, stdout: ''})
    expect(await pointers()).to.deep.equal(['developer,'])
  })

  for (const [words, change] of [
    ['was prolonged', ({exp, ...sealed}) => ({...sealed, exp: Number(exp) + 3600})],
    ['has another text', ({data, ...sealed}) => ({...sealed, data: `AAAA${String(data).slice(4)}`})],
    ['is in plain text', ({v, exp, key}) => ({v, exp, key, enc: 'none', data: plain()})],
    ['is sealed as it was', sealed => sealed],
  ] satisfies readonly [string, (envelope: Json) => Json][]) {
    const hit = words === 'is sealed as it was'
    it(`${hit ? 'uses' : 'ignores'} an entry that ${words}, where the pointer vouches for it`, async () => {
      const pointer = join(scene.home.cache, 'warm/developer,')
      const [text, {mtime}] = [await readFile(pointer, 'utf8'), await stat(pointer)]
      const path = /[^\t\n]*\/v1\/[0-9a-f]+\.json/.exec(text)?.[0] ?? ''
      await writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, 'utf8')))))
      const {dev, ino, size, ctimeNs} = await stat(path, {bigint: true})
      const id = [dev, ino, size, ctimeNs].map(part => part.toString(36)).join('-')
      await writeFile(pointer, text.replace(/[\da-z-]+(?=\t[^\t\n]*\/v1\/)/, id))
      await utimes(pointer, mtime, mtime)
      expect(await call()).to.include({byLane: hit})
    })
  }

  /** What an entry of these credentials holds. */
  function plain(): string {
    const {AccessKeyId, SecretAccessKey, SessionToken, Expiration, AccountId} = JSON.parse(printed)
    const keys = {accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken}
    const role = 'arn:aws:iam::123456789012:role/developer'
    return JSON.stringify({...keys, expiration: Expiration, role, accountId: AccountId, obtainedAt: new Date()})
  }
})

/** Counts the requests of one name that are made on a bus from now on. */
async function requestsOn(env: Readonly<Record<string, string>>, member: 'OpenSession' | 'Prompt') {
  const monitor = spawn('dbus-monitor', ['--session', '--profile', `type='method_call',member='${member}'`], {
    env: {PATH: process.env.PATH, ...env},
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let requests = 0
  await new Promise(resolve =>
    createInterface({input: monitor.stdout}).on('line', line => {
      if (line.endsWith(`\t${member}`)) requests++
      resolve(line)
    }),
  )
  return {count: () => requests}
}
