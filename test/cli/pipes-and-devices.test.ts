import {execFileSync} from 'node:child_process'
import {mkdir, readdir, rm, symlink} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {isOneDocument} from '../support/document.ts'
import {runAs, variablesOf} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '--profile', 'developer']

/** What is found in the place of a file, from which a reader gets nothing, or no end. */
const findings = {
  'a pipe': async (path: string) => execFileSync('mkfifo', [path]),
  'a device': async (path: string) => symlink('/dev/zero', path),
}

describe('creds prints credentials', () => {
  const scene = useScene()
  before(function () {
    if (process.platform === 'win32') this.skip()
  })

  /** Files of ours below HOME that the calls before have made, or would make. */
  const places: readonly (readonly [what: string, folder: string, name: RegExp | string])[] = [
    ['the note about caches', '.cache/aws-oidc', 'cache.json'],
    ['a lock', '.cache/aws-oidc/locks', /./],
    ['the state of a provider', '.cache/aws-oidc/state', /./],
    ['an entry of the cache', '.cache/aws-oidc/v1', /./],
    ['the parsed configuration', '.cache/aws-oidc/parsed', /./],
    ['a pointer', '.cache/aws-oidc/warm', 'developer,'],
    ['the list of plugins', '.local/share/aws-oidc', 'package.json'],
  ]
  for (const [what, folder, name] of places) {
    for (const [finding, put] of Object.entries(findings)) {
      it(`where ${what} is ${finding}`, async () => {
        const {home} = scene
        const env = {AWS_OIDC_CACHE: 'auto'}
        // A sign-in that fails leaves a state.
        await home.run([...creds, '--force'], {...env, SANDBOX_USER: 'deny'})
        await home.run([...creds, '--force'], env)
        await mkdir(join(home.folder, folder), {recursive: true, mode: 0o700})
        const names = typeof name === 'string' ? [name] : await readdir(join(home.folder, folder))
        expect(names).not.to.deep.equal([])
        for (const path of names.map(name => join(home.folder, folder, name))) {
          await rm(path, {recursive: true, force: true})
          await put(path)
        }
        isOneDocument(await home.run([...creds, '--force'], env))
        isOneDocument(await home.run(creds, env))
      })
    }
  }
})

describe('a file that the user names', () => {
  const scene = useScene()
  before(function () {
    if (process.platform === 'win32') this.skip()
  })

  const config = () => join(scene.home.folder, '.config/aws-oidc/config.yaml')
  const shell = (line: string, args: readonly string[] = creds) =>
    runAs(args, {env: variablesOf(scene.home, scene.sandbox), shell: `set -- env "$@"; ${line}`})

  it('may be a pipe, as from a program that decrypts it, and is then not kept', async () => {
    await scene.home.run(creds)
    await rm(join(scene.home.cache, 'parsed'), {recursive: true, force: true})
    const line = `{ sleep 0.3; cat '${config()}'; } | AWS_OIDC_CONFIG_FILE=/dev/stdin "$@"`
    isOneDocument(await shell(line))
    expect(await readdir(scene.home.cache)).not.to.include('parsed')
  })

  it('may be a named pipe whose writer comes later', async () => {
    const path = join(scene.home.folder, 'named')
    execFileSync('mkfifo', [path])
    isOneDocument(await shell(`{ sleep 0.3; cat '${config()}' >'${path}'; } & AWS_OIDC_CONFIG_FILE='${path}' "$@"`))
  })

  it('is an error where the pipe stays open for two seconds, and where it has no end', async () => {
    const path = join(scene.home.folder, 'named')
    execFileSync('mkfifo', [path])
    for (const [writer, why] of [
      ['', 'the pipe did not end within 2 s'],
      [`{ echo 'cache: file'; sleep 4; } >'${path}' &`, 'the pipe did not end within 2 s'],
      [`cat /dev/zero >'${path}' &`, 'it is larger than 1 MB'],
    ] as const) {
      const {exitCode, stdout, stderr} = await shell(`${writer} AWS_OIDC_CONFIG_FILE='${path}' "$@" 2>&1 | cat`)
      expect(`${stdout}${stderr}`, `${exitCode}`).to.include(`Error: ${path} can't be read: ${why}.`)
    }
  })

  it('counts as empty where it is /dev/null, and is refused where it is another device', async () => {
    const env = (AWS_OIDC_CONFIG_FILE: string) => scene.home.run(creds, {AWS_OIDC_CONFIG_FILE})
    const [empty, endless] = [await env('/dev/null'), await env('/dev/zero')]
    expect(empty.exitCode).to.equal(2)
    expect(empty.stderr).not.to.include("can't be read")
    expect(endless.exitCode).to.equal(2)
    expect(endless.stderr).to.include("Error: /dev/zero can't be read: it is a device.")
  })

  for (const [what, env] of [
    ['AWS_CA_BUNDLE', {AWS_CA_BUNDLE: '/dev/zero', AWS_ENDPOINT_URL_STS: 'https://127.0.0.1:9'}],
    ['tls.ca', {}],
  ] as const) {
    it(`is refused where ${what} names a device`, async () => {
      if (what === 'tls.ca') await scene.home.configure({provider: {tls: {ca: '/dev/zero'}}})
      const {exitCode, stderr} = await scene.home.run(creds, env)
      expect(exitCode, stderr).to.equal(2)
      expect(stderr).to.match(/\/dev\/zero.* it is a device\./)
    })
  }

  it('is refused by profiles sync and reported by doctor where it is a pipe without a writer', async () => {
    const AWS_CONFIG_FILE = join(scene.home.folder, 'aws-config')
    execFileSync('mkfifo', [AWS_CONFIG_FILE])
    const {exitCode, stderr} = await scene.home.run(['profiles', 'sync', '--yes'], {AWS_CONFIG_FILE})
    expect(exitCode, stderr).to.equal(2)
    expect(stderr).to.include(`Error: ${AWS_CONFIG_FILE} can't be read: the pipe did not end within 2 s.`)
    const {stdout} = await scene.home.run(['doctor', '--no-network'], {AWS_CONFIG_FILE})
    expect(stdout).to.include('the pipe did not end')
  })
})
