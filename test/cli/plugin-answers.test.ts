import {expect} from 'chai'
import {hookWith, plantPlugin} from '../support/planted-plugin.ts'
import {useScene} from '../support/scene.ts'

const profile = ['--profile', 'developer']
const calls: Readonly<Record<string, readonly string[]>> = {
  creds: ['creds', ...profile],
  login: ['login'],
  exec: ['exec', ...profile, '--', 'true'],
  whoami: ['whoami', ...profile],
  roles: ['roles'],
}

describe('a plugin whose strategy', () => {
  const scene = useScene()

  async function run(args: readonly string[], atSignIn: string) {
    await plantPlugin(scene.home, {hook: hookWith({atSignIn})})
    await scene.home.configure({provider: {strategy: 'ping'}})
    return scene.home.run(args)
  }

  for (const [name, args] of Object.entries(calls)) {
    it(`throws an error with an unknown code is named by ${name}, which ends with 1`, async () => {
      const {exitCode, stdout, stderr} = await run(args, "throw host.error('NO_SUCH_CODE', 'The gateway is closed.')")
      expect({exitCode, stdout}).to.deep.equal({exitCode: 1, stdout: ''})
      expect(stderr).to.include('of aws-oidc-ping failed').and.include('"NO_SUCH_CODE": The gateway is closed.')
    })
  }

  it('throws an error with a code that only the host may use is named', async () => {
    const thrown = "throw Object.assign(new Error('Interrupted.'), {code: 'INTERRUPTED'})"
    const {exitCode, stderr} = await run(calls.creds ?? [], thrown)
    expect({exitCode}).to.deep.equal({exitCode: 1})
    expect(stderr).to.include('of aws-oidc-ping failed: Interrupted.')
  })

  for (const [what, answer, reason] of [
    [
      'has no subject but something that throws',
      '{proofFor() {}, subject: {toString() { throw 1 }}}',
      '"subject" of the identity',
    ],
    ['resolves to nothing', 'undefined', 'signIn() resolved to undefined'],
    ['makes a proof of no kind', "{proofFor: async () => ({kind: 'kerberos'})}", '"kind" of the proof is "kerberos"'],
    [
      'makes credentials with a line break',
      `{proofFor: async () => ({kind: 'credentials', credentials: {accessKeyId: 'ASIA', secretAccessKey: 'a\\nb',
        sessionToken: 'c', expiration: new Date(Date.now() + 3_600_000)}})}`,
      '"secretAccessKey" of the credentials',
    ],
    [
      'makes credentials without a session token',
      `{proofFor: async () => ({kind: 'credentials', credentials: {accessKeyId: 'ASIA', secretAccessKey: 'b',
        expiration: new Date(Date.now() + 3_600_000)}})}`,
      '"sessionToken" of the credentials',
    ],
  ] as const) {
    it(`${what} is named with the member, and nothing reaches the AWS tools`, async () => {
      const {exitCode, stdout, stderr} = await run(calls.creds ?? [], `return ${answer}`)
      expect({exitCode, stdout}).to.deep.equal({exitCode: 1, stdout: ''})
      expect(stderr).to.include('of aws-oidc-ping failed').and.include(reason)
    })
  }
})
