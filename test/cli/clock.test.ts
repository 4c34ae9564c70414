import {readdir, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {credentialsEntry} from '../support/machine.ts'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '--profile', 'developer']

describe('a clock that is wrong', () => {
  const scene = useScene()

  for (const [words, offsetSeconds, said] of [
    ['behind', 1200, '20 min behind'],
    ['ahead', -1200, '20 min ahead'],
  ] as const) {
    it(`is reported as ${words}, once; the printed Expiration is AWS's own, and the entry ends at the earlier time`, async () => {
      const {home, sandbox} = scene
      await sandbox.steer('POST', '/clock', {offsetSeconds})
      const {exitCode, stdout, stderr} = await home.run(creds)
      expect(exitCode, stderr).to.equal(0)
      expect(stderr.match(/clock of this machine/g)).to.have.length(1)
      expect(stderr).to.include(said)
      const printed = Date.parse(JSON.parse(stdout).Expiration)
      const expected = Date.now() + (3600 + offsetSeconds) * 1000
      expect(printed).to.be.closeTo(expected, 20_000)
      const {envelope} = await credentialsEntry(home)
      expect(Number(envelope.exp) * 1000).to.be.closeTo(Date.now() + (3600 + Math.min(0, offsetSeconds)) * 1000, 20_000)
    })
  }
})

describe('a clock that is wrong by more than can be corrected', () => {
  const scene = useScene()

  for (const [words, offsetSeconds, span] of [
    ['behind', 30 * 3600, '30 hours behind'],
    ['ahead of', -30 * 3600, '30 hours ahead of'],
    ['years ahead of', -400 * 86_400, '400 days ahead of'],
  ] as const) {
    it(`(${words}) is reported with the difference and the command to set it; the provider is not blamed`, async () => {
      const {home, sandbox} = scene
      await sandbox.steer('POST', '/clock', {offsetSeconds})
      const {exitCode, stdout, stderr} = await home.run(creds)
      const {host} = new URL(sandbox.issuer)
      expect({exitCode, stdout}, stderr).to.deep.equal({exitCode: 6, stdout: ''})
      expect(stderr)
        .to.include(`Error: The clock of this machine is ${span} that of ${host}.`)
        .and.match(/^Try: sudo \S+/m)
        .and.not.match(/can't be trusted|JWT|lasts -/)
      const {exitCode: found, stdout: report} = await home.run(['doctor', '--profile', 'developer'])
      expect(found, report).to.equal(7)
      expect(report).to.include(`The clock of this machine is ${span} that of ${host}.`)
    })
  }

  it('never reports a session with a negative duration', async () => {
    const {home, sandbox} = scene
    await sandbox.steer('POST', '/clock', {offsetSeconds: -3 * 3600})
    const {exitCode, stderr} = await home.run(creds)
    expect(exitCode, stderr).to.equal(0)
    expect(stderr).to.include('3 hours ahead of').and.not.include('This session')
  })
})

describe('a clock that is wrong by more than AWS tolerates in a signature', () => {
  const scene = useScene()

  for (const [words, offsetSeconds] of [
    ['behind', 1200],
    ['ahead', -1200],
  ] as const) {
    it(`(${words}) does not prevent a chained role or whoami, whatever is in the cache`, async () => {
      const {home, sandbox} = scene
      await sandbox.steer('POST', '/clock', {offsetSeconds})
      for (const args of [
        ['creds', '-p', 'admin'],
        ['whoami', '-p', 'admin'],
        ['whoami', '-p', 'developer'],
        ['creds', '-p', 'admin', '--force'],
      ]) {
        const {exitCode, stderr} = await home.run(args, {AWS_DISABLE_CLOCK_SKEW_CORRECTION: 'true'})
        expect(exitCode, `${args.join(' ')}: ${stderr}`).to.equal(0)
        expect(stderr.match(/clock of this machine/g) ?? [], stderr).to.have.length(1)
      }
    })

    it(`(${words}) does not prevent a chained role whose source is in the cache`, async () => {
      const {home, sandbox} = scene
      await sandbox.steer('POST', '/clock', {offsetSeconds})
      await home.run(creds)
      const {exitCode, stderr} = await home.run(['creds', '-p', 'admin'], {AWS_OIDC_INTERACTIVE: 'never'})
      expect(exitCode, stderr).to.equal(0)
    })
  }
})

describe('the duration of a session', () => {
  const scene = useScene()

  for (const duration of ['14m', '13h', '899', '43201']) {
    it(`of ${duration} is refused before anything else happens`, async () => {
      const {home, sandbox} = scene
      await rm(join(home.folder, '.config'), {recursive: true})
      const {exitCode, stdout, stderr} = await home.run([...creds, '--duration', duration])
      expect({exitCode, stdout}).to.deep.equal({exitCode: 2, stdout: ''})
      expect(stderr).to.include('15 minutes to 12 hours')
      expect(await sandbox.journal()).to.deep.equal([])
      expect(await readdir(home.folder)).to.deep.equal([])
    })
  }

  it('of 15 minutes causes a warning on a cold call, never on a warm one: the AWS CLI and boto3 renew it for each request', async () => {
    const {home} = scene
    const short = [...creds, '--duration', '15m']
    const {exitCode, stderr} = await home.run(short)
    expect(exitCode).to.equal(0)
    expect(stderr.match(/Warning: .*lasts 15 min.*duration/g)).to.have.length(1)
    expect(await home.run(short)).to.include({exitCode: 0, stderr: ''})
  })

  it('of 16 minutes causes no warning', async () => {
    const {exitCode, stderr} = await scene.home.run([...creds, '--duration', '16m'])
    expect(exitCode).to.equal(0)
    expect(stderr).not.to.include('Warning')
  })

  it('over the maximum of the role is stepped down with one warning, and what worked is remembered', async () => {
    const {home, sandbox} = scene
    const long = [...creds, '--duration', '12h']
    const asked = async () =>
      (await sandbox.journal()).flatMap(({durationSeconds}) => (durationSeconds ? [durationSeconds / 3600] : []))
    const {stderr} = await home.run(long)
    expect(stderr.match(/Warning: AWS gives/g)).to.have.length(1)
    expect(await asked()).to.deep.equal([12, 8, 4])
    const again = await home.run([...long, '--force'])
    expect(again.stderr).not.to.include('Warning')
    expect(await asked()).to.deep.equal([12, 8, 4, 4])
  })
})
