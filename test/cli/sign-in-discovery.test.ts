import {expect} from 'chai'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '--profile', 'developer']

describe('signing in: finding the provider', () => {
  const scene = useScene()

  it('accepts the address of the metadata in place of the issuer', async () => {
    const issuer = `${scene.sandbox.issuer}/.well-known/openid-configuration`
    await scene.home.configure({provider: {issuer}})
    expect(await scene.home.run(creds)).to.include({exitCode: 0})
  })

  it('refuses metadata that names another issuer, shows both, and opens no browser', async () => {
    await scene.sandbox.fault({on: 'discovery', change: {issuer: 'https://elsewhere.example.com'}})
    const {exitCode, stdout, stderr} = await scene.home.run(creds)
    expect({exitCode, stdout}).to.deep.equal({exitCode: 6, stdout: ''})
    expect(stderr)
      .to.include('calls itself https://elsewhere.example.com')
      .and.include(`"issuer" is ${scene.sandbox.issuer}.`)
      .and.include('Try: issuer: https://elsewhere.example.com, if that is your provider')
    expect(await kinds()).to.have.members(['discovery'])
  })

  it('says that only the slash at the end of "issuer" is wrong', async () => {
    const {issuer} = scene.sandbox
    await scene.home.configure({provider: {issuer: `${issuer}/`}})
    const {exitCode, stderr} = await scene.home.run(creds)
    expect(exitCode).to.equal(6)
    expect(stderr)
      .to.include(`calls itself ${issuer}, but "issuer" is ${issuer}/.`)
      .and.include(`Try: issuer: ${issuer} (without the slash at the end)`)
  })

  it('says that only a slash at the end of "issuer" is missing', async () => {
    const {issuer} = scene.sandbox
    await scene.sandbox.fault({on: 'discovery', change: {issuer: `${issuer}/`}})
    const {exitCode, stderr} = await scene.home.run(creds)
    expect(exitCode).to.equal(6)
    expect(stderr)
      .to.include(`calls itself ${issuer}/, but "issuer" is ${issuer}.`)
      .and.include(`Try: issuer: ${issuer}/ (with a slash at the end)`)
  })

  for (const status of [302, 403, 404]) {
    it(`names the address that answered with ${status} in place of the metadata, and what may be wrong with it`, async () => {
      await scene.sandbox.fault({on: 'discovery', status})
      const {exitCode, stdout, stderr} = await scene.home.run(creds)
      expect({exitCode, stdout}).to.deep.equal({exitCode: 6, stdout: ''})
      expect(stderr)
        .to.include(`${scene.sandbox.issuer}/.well-known/openid-configuration answered with HTTP ${status}`)
        .and.match(/Try: Check "issuer": .*part of the path/)
    })
  }

  it('refuses an issuer on http elsewhere than on this machine, before any request', async () => {
    await scene.home.configure({provider: {issuer: 'http://sso.example.com'}})
    const {exitCode, stderr} = await scene.home.run(creds)
    expect(exitCode).to.equal(2)
    expect(stderr).to.match(/providers\.sandbox\.issuer must start with https:\/\//)
  })

  for (const member of ['authorization_endpoint', 'token_endpoint', 'jwks_uri']) {
    it(`sends nothing to a ${member} on http elsewhere than on this machine`, async () => {
      await scene.sandbox.fault({on: 'discovery', change: {[member]: 'http://sso.example.com/there'}})
      const {exitCode, stdout, stderr} = await scene.home.run(creds)
      expect({exitCode, stdout}).to.deep.equal({exitCode: 6, stdout: ''})
      expect(stderr).to.include(`"${member}" is not an address that is safe to use: http://sso.example.com/there`)
      expect(await kinds()).not.to.include('sts')
    })
  }

  it('opens no address of another kind that the provider names, such as a file', async () => {
    await scene.sandbox.fault({on: 'discovery', change: {authorization_endpoint: 'file:///etc/passwd'}})
    const {exitCode, stderr} = await scene.home.run(creds)
    expect(exitCode).to.equal(6)
    expect(stderr).not.to.include('Opening your browser')
  })

  it('says that the provider is out of order when it answers 5xx', async () => {
    await scene.sandbox.fault({on: 'discovery', status: 503})
    const {exitCode, stdout, stderr} = await scene.home.run(creds)
    expect({exitCode, stdout}).to.deep.equal({exitCode: 6, stdout: ''})
    expect(stderr).to.include('HTTP 503').and.to.include('Try: the same command again')
  })

  it('says that the provider can not be reached when the connection is cut', async () => {
    await scene.sandbox.fault({on: 'discovery', cut: true})
    const {exitCode, stderr} = await scene.home.run(creds)
    expect(exitCode).to.equal(6)
    expect(stderr).to.include(`${new URL(scene.sandbox.issuer).host} could not be reached`)
  })

  for (const [what, fault] of Object.entries({
    'is no JSON': {status: 200, body: '<html>hello</html>', contentType: 'application/json'},
    'is a web page': {status: 200, body: '<html>hello</html>', contentType: 'text/html'},
    'names no issuer': {change: {issuer: null}},
    'names no authorization endpoint': {change: {authorization_endpoint: null}},
    'names no token endpoint': {change: {token_endpoint: null}},
  })) {
    it(`refuses metadata that ${what}, without a stack trace`, async () => {
      await scene.sandbox.fault({on: 'discovery', ...fault})
      const {exitCode, stdout, stderr} = await scene.home.run(creds)
      expect({exitCode, stdout}).to.deep.equal({exitCode: 6, stdout: ''})
      expect(stderr)
        .to.include("can't be trusted")
        .and.not.to.match(/ at .*:\d+/)
    })
  }

  async function kinds(): Promise<readonly string[]> {
    return (await scene.sandbox.journal()).map(({kind}) => kind)
  }
})
