import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {useScene} from '../support/scene.ts'

const locked = ['creds', '--provider', 'sandbox', '--role', '123456789012/locked']
const claims = ['whoami', '--claims', '-p', 'developer']

describe('the claims that AWS compares with a trust policy', () => {
  const scene = useScene()

  it('are shown on the terminal with the refusal, and stored in no state', async () => {
    const {home, sandbox} = scene
    await sandbox.fault({
      on: 'token',
      idToken: {claims: {aud: ['aws-oidc', 'somebody-else'], azp: 'aws-oidc', sub: 'subject-7'}},
    })
    const {exitCode, stderr} = await home.run(locked)
    expect(exitCode).to.equal(5)
    expect(stderr).to.include(
      `The ID token that AWS refused says:\n  iss  ${sandbox.issuer}\n  aud  aws-oidc, somebody-else\n  azp  aws-oidc\n  sub  subject-7\n`,
    )
    expect(stderr).to.match(/\nTry: .*whoami --claims/)
    const states = await textsIn(join(home.cache, 'state'))
    expect(states.join())
      .to.include('AccessDenied')
      .and.not.match(/subject-7|somebody-else/)
  })

  it('are not shown where the token was not what was refused', async () => {
    const {home, sandbox} = scene
    await sandbox.fault({on: 'sts', error: 'MalformedPolicyDocument', message: 'Syntax errors in policy'})
    expect((await home.run(['creds', '-p', 'developer'])).stderr).not.to.include('The ID token that AWS refused says')
  })

  it('are shown for a SAML assertion in the words of SAML', async () => {
    const {home, sandbox} = scene
    await sandbox.fault({on: 'sts', error: 'AccessDenied', message: 'No.'})
    await home.configure({provider: {strategy: 'saml2', via: 'token-exchange', rolesClaim: undefined}})
    const {stderr} = await home.run(['creds', '-p', 'developer'])
    expect(stderr).to.include(
      `The SAML assertion that AWS refused says:\n  SAML:iss  ${new URL('/saml', sandbox.issuer)}\n  SAML:aud  https://signin.aws.amazon.com/saml\n  SAML:sub  alice`,
    )
  })
})

describe('whoami --claims', () => {
  const scene = useScene()

  it('shows the claims that AWS compares, how the user signed in, the roles claim, and the names of the others', async () => {
    const {home, sandbox} = scene
    await sandbox.fault({on: 'token', idToken: {claims: {amr: ['pwd', 'mfa'], azp: 'aws-oidc', phone: '+49 30 5550'}}})
    const {exitCode, stdout, stderr} = await home.run(claims)
    expect(exitCode, stderr).to.equal(0)
    expect(stdout.split('\n').filter(line => !line.startsWith('others'))).to.deep.equal([
      `iss        ${sandbox.issuer}`,
      'aud        aws-oidc',
      'azp        aws-oidc',
      'sub        alice',
      'amr        pwd, mfa',
      'aws_roles  arn:aws:iam::123456789012:role/developer, arn:aws:iam::123456789012:role/readonly',
      '',
    ])
    expect(stdout).to.match(/^others {5}.*email.*phone/m)
    expect(stdout + stderr).not.to.include('5550')
    expect((await sandbox.journal()).map(({kind}) => kind)).not.to.include('sts')
  })

  it('prints JSON with --json, even where AWS refuses the role', async () => {
    const {home, sandbox} = scene
    await sandbox.fault({on: 'sts', error: 'AccessDenied', message: 'No.'})
    const {exitCode, stdout} = await home.run([...claims, '--json'])
    expect(exitCode).to.equal(0)
    const shown = JSON.parse(stdout)
    expect(shown).to.have.all.keys('provider', 'claims', 'others')
    expect(shown.claims).to.include({iss: sandbox.issuer, aud: 'aws-oidc', sub: 'alice'})
    expect(shown.others).to.include('email').and.not.include('sub')
  })

  it('finds a nested roles claim by its dotted name too', async () => {
    const {home, sandbox} = scene
    await home.configure({provider: {rolesClaim: 'resource_access.aws.roles'}})
    await sandbox.fault({on: 'token', idToken: {claims: {resource_access: {aws: {roles: ['one', 'two']}}}}})
    const {stdout} = await home.run(claims)
    expect(stdout).to.match(/^resource_access\.aws\.roles {2}one, two$/m)
  })

  it('shows no control characters of a hostile claim', async () => {
    const {home, sandbox} = scene
    await sandbox.fault({on: 'token', idToken: {claims: {amr: ['a\u001b[31m\nb'], 'x\n\u001by': 1}}})
    const {stdout} = await home.run(claims)
    expect(stdout).not.to.include('\u001b').and.not.match(/^[by]/m)
  })
})

async function textsIn(folder: string): Promise<readonly string[]> {
  return Promise.all((await readdir(folder)).map(name => readFile(join(folder, name), 'utf8').catch(() => '')))
}
