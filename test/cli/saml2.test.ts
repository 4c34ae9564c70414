import {expect} from 'chai'
import {readSaml} from '../../src/aws/saml-document.ts'
import {responseWith} from '../../src/aws/saml-response.ts'
import {useScene} from '../support/scene.ts'

const arn = (name: string) => `arn:aws:iam::123456789012:role/${name}`
const throughSaml = {strategy: 'saml2', via: 'token-exchange', rolesClaim: undefined}
const creds = ['creds', '-p', 'developer']
const steps = 'AssumeRoleWithSAML'

describe('credentials by SAML', () => {
  const scene = useScene()
  beforeEach(async () => {
    await scene.sandbox.steer('DELETE', '/saml')
    await scene.home.configure({provider: throughSaml})
  })

  async function calls(action = steps) {
    return (await scene.sandbox.journal()).filter(entry => entry.action === action)
  }

  for (const form of ['assertion', 'response']) {
    for (const c14n of ['exclusive', 'inclusive']) {
      for (const [encoding, padded] of [
        ['base64', true],
        ['base64url', false],
      ] as const) {
        it(`come of one sign-in (the provider gives the ${form} in ${encoding}, signed with ${c14n} C14N)`, async () => {
          await scene.sandbox.steer('PUT', '/saml', {form, encoding, padded, c14n})
          const {exitCode, stdout, stderr} = await scene.home.run(creds)
          expect(exitCode, stderr).to.equal(0)
          expect(JSON.parse(stdout)).to.include({Version: 1, AccountId: '123456789012'})
          expect(await scene.sandbox.signIns()).to.equal(1)
        })
      }
    }
  }

  it('come from the cache the second time, and without a sign-in the third', async () => {
    const first = await scene.home.run(creds)
    expect((await scene.home.run(creds)).stdout).to.equal(first.stdout)
    expect(await calls()).to.have.lengthOf(1)
    expect((await scene.home.run([...creds, '--force'])).exitCode).to.equal(0)
    expect(await calls()).to.have.lengthOf(2)
    expect(await scene.sandbox.signIns()).to.equal(1)
  })

  it('are of the user that the assertion names', async () => {
    const {stdout} = await scene.home.run(['whoami', '-p', 'developer', '--json'])
    expect(JSON.parse(stdout).arn).to.match(/:assumed-role\/developer\/alice/)
  })

  it('are of the requested role, whatever the order of role and provider', async () => {
    await scene.sandbox.steer('PUT', '/saml', {pairOrder: 'provider-first'})
    const {exitCode, stderr} = await scene.home.run([...creds, '--role', arn('readonly')])
    expect(exitCode, stderr).to.equal(0)
    expect((await calls()).map(({role}) => role)).to.deep.equal(['readonly'])
  })

  it('are never of another role, not even of the only one that is offered', async () => {
    const {exitCode, stdout, stderr} = await scene.home.run([...creds, '--role', arn('readonly')], {
      SANDBOX_USER: 'bob',
    })
    expect({exitCode, stdout}).to.deep.equal({exitCode: 5, stdout: ''})
    expect(stderr).to.include(`does not offer the role ${arn('readonly')}. It offers ${arn('developer')}.`)
    expect(await calls()).to.deep.equal([])
  })

  it('are of the only role that is offered where none was requested', async () => {
    const {exitCode, stderr} = await scene.home.run(['creds', '--provider', 'sandbox'], {SANDBOX_USER: 'bob'})
    expect(exitCode, stderr).to.equal(0)
    expect((await calls()).map(({role}) => role)).to.deep.equal(['developer'])
  })

  it('need a role where several are offered', async () => {
    const {exitCode, stderr} = await scene.home.run(['creds', '--provider', 'sandbox'], {SANDBOX_USER: 'dave'})
    expect(exitCode).to.equal(2)
    expect(stderr).to.include('40 roles').and.include('Try: aws-oidc login --provider sandbox\n')
  })

  it('are refused to a user without a role, with the reason', async () => {
    const {exitCode, stderr} = await scene.home.run(creds, {SANDBOX_USER: 'carol'})
    expect(exitCode).to.equal(5)
    expect(stderr).to.include('offers no AWS role').and.include('Try: ')
  })

  it('last as long as the role allows where more was requested', async () => {
    await scene.home.configure({provider: {...throughSaml, duration: '12h'}})
    const {exitCode, stderr} = await scene.home.run(creds)
    expect(exitCode, stderr).to.equal(0)
    expect((await calls()).at(-1)?.durationSeconds).to.equal(14_400)
  })

  it('last no longer than the session at the provider', async () => {
    await scene.home.configure({provider: {...throughSaml, duration: '2h'}})
    await scene.sandbox.steer('PUT', '/saml', {change: {sessionNotOnOrAfterSeconds: 5400}})
    expect((await scene.home.run(creds)).exitCode).to.equal(0)
    expect((await calls())[0]?.durationSeconds).to.be.within(5300, 5400)
  })

  it('come after a logout by a new sign-in', async () => {
    await scene.home.run(creds)
    await scene.home.run(['logout', '--provider', 'sandbox'])
    expect((await scene.home.run(creds)).exitCode).to.equal(0)
    expect(await scene.sandbox.signIns()).to.equal(2)
  })

  it('and their sign-in are shown by status and ended by logout', async () => {
    await scene.home.run(creds)
    const before = JSON.parse((await scene.home.run(['status', '--json'])).stdout)
    expect(before.providers[0]).to.include({signedIn: true, subject: 'alice@example.com'})
    expect((await scene.home.run(['logout', '--provider', 'sandbox'])).exitCode).to.equal(0)
    expect(await scene.home.entries()).to.deep.equal([])
  })

  it('come from one sign-in and one assertion for twenty callers at once', async () => {
    const endings = await Promise.all(Array.from({length: 20}, () => scene.home.run(creds)))
    expect(endings.map(({exitCode}) => exitCode)).to.deep.equal(Array.from({length: 20}, () => 0))
    expect(await scene.sandbox.signIns()).to.equal(1)
    expect(await calls()).to.have.lengthOf(1)
  }).timeout(120_000)
})

describe('a provider that gives no assertion that AWS would accept', () => {
  const scene = useScene()
  beforeEach(async () => {
    await scene.sandbox.steer('DELETE', '/saml')
    await scene.home.configure({provider: throughSaml})
  })

  for (const [what, order, exitCode, words] of [
    ['has no exchange', {exchange: 'off'}, 4, 'Standard token exchange is not enabled'],
    ['does not let this client exchange', {exchange: 'not-permitted'}, 4, 'Client not allowed to exchange'],
    ['signs nothing', {change: {signature: 'none'}}, 5, 'not signed'],
    ['encrypts it', {form: 'response', change: {encrypted: true}}, 6, 'encrypted'],
    ['issued it long ago', {lifetimeSeconds: 3600, change: {issueInstantSecondsAgo: 600}}, 6, 'issued 10 min ago'],
    ['sends a document type along', {change: {doctype: true}}, 6, 'document type'],
    ['puts a comment into a value', {change: {commentIn: 'Role'}}, 6, 'one of its values contains a comment'],
    ['sends two', {form: 'response', change: {secondAssertion: true}}, 6, 'more than one'],
    ['sends no session name', {change: {drop: ['RoleSessionName']}}, 5, 'RoleSessionName'],
    ['sends no NameID', {change: {drop: ['NameID']}}, 5, 'NameID'],
    ['sends no recipient', {change: {drop: ['Recipient']}}, 5, 'Recipient'],
    ['sends no roles', {change: {drop: ['Role']}}, 5, 'offers no AWS role'],
  ] as const) {
    it(`(it ${what}) is explained; AWS is not asked`, async () => {
      await scene.sandbox.steer('PUT', '/saml', order)
      const ending = await scene.home.run(creds)
      expect(ending.stderr)
        .to.include(words)
        .and.match(/\nTry: \S.*\n$/)
      expect({exitCode: ending.exitCode, stdout: ending.stdout}).to.deep.equal({exitCode, stdout: ''})
      expect((await scene.sandbox.journal()).filter(({kind}) => kind === 'sts')).to.deep.equal([])
    })
  }

  for (const [what, change, words] of [
    ['for another audience', {audience: 'https://app.example.com'}, 'AWS expects urn:amazon:webservices'],
    ['for another recipient', {recipient: 'https://app.example.com/acs'}, 'is not a sign-in address of AWS'],
    ['with a foreign signature', {signature: 'foreign-key'}, 'SAML metadata'],
  ] as const) {
    it(`(one ${what}) is refused by AWS, and the error says what is doubtful about it`, async () => {
      await scene.sandbox.steer('PUT', '/saml', {change})
      const {exitCode, stderr} = await scene.home.run(creds)
      expect(exitCode).to.equal(5)
      expect(stderr).to.include('AWS refused').and.include(words)
    })
  }
})

describe('a document that the sandbox made', () => {
  const scene = useScene()

  it('is wrapped into a response, or left as it is, so that its STS accepts it', async () => {
    for (const form of ['assertion', 'response']) {
      const minted = await scene.sandbox.steer('POST', '/saml/mint', {user: 'alice', form, c14n: 'inclusive'})
      const {document} = Object(minted)
      const response = responseWith(readSaml(String(document)), new Date())
      const body = new URLSearchParams({
        Action: steps,
        Version: '2011-06-15',
        RoleArn: arn('developer'),
        PrincipalArn: 'arn:aws:iam::123456789012:saml-provider/sandbox',
        SAMLAssertion: response,
      })
      const answer = await fetch(scene.sandbox.sts, {method: 'POST', body})
      expect(answer.status, await answer.text()).to.equal(200)
    }
  })
})
