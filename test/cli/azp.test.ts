import {expect} from 'chai'
import {forgetCredentials} from '../support/cached.ts'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '-p', 'developer']

describe('an ID token with azp besides several audiences', () => {
  const scene = useScene()
  beforeEach(() => scene.sandbox.fault({on: 'token', idToken: {claims: {aud: ['aws-oidc', 'other'], azp: 'aws-oidc'}}}))

  it('that AWS accepts causes no warning', async () => {
    const {home} = scene
    const first = await home.run(creds)
    expect(first.exitCode, first.stderr).to.equal(0)
    expect(first.stderr).not.to.match(/Warning|azp/)
    await forgetCredentials(home)
    const {exitCode, stderr} = await home.run(creds, {AWS_OIDC_INTERACTIVE: 'never'})
    expect(exitCode).to.equal(0)
    expect(stderr).to.match(/^Asking the STS at .*\n$/)
  })

  it('that AWS refuses is explained in the refusal', async () => {
    const {home} = scene
    await home.run(['login'])
    const {exitCode, stderr} = await home.run(['creds', '--provider', 'sandbox', '--role', '123456789012/locked'])
    expect(exitCode).to.equal(5)
    expect(stderr).to.match(
      /^Error: AWS refused: AccessDenied.* azp of the ID token differs from its audience.*AWS compares the azp.*\nTry: \S.*\n$/m,
    )
    expect(stderr).not.to.include('Warning')
  })
})
