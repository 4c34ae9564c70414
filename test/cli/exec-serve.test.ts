import {mkdir, mkdtemp, readdir, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {onFullDisk} from '../support/broken-input.ts'
import {giveTo, nobody, onReadOnlyHome, root, runAs, variablesOf} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'
import {until} from '../support/until.ts'

const exec = ['exec', '--profile', 'developer', '--serve']

/** A program that finds its endpoint as an AWS SDK does; `body` may `ask` it, and `print` values as JSON. */
function program(body: string): readonly string[] {
  const code = `const {createHash} = require('node:crypto')
  const {request} = require('node:http')
  const {existsSync, readFileSync, statSync} = require('node:fs')
  const {env} = process
  const uri = env.AWS_CONTAINER_CREDENTIALS_FULL_URI
  const token = env.AWS_CONTAINER_AUTHORIZATION_TOKEN
  const ask = (headers = {authorization: token}, address = uri, method = 'GET') => new Promise((resolve, reject) => {
    request(address, {method, headers}, answer => {
      let text = ''
      answer.on('data', piece => { text += piece }).on('end', () => resolve({status: answer.statusCode, ...JSON.parse(text)}))
    }).on('error', reject).end()
  })
  const print = value => console.log(JSON.stringify(value))
  const pause = () => new Promise(resolve => setTimeout(resolve, 100))
  const run = async () => { ${body} }
  run()`
  return [process.execPath, '-e', code]
}

describe('aws-oidc exec --serve', () => {
  const scene = useScene()

  async function told(body: string, args: readonly string[] = [], env = {}) {
    const ending = await scene.home.run([...exec, ...args, '--', ...program(body)], env)
    expect(ending, ending.stderr).to.include({exitCode: 0})
    return JSON.parse(ending.stdout)
  }

  it('serves the credentials that an AWS SDK asks a container for, and sets no fixed keys', async () => {
    const answer = await told(`const {SecretAccessKey, Token, ...rest} = await ask()
      print({...rest, secrets: [SecretAccessKey.length > 20, Token.length > 20], variables: Object.keys(env)})`)
    const {variables, secrets, ...rest} = answer
    const {stdout} = await scene.home.run(['creds', '--profile', 'developer'])
    const {AccessKeyId, Expiration} = JSON.parse(stdout)
    expect(rest).to.deep.equal({
      status: 200,
      AccessKeyId,
      Expiration,
      AccountId: '123456789012',
      RoleArn: 'arn:aws:iam::123456789012:role/developer',
    })
    expect(secrets).to.deep.equal([true, true])
    expect(variables).not.to.include.members(['AWS_ACCESS_KEY_ID'])
    expect(variables).not.to.include.members(['AWS_SECRET_ACCESS_KEY'])
    expect(variables).not.to.include.members(['AWS_SESSION_TOKEN'])
  })

  it('refuses requests without the token, from a web page, by another name, or for another path or method', async () => {
    const statuses = await told(`const port = new URL(uri).port
      const known = {authorization: token}
      const answers = [
        await ask({}), await ask({authorization: token.slice(1)}), await ask({authorization: 'Bearer ' + token}),
        await ask({...known, origin: 'https://evil.example'}), await ask({...known, origin: 'null'}),
        await ask({...known, host: 'evil.example:' + port}), await ask({...known, host: 'localhost:' + port}),
        await ask(known, uri + '/more'), await ask(known, uri, 'POST'), await ask(known),
      ]
      print(answers.map(({status, code}) => status + (code ? ' ' + code : '')))`)
    expect(statuses).to.deep.equal([
      ...Array.from({length: 7}, () => '403 AccessDenied'),
      ...['404 NotFound', '405 MethodNotAllowed', '200'],
    ])
  })

  it('gives the program AWS files with region and output alone, which are deleted when it ends', async () => {
    await scene.home.configure({
      profiles: {developer: {provider: 'sandbox', role: '123456789012/developer', region: 'eu-west-1', output: 'yaml'}},
    })
    await mkdir(join(scene.home.folder, '.aws'))
    await writeFile(join(scene.home.folder, '.aws/credentials'), '[default]\naws_access_key_id = AKIAHOSTILE\n')
    const files =
      await told(`const read = path => [readFileSync(path, 'utf8'), (statSync(path).mode & 0o777).toString(8)]
      print([read(env.AWS_CONFIG_FILE), read(env.AWS_SHARED_CREDENTIALS_FILE)])`)
    expect(files).to.deep.equal([
      ['[default]\nregion = eu-west-1\noutput = yaml\n', '600'],
      ['', '600'],
    ])
    expect(await readdir(join(scene.home.cache, 'exec'))).to.deep.equal([])
  })

  it('makes those files elsewhere where the home is read-only', async function () {
    if (!root || process.platform !== 'linux') return this.skip()
    const {home, sandbox} = scene
    for (const variable of ['XDG_RUNTIME_DIR', 'TMPDIR']) {
      const folder = await mkdtemp('/dev/shm/aws-oidc-test-')
      try {
        const env = {...variablesOf(home, sandbox), TMPDIR: home.folder, [variable]: folder}
        const args = [...exec, '--', ...program('print(env.AWS_CONFIG_FILE)')]
        const ending = await runAs(args, {env, shell: onReadOnlyHome})
        if (/unshare|mount:/.test(ending.stderr)) return this.skip()
        expect(ending.exitCode, ending.stderr).to.equal(0)
        expect(ending.stdout).to.include(`${folder}/aws-oidc-exec.`)
        expect(await readdir(folder)).to.deep.equal([])
      } finally {
        await rm(folder, {recursive: true})
      }
    }
  })

  it('makes no files where another user could replace them', async function () {
    if (!root || process.platform !== 'linux') return this.skip()
    const {home, sandbox} = scene
    const folder = await mkdtemp('/dev/shm/aws-oidc-test-')
    try {
      await giveTo(nobody, folder)
      const env = {...variablesOf(home, sandbox), TMPDIR: folder, XDG_RUNTIME_DIR: folder}
      const ending = await runAs([...exec, '--', 'true'], {env, shell: onReadOnlyHome})
      if (/unshare|mount:/.test(ending.stderr)) return this.skip()
      expect(ending.exitCode, ending.stderr).to.equal(1)
      expect(ending.stderr).to.include(`${folder} is open to others`)
    } finally {
      await rm(folder, {recursive: true})
    }
  })

  for (const [where, shell, reason] of [
    ['where nothing can be written', onReadOnlyHome, 'EROFS'],
    ['on a full disk', onFullDisk, 'ENOSPC'],
  ] as const) {
    it(`fails ${where}, before the sign-in`, async function () {
      if (!root || process.platform !== 'linux') return this.skip()
      const {home, sandbox} = scene
      const env = {...variablesOf(home, sandbox), TMPDIR: home.folder}
      const ending = await runAs([...exec, '--', 'true'], {env, shell})
      if (/unshare|mount:/.test(ending.stderr)) return this.skip()
      expect(ending.exitCode, ending.stderr).to.equal(1)
      expect(ending.stderr)
        .to.match(new RegExp(`^Error: AWS files for the program can't be written: ${reason}`, 'm'))
        .and.match(/^Try: export XDG_RUNTIME_DIR=/m)
      expect(await sandbox.signIns()).to.equal(0)
      const kept = await runAs([...exec, '--keep-aws-files', '--', 'true'], {env, shell})
      expect(kept.exitCode, kept.stderr).to.equal(0)
    })
  }

  it("leaves the user's own files to the program with --keep-aws-files", async () => {
    const own = {AWS_CONFIG_FILE: '/own/config', AWS_SHARED_CREDENTIALS_FILE: '/own/credentials'}
    const files = 'print([env.AWS_CONFIG_FILE, env.AWS_SHARED_CREDENTIALS_FILE])'
    expect(await told(files, ['--keep-aws-files'], own)).to.deep.equal(Object.values(own))
    expect(await told(files, [], own)).not.to.include.members(['/own/config'])
  })

  it('ends with the program, with its exit code', async () => {
    const ending = await scene.home.run([...exec, '--', ...program('console.log(uri); process.exitCode = 7')])
    expect(ending).to.include({exitCode: 7})
    const failure = await fetch(ending.stdout.trim()).catch(error => error.cause.code)
    expect(failure).to.equal('ECONNREFUSED')
  })

  it('renews ahead, without the user and without output', async () => {
    await scene.sandbox.steer('POST', '/lifetimes', {roleSessionSeconds: 63})
    await scene.home.run(['creds', '--profile', 'developer'])
    const body = "while (!existsSync('go')) await pause(); print((await ask()).status)"
    const {ended} = scene.home.start([...exec, '--', ...program(body)])
    const issued = async () =>
      (await scene.sandbox.journal()).filter(({action}) => action === 'AssumeRoleWithWebIdentity').length
    await until('they are renewed', async () => (await issued()) > 1)
    await writeFile(join(scene.home.folder, 'go'), '')
    const ending = await ended
    expect(ending).to.include({exitCode: 0, stdout: '200\n', stderr: ''})
    expect(await scene.sandbox.signIns()).to.equal(1)
    await scene.sandbox.steer('POST', '/lifetimes', {roleSessionSeconds: null})
  })

  it('answers 503 with the command to type where a renewal needs the user, and goes on after that', async () => {
    await scene.sandbox.steer('POST', '/lifetimes', {roleSessionSeconds: 63})
    await scene.home.run(['creds', '--profile', 'developer'])
    const body = `let answer = await ask()
      while (answer.status === 200) { await pause(); answer = await ask() }
      print(answer)
      while (answer.status !== 200) { await pause(); answer = await ask() }`
    const {child, ended} = scene.home.start([...exec, '--', ...program(body)])
    await scene.sandbox.fault({on: 'token', grant: 'refresh_token', error: 'invalid_grant'})
    await scene.sandbox.steer('POST', '/clock', {offsetSeconds: 400})
    const answer = await new Promise<string>(resolve => child.stdout?.once('data', text => resolve(String(text))))
    expect(JSON.parse(answer)).to.deep.include({status: 503, code: 'SIGN_IN_REQUIRED'})
    expect(JSON.parse(answer).message).to.include('Try: aws-oidc login --profile developer')
    await scene.sandbox.steer('POST', '/lifetimes', {roleSessionSeconds: null})
    await scene.home.run(['login', '--profile', 'developer'])
    expect(await ended).to.include({exitCode: 0, stderr: ''})
  })
})
