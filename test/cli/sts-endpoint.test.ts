import {execFileSync} from 'node:child_process'
import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '-p', 'developer']

describe('the STS endpoint', () => {
  const scene = useScene()

  it('that is not AWS is named on a cold call, never on a warm one', async () => {
    const {home, sandbox} = scene
    expect((await home.run(creds)).stderr)
      .to.include(new URL(sandbox.sts).origin)
      .and.include("not AWS's own")
    expect((await home.run(creds)).stderr).to.equal('')
  })

  it('is not taken from AWS_ENDPOINT_URL', async () => {
    const {home, sandbox} = scene
    const env = {AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_PROFILE: 'developer', AWS_CONFIG_FILE: '/nowhere'}
    expect(await home.run(['creds'], env)).to.include({exitCode: 0})
    expect(await sandbox.signIns()).to.equal(1)
  })

  it('is not taken from AWS_ENDPOINT_URL where nothing else names one: no token is sent there', async () => {
    const {home, sandbox} = scene
    const {exitCode, stdout, stderr} = await home.run(creds, {
      AWS_ENDPOINT_URL_STS: undefined,
      AWS_ENDPOINT_URL: sandbox.sts,
    })
    // The issuer of the sandbox is one that AWS's own STS could not know, so that one is not asked either.
    expect({exitCode, stdout}).to.deep.equal({exitCode: 5, stdout: ''})
    expect(stderr).to.include("so AWS can't use it")
    expect((await sandbox.journal()).filter(({kind}) => kind === 'sts')).to.deep.equal([])
  })

  it('that is neither https nor on this machine is refused before a sign-in', async () => {
    const {home, sandbox} = scene
    const {exitCode, stderr} = await home.run(creds, {AWS_ENDPOINT_URL_STS: 'http://sts.example.com'})
    expect(exitCode).to.equal(2)
    expect(stderr).to.include('ID token')
    expect(await sandbox.journal()).to.deep.equal([])
  })

  it('comes from sts.endpoint where no variable is set', async () => {
    const {home, sandbox} = scene
    const role = 'arn:aws:iam::123456789012:role/developer'
    await home.configure({profiles: {developer: {provider: 'sandbox', role, sts: {endpoint: sandbox.sts}}}})
    expect(await home.run(creds, {AWS_ENDPOINT_URL_STS: undefined})).to.include({exitCode: 0})
  })

  it('that is not AWS is named once, however many requests it gets', async () => {
    const {home} = scene
    const named = (stderr: string) => stderr.match(/Asking the STS at/g) ?? []
    for (const args of [
      ['whoami', '-p', 'developer'],
      ['creds', '-p', 'admin'],
      ['whoami', '-p', 'admin'],
    ]) {
      const {exitCode, stderr} = await home.run(args)
      expect(exitCode, stderr).to.equal(0)
      expect(named(stderr), args.join(' ')).to.have.length(1)
      await home.run(['cache', 'clear'])
    }
  })

  it("is that of the role's own profile for whoami too", async () => {
    const {home, sandbox} = scene
    const here = {endpoint: sandbox.sts}
    const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`
    await home.configure({
      profiles: {
        developer: {provider: 'sandbox', role: role('developer'), sts: here},
        admin: {source: 'developer', role: role('admin'), sts: {...here, region: 'eu-west-1'}},
      },
    })
    for (const profile of ['developer', 'admin']) {
      const {exitCode, stdout, stderr} = await home.run(['whoami', '-p', profile], {AWS_ENDPOINT_URL_STS: undefined})
      expect(exitCode, stderr).to.equal(0)
      expect(stdout).to.include(`assumed-role/${profile}/`)
    }
  })
})

describe('a region that is not valid', () => {
  const scene = useScene()

  for (const region of ['us-x.evil.example/', 'us-x@evil.example#', 'us-east-1 x']) {
    it(`(${region}) is refused and named before a sign-in, in AWS_REGION and in the profile`, async () => {
      const {home, sandbox} = scene
      const away = {AWS_ENDPOINT_URL_STS: undefined}
      const role = 'arn:aws:iam::123456789012:role/developer'
      const endings = [await home.run(creds, {...away, AWS_REGION: region})]
      await home.configure({profiles: {developer: {provider: 'sandbox', role, region}}})
      endings.push(await home.run(creds, away), await home.run(['login', '-p', 'developer'], away))
      for (const {exitCode, stdout, stderr} of endings) {
        expect({exitCode, stdout}).to.deep.equal({exitCode: 2, stdout: ''})
        expect(stderr)
          .to.include(`"${region}" is not the name of an AWS region`)
          .and.match(/\nTry: \S.*\n$/)
      }
      expect(await sandbox.journal()).to.deep.equal([])
    })
  }
})

describe('the settings of the AWS tools', () => {
  const scene = useScene()
  const said = {
    AWS_PROFILE: 'developer',
    AWS_AUTH_SCHEME_PREFERENCE: 'sigv4a,noAuth',
    AWS_SIGV4A_SIGNING_REGION_SET: '*',
    AWS_MAX_ATTEMPTS: 'x',
    AWS_RETRY_MODE: 'x',
    AWS_DEFAULTS_MODE: 'x',
    AWS_DISABLE_CLOCK_SKEW_CORRECTION: 'x',
    AWS_USE_FIPS_ENDPOINT: 'true',
    AWS_USE_DUALSTACK_ENDPOINT: 'true',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_SDK_UA_APP_ID: 'x'.repeat(60),
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI',
  }

  async function works(env: Readonly<Record<string, string>>): Promise<void> {
    for (const args of [['creds', '-p', 'admin'], ['whoami'], ['whoami', '-p', 'admin']]) {
      const {exitCode, stderr} = await scene.home.run(args, env)
      expect(exitCode, stderr).to.equal(0)
      expect(stderr).not.to.match(/warn/i)
    }
  }

  it('in variables do not change the requests to AWS', () => works(said))

  it('in ~/.aws do not change the requests to AWS', async () => {
    const folder = join(scene.home.folder, '.aws')
    await mkdir(folder)
    const settings =
      'auth_scheme_preference = sigv4a,noAuth\nmax_attempts = x\ndisable_clock_skew_correction = x\nretry_mode = x\nendpoint_url = http://127.0.0.1:1\n'
    await writeFile(join(folder, 'config'), `[profile developer]\n${settings}[default]\n${settings}`)
    await writeFile(join(folder, 'credentials'), `[developer]\n${settings}`)
    await works(said)
    await works({AWS_PROFILE: 'developer'})
  })

  it('in ~/.aws are not even read', async function () {
    if (process.platform === 'win32') this.skip()
    const folder = join(scene.home.folder, '.aws')
    await mkdir(folder)
    // A program that opens one of these for reading waits forever for a writer.
    execFileSync('mkfifo', [join(folder, 'config'), join(folder, 'credentials')])
    await works({AWS_PROFILE: 'developer'})
  })
})
