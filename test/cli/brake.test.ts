import {expect} from 'chai'
import {letTimePass} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '--profile', 'developer']
const developer = 'arn:aws:iam::123456789012:role/developer'

/** Nobody at a terminal, but a desktop on which a browser can be opened. */
const unattended = {AWS_OIDC_INTERACTIVE: 'auto', DISPLAY: ':9'}
const denied = {...unattended, SANDBOX_USER: 'deny'}

describe('after a sign-in has failed', () => {
  const scene = useScene()
  const opened = async () => (await scene.sandbox.journal()).filter(({kind}) => kind === 'authorization').length

  it('programs open no browser for five minutes: exit 3 at once, and how to sign in', async () => {
    const {home} = scene
    expect(await home.run(creds, denied)).to.include({exitCode: 4, stdout: ''})
    await letTimePass(home, 4.8)
    const before = await scene.sandbox.journal()
    const {exitCode, stdout, stderr} = await home.run(creds, unattended)
    expect({exitCode, stdout}).to.deep.equal({exitCode: 3, stdout: ''})
    expect(stderr).to.include('Try: aws-oidc login --profile developer\n')
    expect(await opened()).to.equal(1)
    // The SDK for JavaScript starts us twice for each failure: the second one must cost next to nothing.
    expect(await scene.sandbox.journal(), 'nobody on the network is asked').to.deep.equal(before)
  })

  it('which was only interrupted, twice with Ctrl-C at login, programs ask as before', async () => {
    const {home} = scene
    for (let time = 0; time < 2; time++) {
      const {child, ended} = home.start(['login', '-p', 'developer', '--no-browser'])
      await new Promise(resolve => child.stderr?.once('data', resolve))
      child.kill('SIGINT')
      expect(await ended).to.include({exitCode: 130})
    }
    expect(await home.run(creds, unattended)).to.include({exitCode: 0})
  })

  it('programs may ask again after five minutes', async () => {
    const {home} = scene
    await home.run(creds, denied)
    await letTimePass(home, 5.1)
    expect(await home.run(creds, unattended)).to.include({exitCode: 0})
    expect(await opened()).to.equal(2)
  })

  it('twice, programs wait until the user has signed in with login', async () => {
    const {home} = scene
    await home.run(creds, denied)
    await letTimePass(home, 6)
    expect(await home.run(creds, denied)).to.include({exitCode: 4})
    await letTimePass(home, 60)
    expect(await home.run(creds, unattended)).to.include({exitCode: 3})
    expect(await opened()).to.equal(2)
    expect(await home.run(['login', '-p', 'developer'], unattended)).to.include({exitCode: 0})
    expect(await home.run([...creds, '--force'], unattended)).to.include({exitCode: 0})
  })

  it('twice, programs still wait for login a day later, whatever failed in between', async () => {
    const {home} = scene
    await home.run(creds, denied)
    await letTimePass(home, 6)
    await home.run(creds, denied)
    await letTimePass(home, 25 * 60)
    expect(await home.run(creds, unattended)).to.include({exitCode: 3})
    expect(await home.run(creds, {AWS_OIDC_INTERACTIVE: 'always', SANDBOX_USER: 'deny'})).to.include({exitCode: 4})
    await letTimePass(home, 6)
    expect(await home.run(creds, unattended), 'a third failure loosens nothing').to.include({exitCode: 3})
    expect(await opened()).to.equal(3)
    expect(await home.run(['login', '-p', 'developer'], unattended)).to.include({exitCode: 0})
    expect(await home.run([...creds, '--force'], unattended)).to.include({exitCode: 0})
  })

  it('twice, but over twelve hours apart, programs wait as after one failure', async () => {
    const {home} = scene
    await home.run(creds, denied)
    await letTimePass(home, 12 * 60 + 1)
    await home.run(creds, denied)
    await letTimePass(home, 6)
    expect(await home.run(creds, unattended)).to.include({exitCode: 0})
  })

  it('programs ask again with AWS_OIDC_INTERACTIVE=always', async () => {
    const {home} = scene
    await home.run(creds, denied)
    expect(await home.run(creds, {AWS_OIDC_INTERACTIVE: 'always'})).to.include({exitCode: 0})
  })

  it('login asks again', async () => {
    const {home} = scene
    await home.run(creds, denied)
    expect(await home.run(['login', '-p', 'developer'], unattended)).to.include({exitCode: 0})
  })

  it('a sign-in that succeeds releases the brake: the next failure counts as the first one again', async () => {
    const {home, sandbox} = scene
    await home.run(creds, denied)
    await home.run(creds)
    await home.run(['cache', 'clear'])
    await sandbox.steer('POST', '/revoke-sessions', {})
    await letTimePass(home, 6)
    expect(await home.run(creds, denied)).to.include({exitCode: 4})
    await letTimePass(home, 6)
    expect(await home.run(creds, unattended)).to.include({exitCode: 0})
  })

  it('because nothing could be reached, programs are not held back', async () => {
    const {home, sandbox} = scene
    await sandbox.fault({on: 'discovery', cut: true})
    expect(await home.run(creds, unattended)).to.include({exitCode: 6})
    await sandbox.reset()
    expect(await home.run(creds, unattended)).to.include({exitCode: 0})
  })

  it('calls that need no sign-in still work', async () => {
    const {home} = scene
    await home.run(creds)
    await home.run(['login', '-p', 'developer', '--force'], denied)
    expect(await home.run([...creds, '--force'], unattended)).to.include({exitCode: 0})
  })
})

describe('after AWS has refused a role', () => {
  const scene = useScene()
  const asked = async () => (await scene.sandbox.journal()).filter(({kind}) => kind === 'sts').length
  const locked = ['creds', '--profile', 'locked']
  beforeEach(() =>
    scene.home.configure({profiles: {locked: {provider: 'sandbox', role: 'arn:aws:iam::123456789012:role/locked'}}}),
  )

  it('programs get the same answer for five minutes, and AWS is not asked', async () => {
    const {home} = scene
    const first = await home.run(locked, unattended)
    expect(first).to.include({exitCode: 5})
    await letTimePass(home, 4.8)
    const {exitCode, stdout, stderr} = await home.run(locked, unattended)
    expect({exitCode, stdout}).to.deep.equal({exitCode: 5, stdout: ''})
    expect(stderr).to.include('AccessDenied').and.include('was not asked again')
    expect(await asked()).to.equal(1)
    await letTimePass(home, 0.4)
    await home.run(locked, unattended)
    expect(await asked()).to.equal(2)
  })

  it('twice, AWS is not asked again until login has succeeded', async () => {
    const {home, sandbox} = scene
    await home.run(locked, unattended)
    await letTimePass(home, 6)
    await home.run(locked, unattended)
    await letTimePass(home, 60)
    expect(await home.run(locked, unattended)).to.include({exitCode: 5})
    expect(await asked()).to.equal(2)
    await sandbox.steer('PUT', '/roles/locked', {audiences: [sandbox.clientId]})
    try {
      expect(await home.run(['login', '-p', 'locked'], unattended)).to.include({exitCode: 0})
      expect(await home.run([...locked, '--force'], unattended)).to.include({exitCode: 0})
    } finally {
      await sandbox.steer('PUT', '/roles/locked', {audiences: []})
    }
  })

  it('other roles of the same provider are not held back', async () => {
    const {home} = scene
    await home.run(locked, unattended)
    expect(await home.run(['creds', '--provider', 'sandbox', '--role', developer], unattended)).to.include({
      exitCode: 0,
    })
  })

  it('programs ask AWS again with AWS_OIDC_INTERACTIVE=always', async () => {
    const {home} = scene
    await home.run(locked, unattended)
    await home.run(locked)
    expect(await asked()).to.equal(2)
  })
})

describe('after AWS has refused what one profile asks of a role', () => {
  const scene = useScene()
  const strict = ['creds', '--profile', 'strict']
  const asked = async () => (await scene.sandbox.journal()).filter(({kind}) => kind === 'sts').length
  const configure = (policy: string) =>
    scene.home.configure({profiles: {strict: {provider: 'sandbox', role: developer, policy}}})

  for (const [words, policy, fault, said] of [
    ['a session policy that is nonsense', 'nonsense', undefined, 'MalformedPolicyDocument'],
    ['a value that AWS does not take', '{}', {error: 'ValidationError', message: 'no', times: 1}, 'ValidationError'],
  ] as const) {
    it(`(${words}), another profile of the same role gets its credentials`, async () => {
      const {home, sandbox} = scene
      await configure(policy)
      if (fault) await sandbox.fault({on: 'sts', ...fault})
      const refused = await home.run(strict, unattended)
      expect(refused).to.include({exitCode: 5})
      expect(refused.stderr).to.include(said)
      const other = await home.run(creds, unattended)
      expect(other.exitCode, other.stderr).to.equal(0)
    })

    it(`(${words}), programs that ask for that profile get the same answer, and AWS is not asked`, async () => {
      const {home, sandbox} = scene
      await configure(policy)
      if (fault) await sandbox.fault({on: 'sts', ...fault})
      await home.run(strict, unattended)
      const {exitCode, stderr} = await home.run(strict, unattended)
      expect(exitCode).to.equal(5)
      expect(stderr).to.include(said).and.include('was not asked again')
      expect(await asked()).to.equal(1)
    })
  }
})
