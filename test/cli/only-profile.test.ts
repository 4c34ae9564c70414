import {expect} from 'chai'
import {useScene} from '../support/scene.ts'

const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`

describe('without a profile name', () => {
  const scene = useScene()

  async function profiles(names: readonly string[]): Promise<void> {
    const {issuer, clientId} = scene.sandbox
    await scene.home.writeConfig(
      JSON.stringify({
        browser: [process.execPath, scene.home.folder],
        cache: 'file',
        providers: {
          sandbox: {strategy: 'oidc', issuer, clientId},
          other: {strategy: 'oidc', issuer, clientId: 'other'},
        },
        profiles: Object.fromEntries(names.map(name => [name, {provider: 'sandbox', role: role('developer')}])),
      }),
    )
  }

  for (const typed of [['whoami'], ['exec', '--', 'true'], ['console', '--url'], ['login'], ['logout'], ['roles']]) {
    it(`"${typed.join(' ')}" uses the only profile there is`, async () => {
      await profiles(['developer'])
      const {stderr, stdout} = await scene.home.run([...typed.slice(0, 1), '--no-interactive', ...typed.slice(1)])
      // Nobody is signed in: it has got as far as the provider.
      if (typed[0] === 'logout') expect(stdout).to.include('sandbox')
      else
        expect(stderr).to.match(
          /^Error: You need to sign in to .*\nTry: aws-oidc login --pro(file developer|vider sandbox)\n$/,
        )
    })
  }

  for (const typed of [['whoami'], ['exec', '--', 'true'], ['console', '--url']]) {
    it(`"${typed.join(' ')}" lists the profiles where there are several`, async () => {
      await profiles(['developer', 'admin'])
      const {exitCode, stderr} = await scene.home.run(typed)
      expect(exitCode).to.equal(2)
      expect(stderr).to.match(/No profile is named, and \S+ has 2: developer, admin\.\nTry: --profile developer\n$/)
    })
  }

  it('"creds" means "default", as its hot copies do, and lists the profiles', async () => {
    await profiles(['developer'])
    const {exitCode, stderr} = await scene.home.run(['creds'])
    expect(exitCode).to.equal(2)
    expect(stderr).to.match(/There is no profile "default" in \S+\. Known: developer\.\nTry: --profile developer\n$/)
  })

  it('a variable names the profile, even one that does not exist', async () => {
    await profiles(['developer'])
    const {stderr} = await scene.home.run(['whoami'], {AWS_PROFILE: 'elsewhere'})
    expect(stderr).to.include('There is no profile "elsewhere"')
  })

  it('an unknown one is answered with the three nearest of two thousand, and their number', async () => {
    await profiles([...Array.from({length: 2_000}, (_, at) => `account-${at}`), 'developer', 'develop'])
    const {exitCode, stderr} = await scene.home.run(['whoami', '-p', 'devloper'])
    expect(exitCode).to.equal(2)
    expect(stderr.length).to.be.lessThan(400)
    expect(stderr).to.match(/The closest of 2002: developer, develop, account-\d+\.\nTry: --profile developer\n$/)
  })
})
