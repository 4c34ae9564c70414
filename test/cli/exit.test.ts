import {expect} from 'chai'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '--profile', 'developer']

describe('the exit code', () => {
  const scene = useScene()
  const exitOf = async (args: string[], env = {}) => (await scene.home.run(args, env)).exitCode

  it('is 0 when it worked', async () => {
    expect(await exitOf(creds)).to.equal(0)
    expect(await exitOf(['--version'])).to.equal(0)
    expect(await exitOf(['--help'])).to.equal(0)
  })

  it('is 2 for an unknown command, with the nearest one', async () => {
    const {exitCode, stdout, stderr} = await scene.home.run(['cred', '-p', 'developer'])
    expect({exitCode, stdout}).to.deep.equal({exitCode: 2, stdout: ''})
    expect(stderr).to.include('"cred"').and.include('aws-oidc creds')
    expect(await exitOf(['cache', 'cleer'])).to.equal(2)
  })

  it('is 2 for a mistyped argument, which is named', async () => {
    for (const [args, named] of [
      [['creds', '--no-such-flag'], '--no-such-flag'],
      [['creds', '--profile'], '--profile'],
      [['creds', '--format', 'xml'], 'xml'],
      [['creds', '--duration', 'soon'], 'soon'],
      [['creds', '-p', 'a', '--provider', 'b'], '--provider'],
    ] as const) {
      const {exitCode, stdout, stderr} = await scene.home.run(args)
      expect({exitCode, stdout}, args.join(' ')).to.deep.equal({exitCode: 2, stdout: ''})
      expect(stderr)
        .to.include(named)
        .and.match(/^Error: /)
        .and.match(/\nTry: .*\n$/)
    }
  })

  it('is 2 for a misspelt value of AWS_OIDC_INTERACTIVE, which is named', async () => {
    const {home, sandbox} = scene
    for (const args of [creds, [...creds, '--no-interactive']]) {
      const {exitCode, stdout, stderr} = await home.run(args, {AWS_OIDC_INTERACTIVE: 'nevr'})
      expect({exitCode, stdout}).to.deep.equal({exitCode: 2, stdout: ''})
      expect(stderr).to.match(/^Error: .*AWS_OIDC_INTERACTIVE.*"nevr".*\nTry: .*\n$/)
    }
    expect(await sandbox.journal()).to.deep.equal([])
    expect(await exitOf(creds, {AWS_OIDC_INTERACTIVE: '', CI: 'true'}), 'empty is as good as not set').to.equal(3)
  })

  it('is 3 when a sign-in is needed', async () => {
    expect(await exitOf([...creds, '--no-interactive'])).to.equal(3)
    expect(await exitOf(creds, {AWS_OIDC_INTERACTIVE: 'never'})).to.equal(3)
    expect(await exitOf(creds, {AWS_OIDC_INTERACTIVE: 'auto'}), 'no terminal, no desktop').to.equal(3)
    expect(await exitOf(creds, {AWS_OIDC_INTERACTIVE: 'auto', DISPLAY: ':9', CI: 'true'})).to.equal(3)
    expect(await scene.sandbox.signIns()).to.equal(0)
  })

  it('is 4 when the sign-in was refused', async () => {
    expect(await exitOf(creds, {SANDBOX_USER: 'deny'})).to.equal(4)
  })

  it('is 5 when AWS refuses', async () => {
    expect(await exitOf([...creds, '--role', '123456789012/locked'])).to.equal(5)
  })

  it('is 6 when a server does not answer', async () => {
    await scene.sandbox.fault({on: 'discovery', cut: true})
    expect(await exitOf(creds)).to.equal(6)
  })
})
