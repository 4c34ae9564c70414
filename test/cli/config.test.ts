import {chmod, mkdir, readFile, rm, stat} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {root} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '--profile', 'developer']
const role = 'arn:aws:iam::123456789012:role/developer'

/** The text of the file, the place in the error, and the error. */
const mistakes: readonly (readonly [string, string, string, RegExp])[] = [
  ['that is no YAML', 'providers:\n  corp: {strategy: oidc\n', '3:1', /./],
  ['with a tab', 'providers:\n\tcorp: 1\n', '2:1', /tab/i],
  ['with one name twice', 'cache: file\ncache: memory\n', '2:1', /unique/],
  ['with an unknown name', 'cache: file\nprofils:\n  a: 1\n', '2:1', /profils is not known[\s\S]*"profiles"/],
  [
    'with an unknown setting of a profile',
    `providers: {corp: {strategy: oidc}}\nprofiles:\n  developer:\n    provider: corp\n    rolle: ${role}\n`,
    '5:5',
    /profiles\.developer\.rolle is not known[\s\S]*"role"/,
  ],
  [
    'with a setting that the strategy does not know',
    `providers:\n  corp:\n    strategy: oidc\n    isuer: https://sso.example.com\nprofiles: {developer: {provider: corp, role: '${role}'}}\n`,
    '4:5',
    /providers\.corp\.isuer is not known[\s\S]*"issuer"/,
  ],
  [
    'without a setting that the strategy needs',
    `providers:\n  corp: {strategy: oidc, issuer: 'https://sso.example.com'}\nprofiles: {developer: {provider: corp, role: '${role}'}}\n`,
    '2:3',
    /lacks "clientId"/,
  ],
  [
    'with a secret in it',
    `providers:\n  corp:\n    strategy: oidc\n    issuer: https://sso.example.com\n    clientId: aws\n    clientSecret: not-for-this-file\nprofiles: {developer: {provider: corp, role: '${role}'}}\n`,
    '6:5',
    /secret and must not be in this file[\s\S]*env: NAME/,
  ],
  [
    'with an address that is not safe',
    `providers:\n  corp:\n    strategy: oidc\n    issuer: http://sso.example.com\n    clientId: aws\nprofiles: {developer: {provider: corp, role: '${role}'}}\n`,
    '4:5',
    /https/,
  ],
  [
    'with a duration AWS does not give',
    'providers:\n  corp: {strategy: oidc,\n    duration: 13h}\n',
    '3:5',
    /15 minutes/,
  ],
  ['with a duration that is none', 'providers:\n  corp: {strategy: oidc,\n    duration: long}\n', '3:5', /12h, 90m/],
  [
    'with a provider that is not there',
    `providers: {corp: {strategy: oidc}}\nprofiles:\n  developer: {provider: crop}\n`,
    '3:3',
    /"crop"/,
  ],
  [
    'with a role that is none',
    `providers: {corp: {strategy: oidc}}\nprofiles:\n  developer: {provider: corp, role: developer}\n`,
    '3:31',
    /not a role/,
  ],
  [
    'with a strategy that is not installed',
    'providers: {corp: {strategy: oidd}}\nprofiles: {developer: {provider: corp}}\n',
    '',
    /There is no strategy "oidd"/,
  ],
  ['with a list where names should stand', 'providers: [corp]\n', '1:1', /names and values/],
  [
    'with an alias bomb',
    `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [${'*a,'.repeat(10)}]\nc: [${'*b,'.repeat(10)}]\n`,
    '',
    /./,
  ],
]

describe('a configuration', () => {
  const scene = useScene()

  for (const [words, text, place, complaint] of mistakes) {
    it(`${words} is exit 2, names the place${place && ` (${place})`} and stays as it is`, async () => {
      const {home} = scene
      const path = join(home.folder, '.config/aws-oidc/config.yaml')
      await home.writeConfig(text)
      const before = await stat(path)
      const {exitCode, stdout, stderr} = await home.run(creds)
      expect(exitCode, stderr).to.equal(2)
      expect(stdout).to.equal('')
      if (place) expect(stderr).to.include(`${path}:${place}: `)
      expect(stderr).to.match(complaint).and.not.include('not-for-this-file')
      expect(await readFile(path, 'utf8')).to.equal(text)
      expect((await stat(path)).mtimeMs).to.equal(before.mtimeMs)
    })
  }

  it('that does not exist yet is reported as such', async () => {
    const {home} = scene
    await rm(join(home.folder, '.config'), {recursive: true})
    const {exitCode, stderr} = await home.run(creds)
    expect(exitCode).to.equal(2)
    expect(stderr).to.include('no configuration yet').and.include('config.yaml').and.include('\nTry: ')
  })

  it('that is a folder or can not be read is exit 2, not a bug', async () => {
    const {home} = scene
    const path = join(home.folder, '.config/aws-oidc/config.yaml')
    if (!root && process.platform !== 'win32') {
      await chmod(path, 0)
      expect((await home.run(creds)).exitCode).to.equal(2)
    }
    await rm(path)
    await mkdir(path)
    const {exitCode, stderr} = await home.run(creds)
    expect(exitCode).to.equal(2)
    expect(stderr)
      .to.include(path)
      .and.match(/^Error: /)
      .and.include('\nTry: ')
  })

  it('is read from the path in AWS_OIDC_CONFIG_FILE', async () => {
    const {home} = scene
    const {stderr} = await home.run(creds, {AWS_OIDC_CONFIG_FILE: join(home.folder, 'other.yaml')})
    expect(stderr).to.include('other.yaml')
  })

  it('without the requested profile is an error that names the nearest one', async () => {
    const {exitCode, stderr} = await scene.home.run(['creds', '-p', 'develper'])
    expect(exitCode).to.equal(2)
    expect(stderr).to.include('"develper"').and.include('Try: --profile developer')
  })

  it('takes the client secret from a variable, or from a command run without a shell', async () => {
    const {home, sandbox} = scene
    const confidential = {clientId: 'aws-oidc-confidential'}
    await home.configure({provider: {...confidential, clientSecret: {env: 'CORP_SECRET'}}})
    expect(await home.run(creds, {CORP_SECRET: 'sandbox-client-secret'})).to.include({exitCode: 0})
    const {exitCode, stderr} = await home.run([...creds, '--force'], {CORP_SECRET: undefined})
    expect(exitCode).to.equal(2)
    expect(stderr).to.include('CORP_SECRET')
    const command = [process.execPath, '-e', 'console.log("sandbox-client-" + process.argv[1])', 'secret']
    await home.configure({provider: {...confidential, clientSecret: {command}}})
    expect(await home.run(creds)).to.include({exitCode: 0})
    expect(await sandbox.signIns()).to.equal(2)
  })
})
