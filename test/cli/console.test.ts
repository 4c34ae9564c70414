import {existsSync} from 'node:fs'
import {chmod, mkdir, readFile, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {leaveSeconds, removeEntries, root} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'
import {until} from '../support/until.ts'

const visitor = join(import.meta.dirname, '../support/visitor.ts')
const developer = ['console', '--profile', 'developer']

describe('aws-oidc console', () => {
  const scene = useScene()
  const here = () => ({AWS_ENDPOINT_URL_SIGNIN: scene.sandbox.console})
  const run = (args: readonly string[], env = {}) => scene.home.run(args, {...here(), ...env})

  async function federation() {
    return (await scene.sandbox.journal()).filter(({kind}) => kind === 'federation')
  }

  /** The page that the address of `--url` leads to. */
  async function destinationOf(args: readonly string[], env = {}): Promise<string> {
    const {exitCode, stdout, stderr} = await run([...args, '--url'], env)
    expect(exitCode, stderr).to.equal(0)
    return new URL(stdout.trim()).searchParams.get('Destination') ?? ''
  }

  const visitsFile = () => join(scene.home.folder, 'visits.json')

  /** With what the browser was started, and what it was answered. It may end after us. */
  async function visited() {
    const file = visitsFile()
    await until('the browser has ended', () => existsSync(file))
    const result: {args: string[]; visits: {way: string; status: number; location?: string; headers: object}[]} =
      JSON.parse(await readFile(file, 'utf8'))
    await rm(file)
    return result
  }

  /** A browser that asks for its address in these ways. */
  async function browseIn(ways: readonly string[], args: readonly string[]) {
    await scene.home.configure({top: {browser: [process.execPath, visitor, visitsFile(), ...ways]}})
    return {ending: await run(args), ...(await visited())}
  }

  /** Signed in already, so that the browser is started for the console alone. */
  const signIn = () => run(['login', '--profile', 'developer'])

  it('signs the browser in as the profile', async () => {
    const ending = await run([...developer, 's3'])
    expect(ending).to.include({exitCode: 0})
    expect(ending.stdout).to.match(
      /^The console is open in your browser as arn:aws:iam::123456789012:role\/developer, until .*\d\d:\d\d \(in \d+ minutes\)\.\n$/,
    )
    // Our command ends when the browser has the address, which the browser then goes to.
    await until('the browser has signed in', async () => (await federation()).length > 1)
    expect(
      (await federation()).map(({action, method, role, outcome}) => [action, method, role, outcome]),
    ).to.deep.equal([
      ['getSigninToken', 'POST', 'developer', 'ok'],
      ['login', 'GET', 'developer', 'ok'],
    ])
  })

  it('prints one URL with --url, and opens no browser', async () => {
    await signIn()
    const {stdout, exitCode} = await run([...developer, '--url'])
    expect(exitCode).to.equal(0)
    expect(stdout).to.match(/^http:\/\/127\.0\.0\.1:\d+\/console\/federation\?Action=login&[^\n]+\n$/)
    expect(await federation()).to.have.length(1)
    const page = await fetch(stdout.trim(), {redirect: 'manual'})
    expect(page.status).to.equal(302)
  })

  it('tells as JSON whose console it is and until when, with the URL only on request', async () => {
    await signIn()
    const {until, ...session} = JSON.parse((await run([...developer, '--json'])).stdout)
    expect(session).to.deep.equal({
      profile: 'developer',
      account: '123456789012',
      role: 'arn:aws:iam::123456789012:role/developer',
      destination: 'https://us-east-1.console.aws.amazon.com/console/home?region=us-east-1',
    })
    expect(Date.parse(until) - Date.now()).to.be.within(3_400_000, 3_600_000)
    const {url} = JSON.parse((await run([...developer, '--json', '--url'])).stdout)
    expect(url).to.include('SigninToken=')
  })

  for (const [args, address] of [
    [['s3', '--region', 'eu-west-1'], 'https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1'],
    [['EC2'], 'https://us-east-1.console.aws.amazon.com/ec2/home?region=us-east-1'],
    [['iam', '--region', 'eu-west-1'], 'https://us-east-1.console.aws.amazon.com/iam/home'],
    [['logs'], 'https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups'],
    [['cfn'], 'https://us-east-1.console.aws.amazon.com/cloudformation/home?region=us-east-1'],
    [
      ['--destination', 'https://eu-north-1.console.aws.amazon.com/s3/buckets/x?tab=objects'],
      'https://eu-north-1.console.aws.amazon.com/s3/buckets/x?tab=objects',
    ],
  ] as const) {
    it(`opens the page of ${args.join(' ')}`, async () => {
      expect(await destinationOf([...developer, ...args])).to.equal(address)
    })
  }

  for (const [args, said] of [
    [['s33'], /no service by the short name "s33"\.[\s\S]*Try: aws-oidc console s3\n$/],
    [['teapots'], /no service by the short name "teapots"\.[\s\S]*Try: one of acm .*--destination ADDRESS\n$/],
    [['s3', '--destination', 'https://console.aws.amazon.com/'], /A service and --destination can't be used together/],
    [['--region', 'cn-north-1'], /"cn-north-1" is not a region of this role's partition, aws/],
    [['--destination', 'https://example.com/'], /"https:\/\/example.com\/" is not an address of the console/],
    [['--destination', 'https://console.aws.amazon.com.example.com/'], /is not an address of the console/],
    [['--duration', '13h'], /--duration/],
    [['--duration', '10m'], /--duration/],
    [['--container', 'x', '--url'], /--url/],
  ] as const) {
    it(`refuses ${args.join(' ')} before any request`, async () => {
      const {exitCode, stdout, stderr} = await run([...developer, ...args])
      expect({exitCode, stdout}, stderr).to.deep.equal({exitCode: 2, stdout: ''})
      expect(stderr).to.match(said)
      expect(await scene.sandbox.journal()).to.deep.equal([])
    })
  }

  for (const [browser, args, said] of [
    [
      '/usr/bin/firefox',
      ['--browser-profile', 'Work'],
      /--browser-profile is for Chrome.* here is \/usr\/bin\/firefox/,
    ],
    ['/opt/google-chrome', ['--container', 'dev'], /--container is for Firefox.* here is \/opt\/google-chrome/],
  ] as const) {
    it(`refuses ${args[0]} with ${browser} at once, instead of waiting for a browser`, async () => {
      const named = {AWS_OIDC_BROWSER: browser}
      const {exitCode, stderr} = await scene.home.run([...developer, ...args], named)
      expect(exitCode, stderr).to.equal(2)
      expect(stderr).to.match(said)
      expect(await scene.sandbox.journal()).to.deep.equal([])
    })
  }

  it('lasts as long as --duration says, however long the credentials last', async () => {
    const {stdout} = await run([...developer, '--url', '--json', '--duration', '12h'])
    expect(Date.parse(JSON.parse(stdout).until) - Date.now()).to.be.within(43_100_000, 43_200_000)
    expect(await federation()).to.have.nested.property('[0].durationSeconds', 43_200)
    const [call] = (await scene.sandbox.journal()).filter(({action}) => action === 'AssumeRoleWithWebIdentity')
    expect(call).to.include({durationSeconds: 3600})
  })

  it('sends AWS no duration for a role that is switched to, because AWS would refuse it', async () => {
    const refused = await run(['console', '--profile', 'admin', '--duration', '1h'])
    expect(refused).to.include({exitCode: 2, stdout: ''})
    expect(refused.stderr).to.include('"admin" switches roles').and.include('Try: aws-oidc console --profile admin\n')
    expect(await scene.sandbox.journal()).to.deep.equal([])
    expect(await run(['console', '--profile', 'admin'])).to.include({exitCode: 0})
    const [asked] = await federation()
    expect(asked).to.include({role: 'admin', outcome: 'ok'}).and.not.have.property('durationSeconds')
  })

  it('asks for a new sign-in rather than open a console session that is about to end', async () => {
    const {home, sandbox} = scene
    await signIn()
    await leaveSeconds(home, 10 * 60)
    await sandbox.steer('POST', '/revoke-sessions', {})
    await removeEntries(home, text => text.includes('refreshToken'))
    const {stdout} = await run([...developer, '--url', '--json'])
    expect(Date.parse(JSON.parse(stdout).until) - Date.now()).to.be.greaterThan(3_400_000)
    expect(await sandbox.signIns()).to.equal(2)
  })

  it('is exit 3 where a sign-in is needed and the user may not be asked', async () => {
    const {exitCode, stdout, stderr} = await run([...developer, '--url', '--no-interactive'])
    expect({exitCode, stdout}).to.deep.equal({exitCode: 3, stdout: ''})
    expect(stderr).to.include('Try: aws-oidc login --profile developer')
  })

  describe('where the sign-in service of AWS', () => {
    beforeEach(signIn)

    for (const [what, fault, exitCode, said] of [
      ['is out of order', {status: 503}, 6, /AWS Sign-In is unavailable \(HTTP 503 from 127/],
      ['hangs up', {cut: true}, 6, /Try: /],
      [
        'says something else',
        {status: 200, body: 'hello'},
        6,
        /has no sign-in token \(HTTP 200\)[\s\S]*AWS_ENDPOINT_URL_SIGNIN/,
      ],
      ['sends away', {status: 302, body: '{"SigninToken":"x"}'}, 6, /has no sign-in token \(HTTP 302\)/],
      [
        'refuses with a page',
        {status: 400, body: '<html><head><style>h1{}</style></head><body><h1>Invalid credentials parameter</h1>'},
        5,
        /refused \(HTTP 400: Invalid credentials parameter\)\. The credentials have expired[\s\S]*Try: aws-oidc login --profile developer\n$/,
      ],
      ['refuses without a word', {status: 403, body: ''}, 5, /refused \(HTTP 403\)\./],
    ] as const) {
      it(`${what}: exit ${exitCode}`, async () => {
        await scene.sandbox.fault({on: 'federation', ...fault})
        const ending = await run([...developer, '--url'])
        expect({exitCode: ending.exitCode, stdout: ending.stdout}, ending.stderr).to.deep.equal({exitCode, stdout: ''})
        expect(ending.stderr).to.match(said)
      })
    }

    it('refuses a duration: the error names --duration', async () => {
      await scene.sandbox.fault({on: 'federation', status: 400})
      const {exitCode, stderr} = await run([...developer, '--url', '--duration', '2h'])
      expect(exitCode).to.equal(5)
      expect(stderr).to.include('The reason may be --duration').and.include('Try: the same command without --duration')
    })

    it("is not AWS's own: that is reported", async () => {
      const {stderr} = await run([...developer, '--url'])
      expect(stderr).to.equal(
        `Signing in to the console through ${new URL(scene.sandbox.console).origin}, which is not AWS's own endpoint.\n`,
      )
    })
  })

  it('sends credentials to no sign-in service that is neither https nor on this machine', async () => {
    const {exitCode, stderr} = await run(developer, {AWS_ENDPOINT_URL_SIGNIN: 'http://signin.example.com'})
    expect(exitCode).to.equal(2)
    expect(stderr).to.include('AWS_ENDPOINT_URL_SIGNIN is refused: it would receive your credentials')
    expect(await scene.sandbox.journal()).to.deep.equal([])
  })

  describe('the browser', () => {
    beforeEach(signIn)

    it('gets an address that works only unchanged, and for a GET request only', async () => {
      const ways = ['head', 'elsewhere', 'by-another-name', 'get']
      const {ending, visits} = await browseIn(ways, developer)
      expect(ending.exitCode).to.equal(0)
      expect(visits.map(({status}) => status)).to.deep.equal([405, 404, 404, 303])
      const [, , , taken] = visits
      expect(taken?.location).to.include('SigninToken=')
      expect(taken?.headers).to.include({'cache-control': 'no-store', 'referrer-policy': 'no-referrer'})
      expect(visits.filter(({location}) => location !== undefined)).to.have.length(1)
    })

    it('is the only one answered: another user of this machine who knows the address is refused', async function () {
      if (!root || process.platform !== 'linux') this.skip()
      const {visits} = await browseIn(['as-nobody', 'get'], developer)
      expect(visits.map(({way, status}) => `${way} ${status}`)).to.deep.equal(['as-nobody 403', 'get 303'])
    })

    it('is told which profile of Chrome to use', async () => {
      const {args} = await browseIn(['get'], [...developer, '--browser-profile', 'Profile 1'])
      expect(args.at(-2)).to.equal('--profile-directory=Profile 1')
      expect(args.at(-1)).to.match(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}$/)
    })

    it('is told which container of Firefox to use, whatever its name', async () => {
      const {ending, args} = await browseIn(['get'], [...developer, '--container', 'prod & "dev"'])
      expect(ending.exitCode).to.equal(0)
      expect(args.at(-1)).to.match(
        /^ext\+container:name=prod%20%26%20%22dev%22&url=http%3A%2F%2F127\.0\.0\.1%3A\d+%2F[\w-]{43}$/,
      )
    })

    /** Puts browsers of these names on a desktop of Linux where none is configured. */
    async function desktopWith(...names: readonly string[]) {
      const programs = join(scene.home.folder, 'programs')
      await mkdir(programs)
      for (const name of names) {
        const script = `#!/bin/sh\nexec "${process.execPath}" "${visitor}" "${visitsFile()}" get "$@"\n`
        await writeFile(join(programs, name), script)
        await chmod(join(programs, name), 0o700)
      }
      await scene.home.configure({top: {browser: undefined}})
      return {DISPLAY: ':0', PATH: programs}
    }

    it('is the default of the system where none is configured', async function () {
      if (process.platform !== 'linux') this.skip()
      const {PATH, ...desktop} = await desktopWith('x-www-browser')
      const {exitCode, stderr} = await run(developer, {
        ...desktop,
        ...{PATH: `${PATH}:${process.env.PATH}`, XDG_DATA_DIRS: '/nowhere', XDG_CONFIG_DIRS: '/nowhere'},
      })
      expect(exitCode, stderr).to.equal(0)
      expect((await visited()).visits).to.have.nested.property('[0].status', 303)
    })

    it("is reported at once where that of the system can't be started", async function () {
      if (process.platform !== 'linux') this.skip()
      await desktopWith()
      const {exitCode, stderr} = await run(developer, {DISPLAY: ':0', PATH: '/nowhere', XDG_DATA_DIRS: '/nowhere'})
      expect(exitCode).to.equal(2)
      expect(stderr).to.match(
        /The browser could not be opened \(it ended with exit code \d+\)\.\nTry: aws-oidc console --url/,
      )
    })

    it('is searched for by name where none is configured, for --container and --browser-profile', async function () {
      if (process.platform !== 'linux') this.skip()
      const desktop = await desktopWith('firefox', 'chromium')
      for (const [place, argument] of [
        [['--container', 'dev'], 'ext+container:name=dev&url='],
        [['--browser-profile', 'Work'], '--profile-directory=Work'],
      ] as const) {
        const {exitCode, stderr} = await run([...developer, ...place], desktop)
        expect(exitCode, stderr).to.equal(0)
        expect((await visited()).args.join(' ')).to.include(argument)
      }
      const none = await run([...developer, '--container', 'dev'], {...desktop, PATH: '/nowhere'})
      expect(none).to.include({exitCode: 2, stdout: ''})
      expect(none.stderr).to.include('none of these was found: firefox').and.include('Try: aws-oidc console --url')
    })

    it('may fail at once, which is reported without the address', async () => {
      const program = [process.execPath, '-e', 'process.exit(3)']
      await scene.home.configure({top: {browser: program}})
      const {exitCode, stdout, stderr} = await run(developer)
      expect({exitCode, stdout}).to.deep.equal({exitCode: 2, stdout: ''})
      expect(stderr).to.include('The browser could not be opened').and.include('exit code 3')
      expect(stderr)
        .to.include('Try: aws-oidc console --url --profile developer')
        .and.not.match(/127\.0\.0\.1:\d+\/\S/)
    })

    it('may be missing, which is reported before AWS is asked', async () => {
      await scene.home.configure({top: {browser: undefined}})
      const {exitCode, stderr} = await run(developer)
      expect(exitCode).to.equal(2)
      expect(stderr).to.include('No browser can be opened here').and.include('Try: aws-oidc console --url')
      expect(await federation()).to.deep.equal([])
    })

    it('may never fetch the address: Ctrl-C ends the wait', async () => {
      const file = join(scene.home.folder, 'started')
      const script = `require('node:fs').writeFileSync(${JSON.stringify(file)}, ''); setTimeout(() => {}, 2500)`
      await scene.home.configure({top: {browser: [process.execPath, '-e', script]}})
      const {child, ended} = scene.home.start(developer, here())
      await until('the browser was started', () => existsSync(file))
      child.kill('SIGINT')
      expect(await ended).to.include({exitCode: 130, stdout: ''})
    })
  })
})
