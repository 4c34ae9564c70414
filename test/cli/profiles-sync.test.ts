import {execFile} from 'node:child_process'
import {lstat, mkdir, readdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {expect} from 'chai'
import {parse} from 'yaml'
import {onReadOnlyHome, root, runAs, variablesOf} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'

const run = promisify(execFile)

describe('profiles sync', () => {
  const scene = useScene()
  const inHome = (...names: string[]) => join(scene.home.folder, ...names)
  const config = () => readFile(inHome('.aws/config'), 'utf8')
  const sync = (...args: string[]) => scene.home.run(['profiles', 'sync', ...args])

  async function writeAws(name: 'config' | 'credentials', text: string): Promise<void> {
    await mkdir(inHome('.aws'), {recursive: true})
    await writeFile(inHome('.aws', name), text)
  }

  it('writes profiles whose command gives credentials, in a file closed to others', async () => {
    const {exitCode, stdout, stderr} = await sync('--yes')
    expect({exitCode, stderr}).to.deep.equal({exitCode: 0, stderr: ''})
    expect(stdout)
      .to.include('+ [profile developer]\n')
      .and.match(/\n2 profiles written\.\n$/)
    expect((await lstat(inHome('.aws/config'))).mode & 0o777).to.equal(0o600)
    const [, command = ''] = /^credential_process = (.*)$/m.exec(await config()) ?? []
    const env = variablesOf(scene.home, scene.sandbox)
    const answer = await run('sh', ['-c', command], {env: {...env, PATH: '/usr/bin:/bin'}})
    expect(JSON.parse(answer.stdout)).to.include({Version: 1})
    await scene.home.run(['status'])
  })

  it("keeps the user's name in a chained role: aws-oidc switches to it, unless --chain aws is given", async () => {
    await sync('--yes')
    expect(await config())
      .to.match(/\[profile admin\]\n[^[]*credential_process = [^\n]* creds --profile admin\n/)
      .and.not.match(/role_arn|source_profile/)
    await sync('--yes', '--chain', 'aws')
    expect(await config()).to.match(/\[profile admin\]\n[^[]*source_profile = developer\n/)
  })

  it('with --check is exit 7 until everything is written, and writes nothing', async () => {
    const {exitCode, stdout} = await sync('--check')
    expect(exitCode).to.equal(7)
    expect(stdout).to.match(/Nothing was changed; 2 profiles would be written\.\n$/)
    expect((await sync('--dry-run')).exitCode).to.equal(0)
    expect(await readdir(scene.home.folder)).to.not.include('.aws')
    expect(await readdir(inHome('.local/share')).catch(() => [])).to.deep.equal([])
    await sync('--yes')
    expect(await sync('--check')).to.include({exitCode: 0, stdout: `${inHome('.aws/config')} is up to date.\n`})
  })

  it('tells profiles that it removes from those that it writes', async () => {
    await sync('--yes')
    await scene.home.run(['profiles', 'remove', 'admin'])
    expect((await sync('--prune', '--dry-run')).stdout).to.match(
      /\nNothing was changed; 1 profile would be removed\.\n$/,
    )
    await scene.home.configure({profiles: {fresh: {provider: 'sandbox'}}})
    const file = inHome('.config/aws-oidc/config.yaml')
    await writeFile(file, (await readFile(file, 'utf8')).replace(/ {2}admin:\n( {4}.*\n)+/, ''))
    expect((await sync('--prune', '--yes')).stdout).to.match(/\n1 profile written, 1 profile removed\.\n/)
  })

  it('makes the AWS tools start the launcher, which it writes into our data folder', async function () {
    if (process.platform !== 'linux') this.skip()
    await sync('--yes')
    const launcher = inHome('.local/share/aws-oidc/bin/aws-oidc')
    expect(await config()).to.include(`credential_process = ${launcher} creds --profile developer\n`)
    expect((await lstat(launcher)).mode & 0o777).to.equal(0o700)
  })

  it('makes them start Node where the launcher can not be written', async function () {
    if (process.platform !== 'linux') this.skip()
    await mkdir(inHome('.local'))
    await writeFile(inHome('.local/share'), '')
    await sync('--yes')
    const before = await config()
    expect(before).to.match(/^credential_process = \S*node\S* \S*bin\/run\.js creds --profile developer$/m)
    expect((await sync('--yes')).stdout).to.include('is up to date')
    expect(await config()).to.equal(before)
  })

  for (const [what, mount] of [
    ['no program is started', 'mount -t tmpfs -o noexec none "$HOME/.local"'],
    ['nothing can be written', 'mount -t tmpfs -o ro none "$HOME/.local"'],
  ]) {
    it(`makes them start Node where our data is on a disk on which ${what}, and --check agrees`, async function () {
      if (!root || process.platform !== 'linux') return this.skip()
      await mkdir(inHome('.local'))
      const shell = `exec unshare --mount sh -c '${mount} && "$@" --yes && exec "$@" --check' sh "$@"`
      const env = variablesOf(scene.home, scene.sandbox)
      const {exitCode, stdout, stderr} = await runAs(['profiles', 'sync'], {env, shell})
      if (/unshare|mount:/.test(stderr)) return this.skip()
      expect(exitCode, stderr + stdout).to.equal(0)
      expect(await config()).to.match(/^credential_process = \S*node\S* \S*bin\/run\.js creds/m)
      // Where it can be started again, it is to be put there.
      expect(await sync('--check')).to.include({exitCode: 7})
    })
  }

  it('is exit 7 where a profile named in the call could not be written, and does not claim otherwise', async () => {
    await writeAws('config', '[DEFAULT]\nsso_session = x\n')
    for (const args of [['developer', '--yes'], ['developer', '--check'], ['--check']]) {
      const {exitCode, stdout} = await sync(...args)
      expect(exitCode, args.join(' ')).to.equal(7)
      expect(stdout).to.match(/\nNothing to write; \d profiles? left alone, for the reasons above\.\n$/)
    }
    for (const args of [['developer', '--dry-run'], ['--yes']]) expect(await sync(...args)).to.include({exitCode: 0})
    expect(JSON.parse((await sync('developer', '--yes', '--json')).stdout)).to.include({
      upToDate: false,
      written: false,
    })
  })

  for (const [what, text] of [
    ['is not ours', '[profile developer]\nregion = x\n'],
    ['is no longer configured', '[profile gone]\ncredential_process = aws-oidc creds --profile gone\n'],
  ] as const) {
    it(`with --check is exit 7 while a profile ${what}, and does not say that all is up to date`, async () => {
      await writeAws('config', text)
      const {exitCode, stdout} = await sync('--yes')
      expect({exitCode}).to.deep.equal({exitCode: 0})
      expect(stdout).to.match(
        /\n\d profiles? written; 1 profile left alone, for the reasons above\.\nThe version from before today is saved in /,
      )
      const checked = await sync('--check')
      expect({exitCode: checked.exitCode}).to.deep.equal({exitCode: 7})
      expect(checked.stdout).to.match(/\nNothing to write; 1 profile left alone, for the reasons above\.\n$/)
    })
  }

  it('without a terminal shows the difference, changes nothing and is exit 2', async () => {
    const {exitCode, stdout, stderr} = await sync()
    expect({exitCode, stdout}).to.deep.equal({exitCode: 2, stdout: ''})
    expect(stderr).to.match(
      /\+ \[profile developer\]\n.*Error: You can't be asked here.*Try: aws-oidc profiles sync --yes\n$/s,
    )
  })

  it('reports as JSON what is written, and shows no key that it removes', async () => {
    await writeAws('credentials', '[developer]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = s3cret-key\n')
    const {exitCode, stdout} = await sync('developer', '--yes', '--json')
    expect(exitCode).to.equal(0)
    expect(stdout).to.not.match(/AKIAEXAMPLE|s3cret-key/)
    const {changes, written, backups} = JSON.parse(stdout)
    expect(changes.map(({file, action, profile}: Record<string, string>) => [file, action, profile])).to.deep.equal([
      ['config', 'add', 'developer'],
      ['credentials', 'remove', 'developer'],
    ])
    expect({written, backups: backups.length}).to.deep.equal({written: true, backups: 1})
    expect(await readFile(backups[0], 'utf8')).to.include('s3cret-key')
    expect(await readFile(inHome('.aws/credentials'), 'utf8')).to.equal('')
  })

  it('follows AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, with ~', async () => {
    const env = {AWS_CONFIG_FILE: '~/elsewhere/config', AWS_SHARED_CREDENTIALS_FILE: inHome('keys')}
    await writeFile(inHome('keys'), '[admin]\nsso_session = x\n')
    const {stdout} = await scene.home.run(['profiles', 'sync', '--yes'], env)
    expect(stdout).to.include(`${inHome('keys')}:2: "sso_session" of the profile "admin"`)
    expect(await readFile(inHome('elsewhere/config'), 'utf8')).to.include('[profile developer]')
    expect(await readdir(scene.home.folder)).to.not.include('.aws')
  })

  it('refuses a path with an unexpanded variable, makes no folder of that name, and doctor reports it', async () => {
    const env = {AWS_CONFIG_FILE: '$HOME/.aws/config'}
    const {exitCode, stdout, stderr} = await scene.home.run(['profiles', 'sync', '--yes'], env)
    expect({exitCode, stdout}).to.deep.equal({exitCode: 2, stdout: ''})
    expect(stderr).to.match(/^Error: AWS_CONFIG_FILE is '\$HOME\/\.aws\/config', with an unexpanded variable in it/)
    expect(await readdir(scene.home.folder)).to.not.include('$HOME')
    const {findings} = JSON.parse((await scene.home.run(['doctor', '--no-network', '--json'], env)).stdout)
    const told = findings.filter(({what}: {readonly what: string}) => what.includes('$HOME/.aws'))
    expect(told.map(({id}: {readonly id: string}) => id)).to.deep.equal(['environment.config-file'])
  })

  it('writes a profile for each role in the claim of the user', async () => {
    const {exitCode, stderr} = await sync('--from-roles', '--yes', '--name-template', '{role}.{account}')
    expect({exitCode}, stderr).to.deep.equal({exitCode: 0})
    const written = await config()
    const [, command = ''] =
      /\[profile readonly\.123456789012\]\n[^[]*credential_process = ([^\n]*)/.exec(written) ?? []
    expect(command).to.match(/ creds --provider sandbox --role arn:aws:iam::123456789012:role\/readonly$/)
    expect(await scene.sandbox.signIns()).to.equal(1)
    expect(await sync('--from-roles', '--check', '--name-template', '{role}.{account}')).to.include({exitCode: 0})
    expect(await scene.sandbox.signIns()).to.equal(1)
  })

  it('loses no change where many calls write at once', async () => {
    const configuration = parse(await readFile(inHome('.config/aws-oidc/config.yaml'), 'utf8'))
    const names = Array.from({length: 6}, (_, index) => `role-${index}`)
    const profiles = Object.fromEntries(names.map(name => [name, {provider: 'sandbox', region: 'us-east-1'}]))
    await scene.home.configure({profiles, top: {browser: configuration.browser}})
    await writeAws('config', '# mine\n')
    const endings = await Promise.all(names.map(name => sync(name, '--yes')))
    expect(endings.map(({exitCode}) => exitCode)).to.deep.equal(names.map(() => 0))
    const written = await config()
    expect(written).to.match(/^# mine\n\n\[profile/)
    for (const name of names) expect(written.split(`[profile ${name}]`), name).to.have.length(2)
    expect((await readdir(inHome('.aws'))).filter(name => name.endsWith('.tmp'))).to.deep.equal([])
  })

  it('leaves a damaged file as it is, byte for byte, and names the line', async () => {
    const damaged = '[profile x]\r\nregion = y\r\n  oops\r\n[profile z'
    await writeAws('config', damaged)
    const {exitCode, stdout, stderr} = await sync('--yes')
    expect({exitCode, stdout}).to.deep.equal({exitCode: 2, stdout: ''})
    expect(stderr).to.match(/^Error: \S+\.aws\/config:4: Profile definition must end with '\]'\.\nTry: /)
    expect(await config()).to.equal(damaged)
  })

  it('writes into a file that is a bind mount, and keeps a copy of it', async function () {
    if (!root || process.platform !== 'linux') return this.skip()
    await writeAws('config', '# in the container\n')
    await writeFile(inHome('mounted'), '# mine\n')
    const shell = 'exec unshare --mount sh -c \'mount --bind "$HOME/mounted" "$HOME/.aws/config" && "$@"\' sh "$@"'
    const env = variablesOf(scene.home, scene.sandbox)
    const {exitCode, stderr} = await runAs(['profiles', 'sync', '--yes'], {env, shell})
    if (/unshare|mount:/.test(stderr)) return this.skip()
    expect({exitCode, stderr}).to.deep.equal({exitCode: 0, stderr: ''})
    expect(await readFile(inHome('mounted'), 'utf8')).to.match(/^# mine\n\n\[profile developer\]\n/)
    expect(await config()).to.equal('# in the container\n')
    const [, backup = ''] = (await readdir(inHome('.aws'))).toSorted()
    expect(await readFile(inHome('.aws', backup), 'utf8')).to.equal('# mine\n')
  })

  it('says which folder to mount where a file is a bind mount in a read-only folder', async function () {
    if (!root || process.platform !== 'linux') return this.skip()
    await writeAws('config', '')
    await writeFile(inHome('mounted'), '# mine\n')
    const mounts =
      'mount --bind "$HOME/.aws" "$HOME/.aws" && mount --bind "$HOME/mounted" "$HOME/.aws/config" && mount -o remount,bind,ro "$HOME/.aws"'
    const shell = `exec unshare --mount sh -c '${mounts} && "$@"' sh "$@"`
    const env = variablesOf(scene.home, scene.sandbox)
    const {exitCode, stderr} = await runAs(['profiles', 'sync', '--yes'], {env, shell})
    if (/unshare|mount:/.test(stderr)) return this.skip()
    expect({exitCode, stderr}).to.deep.equal({
      exitCode: 1,
      stderr: `Error: ${inHome('.aws/config')} could not be written: no file can be created beside it (EROFS). It was not changed.\nTry: mount the folder ${inHome('.aws')}, not the file alone; otherwise: ls -ld ${inHome('.aws')}\n`,
    })
    expect(await readFile(inHome('mounted'), 'utf8')).to.equal('# mine\n')
    expect(await readdir(inHome('.aws'))).to.deep.equal(['config'])
  })

  it('replaces no device, and reads the null device as an empty file', async function () {
    if (!root || process.platform !== 'linux') return this.skip()
    await run('mknod', [inHome('null'), 'c', '1', '3'])
    const written = await scene.home.run(['profiles', 'sync', '--yes'], {AWS_CONFIG_FILE: inHome('null')})
    expect({exitCode: written.exitCode, stdout: written.stdout}).to.deep.equal({exitCode: 1, stdout: ''})
    expect(written.stderr).to.equal(
      `Error: ${inHome('null')} is not a regular file, so it was not changed.\nTry: ls -ld ${inHome('null')}\n`,
    )
    expect((await lstat(inHome('null'))).isCharacterDevice()).to.equal(true)
    const besides = await scene.home.run(['profiles', 'sync', '--yes'], {AWS_SHARED_CREDENTIALS_FILE: '/dev/null'})
    expect(besides).to.include({exitCode: 0, stderr: ''})
  })

  for (const args of [
    ['profiles', 'sync', '--yes'],
    ['doctor', '--no-network'],
  ]) {
    it(`${args[0]} names a pipe without a writer in place of the file, after two seconds`, async function () {
      if (process.platform === 'win32') return this.skip()
      await run('mkfifo', [inHome('pipe')])
      const {exitCode, stdout, stderr} = await scene.home.run(args, {AWS_CONFIG_FILE: inHome('pipe')})
      expect(exitCode).to.equal(args[0] === 'doctor' ? 7 : 2)
      expect(stdout + stderr).to.match(/\/pipe can't be\s+read: the\s+pipe\s+did\s+not\s+end\s+within\s+2\s+s\./)
    })
  }

  for (const [what, shell] of [
    ['in a place that is read-only', onReadOnlyHome],
    [
      'on a full disk',
      'exec unshare --mount sh -c \'mount -t tmpfs -o size=8k none "$HOME/.aws" && printf "[profile x]\\n" >"$HOME/.aws/config" && head -c 4k /dev/zero >"$HOME/.aws/zero"; "$@"; code=$?; cat "$HOME/.aws/config"; ls "$HOME/.aws"; exit $code\' sh "$@"',
    ],
  ] as const) {
    it(`${what} fails with exit 1, and changes nothing`, async function () {
      if (!root) return this.skip()
      await writeAws('config', '[profile x]\n')
      await scene.home.run(['status'])
      const env = variablesOf(scene.home, scene.sandbox)
      const {exitCode, stdout, stderr} = await runAs(['profiles', 'sync', '--yes'], {env, shell})
      expect({exitCode}, stderr + stdout).to.deep.equal({exitCode: 1})
      expect(stderr).to.match(
        /Error: \S+\.aws\/config could not be written: (?:EROFS|ENOSPC)\. It was not changed\.\nTry: /,
      )
      expect(stdout).to.be.oneOf(['', '[profile x]\nconfig\nzero\n'])
      expect(await config()).to.equal('[profile x]\n')
    })
  }
})
