import {expect} from 'chai'
import {examine} from '../support/doctor.ts'
import {linkExample} from '../support/example-plugin.ts'
import {hookWith, plantPlugin} from '../support/planted-plugin.ts'
import {useScene} from '../support/scene.ts'
import {otherEndpoint} from '../support/token-endpoint.ts'

const creds = ['creds', '--profile', 'developer']
const meaning = 'An administrator has to approve each client once.'
const hint = 'Ask for the approval of "aws-oidc" at Portal > Clients.'

describe('a refusal that the strategy of a plugin describes', () => {
  const scene = useScene()

  async function refuse(on: 'authorization' | 'device' | 'token', message: string): Promise<void> {
    await linkExample(scene.home, 'explained-refusal')
    await scene.home.configure({provider: {strategy: 'explained'}})
    await scene.sandbox.fault({on, error: 'unauthorized_client', message})
  }

  for (const on of ['authorization', 'token'] as const) {
    for (const args of [creds, ['login']]) {
      it(`at ${on} is told by ${args[0]} with its meaning and what to do`, async () => {
        await refuse(on, 'This client has not been approved.')
        const {exitCode, stderr} = await scene.home.run(args)
        expect(exitCode).to.equal(4)
        expect(stderr).to.match(/unauthorized_client \(This client has not been approved\.\)\. An administrator/)
        expect(stderr).to.include(`${meaning}\n`).and.to.include(`Try: ${hint}`)
      })
    }
  }

  it('of a sign-in with a code is told in the words of the provider, with its meaning', async () => {
    await refuse('device', 'This client has not been approved.')
    const {exitCode, stderr} = await scene.home.run(['login', '--device'])
    expect(exitCode).to.equal(4)
    expect(stderr).to.match(/unauthorized_client \(This client has not been approved\.\)\. An administrator/)
    expect(stderr).to.include(`Try: ${hint}`)
  })

  it('is told by the doctor with the same meaning and the same hint', async () => {
    await linkExample(scene.home, 'explained-refusal')
    await scene.home.configure({provider: {strategy: 'explained'}})
    const query = 'error=unauthorized_client&error_description=This+client+has+not+been+approved.'
    const page = await otherEndpoint(() => ({
      status: 302,
      headers: {location: `http://127.0.0.1/callback?${query}`},
    }))
    try {
      await scene.sandbox.fault({on: 'discovery', change: {authorization_endpoint: page.address}})
      const {findings} = await examine(scene.home)
      const found = findings.find(({id}) => id === 'provider.refused')
      expect(found?.what).to.match(/unauthorized_client \(This client has not been approved\.\)\. An administrator/)
      expect(found?.mend).to.equal(hint)
    } finally {
      await page.close()
    }
  })

  it('by a challenge (RFC 6749, 5.2), as for a wrong secret, is told with its meaning', async () => {
    const hook = hookWith({
      atHook: "ping.describeRefusal = ({error}) => ({message: 'It means ' + error + '.', hint: 'Look it up.'})",
      atSignIn: "await host.tokens({issuer, clientId: 'aws-oidc-confidential', authentication: {secret: 'wrong'}})",
    })
    await plantPlugin(scene.home, {hook})
    await scene.home.configure({provider: {strategy: 'ping'}})
    const {exitCode, stderr} = await scene.home.run(creds)
    expect(exitCode).to.equal(4)
    expect(stderr).to.match(
      /refused this client with HTTP 401: invalid_client\. It means invalid_client\.\nTry: Look it up\./,
    )
  })

  it('keeps the hint of the host where its description has none', async () => {
    await refuse('token', 'This client is suspended.')
    const {stderr} = await scene.home.run(creds)
    expect(stderr).to.include('The bill of the portal has not been paid.')
    expect(stderr).to.include('Try: Check "clientId" and "clientSecret" of the provider')
  })

  it('is told as the host tells it where the strategy does not know it', async () => {
    await refuse('token', 'This client is odd.')
    const {exitCode, stderr} = await scene.home.run(creds)
    expect(exitCode).to.equal(4)
    expect(stderr).to.match(/gave no tokens: unauthorized_client \(This client is odd\.\)\.\n/)
  })

  for (const [what, body, reason] of [
    ['throws', "throw new Error('out of words')", 'out of words'],
    ['answers with no message', "return {hint: 'x'}", '"message" of describeRefusal() is undefined, not a string'],
    ['answers with a text', "return 'no'", 'describeRefusal() returned "no", not an object'],
    ['answers with a number for a hint', "return {message: 'x', hint: 5}", '"hint" of describeRefusal() is 5'],
    ['rejects later', "return Promise.reject(new Error('late'))", 'describeRefusal() returned a promise'],
  ] as const) {
    it(`is told as the host tells it where describeRefusal ${what}, which --debug shows with the package`, async () => {
      const hook = hookWith({atHook: `ping.describeRefusal = () => { ${body} }`})
      await plantPlugin(scene.home, {hook})
      await scene.home.configure({provider: {strategy: 'ping'}})
      await scene.sandbox.fault({on: 'token', error: 'unauthorized_client', message: 'No.'})
      const {exitCode, stderr} = await scene.home.run([...creds, '--debug'])
      expect(exitCode).to.equal(4)
      expect(stderr).to.match(/gave no tokens: unauthorized_client \(No\.\)\.\n/)
      expect(stderr).to.include('describeRefusal() of aws-oidc-ping failed: ').and.to.include(reason)
    })
  }
})
