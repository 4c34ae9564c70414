import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, readFile, rm, stat} from 'node:fs/promises'
import {createServer} from 'node:http'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {parse} from 'yaml'
import {authorize} from './support/oidc-client.ts'

const program = join(import.meta.dirname, '../bin/run.js')

interface Run {
  readonly child: ChildProcess
  readonly output: {stdout: string; stderr: string}
  readonly ended: Promise<number | null>
}

function run(argv: readonly string[], environment: NodeJS.ProcessEnv = {}): Run {
  const child = spawn(process.execPath, [program, ...argv], {env: {...process.env, ...environment}})
  const output = {stdout: '', stderr: ''}
  child.stdout.on('data', chunk => (output.stdout += String(chunk)))
  child.stderr.on('data', chunk => (output.stderr += String(chunk)))
  return {child, output, ended: once(child, 'close').then(([code]) => code)}
}

async function readyLine({child, output, ended}: Run): Promise<Record<string, string>> {
  const early = ended.then(code => {
    throw new Error(`ended with ${code}: ${output.stderr}`)
  })
  while (!output.stdout.includes('\n')) await Promise.race([child.stdout && once(child.stdout, 'data'), early])
  return JSON.parse(output.stdout)
}

describe('The command line', () => {
  let directory: string
  const running: Run[] = []

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sandbox-test-'))
  })
  afterEach(async () => {
    for (const {child} of running.splice(0)) child.kill('SIGKILL')
    await rm(directory, {recursive: true})
  })
  const start = (...argv: string[]): Run => {
    const started = run(['start', '--json', ...argv])
    running.push(started)
    return started
  }

  for (const [signal, exitCode] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    it(`prints one line and nothing else, and ends with ${exitCode} on ${signal}`, async () => {
      const sandbox = start()
      const ready = await readyLine(sandbox)
      const members = ['issuer', 'clientId', 'sts', 'console', 'control', 'identityCenter', 'account', 'users']
      expect(Object.keys(ready)).to.deep.equal(members)
      expect(new URL(ready.issuer ?? '').hostname).to.equal('127.0.0.1')
      const {url} = authorize(ready.issuer ?? '', 'http://127.0.0.1:1/callback')
      expect((await fetch(url, {redirect: 'manual'})).status).to.equal(303)
      sandbox.child.kill(signal)
      expect(await sandbox.ended).to.equal(exitCode)
      expect(sandbox.output.stdout.split('\n')).to.have.length(2)
      expect(sandbox.output.stderr).to.equal('')
    })
  }

  it('stops at once while an answer is being delayed', async () => {
    const sandbox = start()
    const {issuer = '', control = ''} = await readyLine(sandbox)
    const body = JSON.stringify({on: 'jwks', delayMs: 60_000})
    await fetch(`${control}/faults`, {method: 'POST', body})
    const pending = fetch(`${issuer}/jwks`).catch((error: unknown) => error)
    await fetch(`${issuer}/.well-known/openid-configuration`)
    sandbox.child.kill('SIGTERM')
    expect(await sandbox.ended).to.equal(143)
    expect(await pending).to.be.instanceOf(Error)
  })

  it('says nothing about a client that hangs up while its request is being delayed', async () => {
    const sandbox = start()
    const {issuer = '', control = ''} = await readyLine(sandbox)
    await fetch(`${control}/faults`, {method: 'POST', body: JSON.stringify({on: 'token', delayMs: 100})})
    const hangUp = new AbortController()
    const body = new URLSearchParams({grant_type: 'refresh_token', client_id: 'aws-oidc', refresh_token: 'x'})
    const hung = fetch(`${issuer}/token`, {method: 'POST', body, signal: hangUp.signal}).catch(
      (error: unknown) => error,
    )
    await fetch(`${issuer}/.well-known/openid-configuration`)
    hangUp.abort()
    await hung
    // One that stays takes as long, and is served after it.
    expect((await fetch(`${issuer}/token`, {method: 'POST', body})).status).to.equal(400)
    sandbox.child.kill('SIGTERM')
    await sandbox.ended
    expect(sandbox.output.stderr).to.equal('')
  })

  it('writes a configuration that only its owner can read', async () => {
    const target = join(directory, 'new')
    const {issuer} = await readyLine(start('--write-config', target, '--aws-oidc', "node '/x y/run.js'"))
    expect((await stat(target)).mode & 0o777).to.equal(0o700)
    expect((await stat(join(target, 'config.yaml'))).mode & 0o777).to.equal(0o600)
    const text = await readFile(join(target, 'config.yaml'), 'utf8')
    expect(parse(text)).to.deep.equal({
      providers: {
        sandbox: {strategy: 'oidc', issuer, clientId: 'aws-oidc', rolesClaim: 'aws_roles'},
        'sandbox-saml': {strategy: 'saml2', via: 'token-exchange', issuer, clientId: 'aws-oidc'},
      },
      profiles: {
        developer: {provider: 'sandbox', role: 'arn:aws:iam::123456789012:role/developer', region: 'us-east-1'},
        admin: {source: 'developer', role: 'arn:aws:iam::123456789012:role/admin'},
        'saml-developer': {
          provider: 'sandbox-saml',
          role: 'arn:aws:iam::123456789012:role/developer',
          region: 'us-east-1',
        },
      },
    })
    expect(text).not.to.contain('{')
    const sections = ['developer', 'admin', 'saml-developer'].map(
      name =>
        `[profile ${name}]\nregion = us-east-1\ncredential_process = node '/x y/run.js' creds --profile ${name}\n`,
    )
    expect(await readFile(join(target, 'aws-config'), 'utf8')).to.equal(sections.join('\n'))
  })

  it('says so in one line when the port is taken', async () => {
    const {issuer} = await readyLine(start())
    const second = run(['start', '--port', new URL(issuer ?? '').port])
    expect(await second.ended).to.equal(1)
    expect(second.output.stderr).to.match(/^listen EADDRINUSE.*\n$/)
    expect(second.output.stdout).to.equal('')
  })

  it('signs in the user named by SANDBOX_USER, up to the callback of the client', async () => {
    const {issuer = ''} = await readyLine(start())
    const callbacks: string[] = []
    const client = createServer((request, response) => {
      callbacks.push(request.url ?? '')
      response.end()
    })
    await new Promise<void>(listening => client.listen(0, '127.0.0.1', listening))
    const address = client.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const {url} = authorize(issuer, `http://127.0.0.1:${port}/callback`)
    for (const [argv, user] of [
      [['browse', url.href], 'bob'],
      [[url.href], ''],
      [['browse', url.href], 'deny'],
    ] as const) {
      const browsing = run(argv, {SANDBOX_USER: user})
      expect(await browsing.ended, browsing.output.stderr).to.equal(0)
      expect(browsing.output).to.deep.equal({stdout: '', stderr: ''})
    }
    client.close()
    client.closeAllConnections()
    expect(callbacks).to.have.length(3)
    expect(callbacks[0]).to.contain('code=')
    expect(callbacks[1]).to.contain('code=')
    expect(callbacks[2]).to.contain('error=access_denied&error_description=')
  })

  it('says in one line why a sign-in could not be finished', async () => {
    const {issuer = ''} = await readyLine(start())
    const {url} = authorize(issuer, 'http://127.0.0.1:1/callback')
    const frank = run(['browse', url.href], {SANDBOX_USER: 'frank'})
    expect(await frank.ended).to.equal(1)
    expect(frank.output.stderr).to.equal('The provider answered 403: This account is disabled.\n')
    const alice = run(['browse', url.href])
    expect(await alice.ended).to.equal(1)
    expect(alice.output.stderr).to.equal('http://127.0.0.1:1 could not be reached.\n')
  })

  for (const argv of [
    [],
    ['begin'],
    ['start', '--prot', '1'],
    ['start', '--port', 'x'],
    ['browse'],
    ['browse', 'ftp://x'],
  ]) {
    it(`answers "${argv.join(' ')}" with what to type`, async () => {
      const {output, ended} = run(argv)
      expect(await ended).to.equal(2)
      expect(output.stderr).to.match(/^[^\n]+ Type: aws-oidc-sandbox [^\n]+\n$/)
      expect(output.stdout).to.equal('')
    })
  }

  it('explains itself with --help', async () => {
    const {output, ended} = run(['--help'])
    expect(await ended).to.equal(0)
    expect(output.stdout).to.contain('aws-oidc-sandbox start [--port N]')
  })
})
