import {execFile} from 'node:child_process'
import {mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {expect} from 'chai'
import {root} from '../support/sandbox.ts'

const run = promisify(execFile)

describe('a clone', () => {
  it('is neither installed nor built again when nothing has changed', async () => {
    const {stdout, stderr} = await run(process.execPath, [join(root, 'scripts/prepare.js')])
    expect(stdout + stderr).to.equal('')
  })

  it('runs the demo in one command, unattended, even without HOME', async () => {
    const {HOME: _, ...env} = process.env
    const folder = await mkdtemp(join(tmpdir(), 'aws-oidc-no-home-'))
    try {
      const {stdout} = await run(process.execPath, [join(root, 'scripts/demo.js')], {env, cwd: folder})
      expect(stdout).to.include('3 profiles written.')
      // By SAML the provider names the session.
      for (const who of [/role\/developer\/alice@example\.com/, /role\/developer\/alice\b(?!@)/, /role\/admin\//]) {
        expect(stdout).to.match(who)
      }
      expect(stdout).to.include('10 of 10 got the same credentials; sign-ins: 1')
      expect(stdout).not.to.include('alice-password')
    } finally {
      await rm(folder, {recursive: true, force: true})
    }
  })
})

describe('bin/run.js', () => {
  it('says in one line which Node it needs, before any import', async () => {
    const code = `Object.defineProperty(process.versions, 'node', {value: '20.20.2'}); await import(${JSON.stringify(join(root, 'bin/run.js'))})`
    const failure = await run(process.execPath, ['--input-type=module', '-e', code]).catch((error: unknown) => error)
    expect(failure).to.include({code: 1, stdout: ''})
    expect((failure as {stderr: string}).stderr).to.match(/^aws-oidc needs Node 24\.15 or newer; this is .*\n$/)
    expect(await readFile(join(root, 'bin/run.js'), 'utf8')).not.to.match(/^import\s/m)
  })
})
