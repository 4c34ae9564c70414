import {chmod, readdir, utimes} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {type Home, makeHome} from '../support/home.ts'
import {
  giveTo,
  inventory,
  leaveSeconds,
  nobody,
  removeEntries,
  root,
  runAs,
  type Start,
  takeLock,
  variablesOf,
} from '../support/machine.ts'
import {startSandbox} from '../support/sandbox.ts'
import {type Scene, useScene} from '../support/scene.ts'

const creds = ['creds', '--profile', 'developer']

describe('a call served from the cache', () => {
  const scene = useScene()

  it('needs no network: it works when provider and AWS are unreachable', async () => {
    const sandbox = await startSandbox()
    const home = await makeHome(sandbox)
    try {
      const {stdout} = await home.run(creds)
      await sandbox.stop()
      expect(await home.run(creds)).to.deep.equal({exitCode: 0, signal: null, stdout, stderr: ''})
    } finally {
      await home.close()
    }
  })

  it('writes nothing and touches nothing', async () => {
    const {home} = scene
    const long = new Date(Date.now() - 60_000)
    await utimes(join(home.folder, '.config/aws-oidc/config.yaml'), long, long)
    // The whole program leaves a pointer, and what Node has compiled.
    for (const args of [creds, [...creds, '--format', 'process']]) await home.run(args)
    const before = await inventory(home.folder)
    await home.run(creds)
    expect(await inventory(home.folder)).to.deep.equal(before)
  })

  it('takes no lock: it works while another process holds it', async () => {
    const {home} = scene
    const {stdout} = await home.run(creds)
    const release = await takeLock(home)
    try {
      expect(await home.run(creds)).to.include({exitCode: 0, stdout, stderr: ''})
    } finally {
      release()
    }
  })

  it('works with a home that can not be written', async function () {
    if (process.platform === 'win32') this.skip()
    const {home} = scene
    const as = await asOwner(scene)
    const {stdout} = await runAs(creds, as)
    await whileFrozen(home, async () => {
      expect(await runAs(creds, as)).to.deep.equal({exitCode: 0, signal: null, stdout, stderr: ''})
    })
  })

  it('works with a home that can not be written even inside the soft margin, each time without output', async function () {
    if (process.platform === 'win32') this.skip()
    const {home, sandbox} = scene
    const as = await asOwner(scene)
    const {stdout} = await runAs(creds, as)
    await leaveSeconds(home, 600)
    await sandbox.steer('DELETE', '/journal')
    await whileFrozen(home, async () => {
      for (const _ of [1, 2]) {
        expect(await runAs(creds, as)).to.deep.equal({exitCode: 0, signal: null, stdout, stderr: ''})
      }
    })
    expect(await sandbox.journal(), 'nothing is renewed that could not be kept').to.deep.equal([])
  })
})

/** A user for whom a folder can be closed: not root. */
async function asOwner({home, sandbox}: Scene): Promise<Start> {
  if (root) await giveTo(nobody, home.folder)
  return {env: variablesOf(home, sandbox), ...(root && {user: nobody})}
}

async function whileFrozen({folder}: Home, work: () => Promise<void>): Promise<void> {
  const paths = [folder, ...(await readdir(folder, {recursive: true})).map(name => join(folder, name))]
  try {
    for (const path of paths) await chmod(path, /\.(json|yaml)$/.test(path) ? 0o400 : 0o500)
    await work()
  } finally {
    for (const path of paths) await chmod(path, 0o700)
  }
}

describe('a cold call with a home that can not be written', () => {
  const scene = useScene()

  it('still signs in and prints credentials, with a warning', async function () {
    if (process.platform === 'win32') this.skip()
    const {home, sandbox} = scene
    if (root) await giveTo(nobody, home.folder)
    await chmod(home.folder, 0o500)
    try {
      const {exitCode, stdout, stderr} = await runAs(creds, {
        env: variablesOf(home, sandbox),
        ...(root && {user: nobody}),
      })
      expect(exitCode, stderr).to.equal(0)
      expect(JSON.parse(stdout)).to.include({Version: 1})
      expect(stderr.match(/Warning: .*/g), stderr).to.have.length(1)
      expect(stderr).to.include('Warning: The cache')
    } finally {
      await chmod(home.folder, 0o700)
    }
  })
})

describe('cached credentials that approach their expiry', () => {
  const scene = useScene()

  it('are renewed silently inside the soft margin', async () => {
    const {home, sandbox} = scene
    const {stdout} = await home.run(creds)
    await leaveSeconds(home, 600)
    const renewed = await home.run(creds, {AWS_OIDC_INTERACTIVE: 'never'})
    expect(renewed).to.include({exitCode: 0})
    expect(renewed.stdout).not.to.equal(stdout)
    expect(await sandbox.signIns()).to.equal(1)
  })

  it('are served inside the soft margin when no server can be reached', async () => {
    const {home, sandbox} = scene
    const {stdout} = await home.run(creds)
    await leaveSeconds(home, 600)
    for (const on of ['sts', 'token', 'discovery']) await sandbox.fault({on, cut: true})
    expect(await home.run(creds)).to.include({exitCode: 0, stdout})
  })

  it('are served within seconds when AWS does not answer inside the soft margin', async () => {
    const {home, sandbox} = scene
    const {stdout} = await home.run(creds)
    await leaveSeconds(home, 600)
    await sandbox.fault({on: 'sts', delayMs: 12_000})
    const start = Date.now()
    expect(await home.run(creds)).to.include({exitCode: 0, stdout})
    expect(Date.now() - start).to.be.lessThan(10_000)
  })

  it('are not served in the last minute, even when AWS is out of order', async () => {
    const {home, sandbox} = scene
    await home.run(creds)
    await leaveSeconds(home, 50)
    await sandbox.fault({on: 'sts', status: 503, body: 'busy'})
    expect(await home.run(creds)).to.include({exitCode: 6, stdout: ''})
  })

  it('lead to a sign-in with --format env where silent renewal does not work', async () => {
    const {home, sandbox} = scene
    await home.run(creds)
    await leaveSeconds(home, 600)
    await sandbox.steer('POST', '/revoke-sessions', {})
    await removeEntries(home, text => text.includes('refreshToken'))
    expect(await home.run([...creds, '--format', 'env'])).to.include({exitCode: 0})
    expect(await sandbox.signIns()).to.equal(2)
  })
})
