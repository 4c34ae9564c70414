import {existsSync, readFileSync} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {root} from '../support/sandbox.ts'

/** What proves each line of docs/comparison.md for aws-oidc: files of tests, and the title of a test in each. */
const proofs: Readonly<Record<string, readonly (readonly [file: string, title: string])[]>> = {
  'Signs in at any OpenID provider': [
    ['cli/sign-in-request.test.ts', 'asks with PKCE S256, a state and a nonce, different ones each time'],
    [
      'real/keycloak.test.ts',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a title as it is written.
      'signs a user in, and AWS gives the role for the proof of federation ${federation}',
    ],
  ],
  'Signs in at IAM Identity Center': [
    [
      'cli/identity-center.test.ts',
      'gives the credentials of a permission set after one sign-in, which later calls use',
    ],
    ['cli/identity-center.test.ts', 'opens one browser for many cold callers of several permission sets'],
  ],
  'Signs in where AWS knows the provider by SAML': [
    ['cli/saml2.test.ts', 'come from the cache the second time, and without a sign-in the third'],
    ['cli/saml2.test.ts', 'come from one sign-in and one assertion for twenty callers at once'],
  ],
  "The password goes to the provider's page only": [
    ['real/browser.test.ts', 'signs in at the address that login shows, and is told that the window can be closed'],
  ],
  'However many programs ask at once, one sign-in': [
    ['cli/lock.test.ts', 'make one sign-in, and all get credentials'],
    ['real/aws-clients.test.ts', 'need one sign-in when all of them start at once, with a role and with a chained one'],
  ],
  'Programs open no page after page when nobody answers': [
    ['cli/brake.test.ts', 'programs open no browser for five minutes: exit 3 at once, and how to sign in'],
    ['cli/brake.test.ts', 'twice, programs wait until the user has signed in with login'],
  ],
  'Renews by a refresh token, without asking': [
    ['cli/refresh.test.ts', 'needs no user: new tokens from the refresh token, new credentials from AWS'],
  ],
  'Writes profiles into `~/.aws/config`': [
    ['cli/profiles-sync.test.ts', 'writes profiles whose command gives credentials, in a file closed to others'],
  ],
  'Keeps every other byte of that file': [
    ['unit/aws-config.test.ts', 'keeps line ends, a byte order mark, and the absence of a last line end where it can'],
    [
      'unit/aws-config-rounds.test.ts',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a title as it is written.
      'change only the intended setting in ${kind}, for our reader and the AWS SDK for JavaScript',
    ],
  ],
  'What is kept rests in the keyring, or sealed by it': [
    ['real/keyring.test.ts', 'seals its entries with a key that is in the keyring only, without a warning'],
    ['unit/sealed-files.test.ts', 'gives what was sealed or nothing, whichever byte is changed'],
  ],
  'Works without a browser on this machine': [
    ['cli/device.test.ts', 'is what creds does in an SSH session, and says so'],
    ['real/paste-back.test.ts', 'accepts the address that the browser could not load'],
  ],
  'Runs a program with credentials in its environment': [
    ['cli/exec.test.ts', 'runs a program with the credentials of the profile, its region, its name and its account'],
  ],
  'Serves credentials to a program as long as it runs': [
    ['cli/exec-serve.test.ts', 'renews ahead, without the user and without output'],
  ],
  'Tells who is signed in and until when': [
    ['cli/status.test.ts', 'says who is signed in, which credentials there are and until when; --check is exit 0'],
  ],
  'Opens the AWS console': [
    ['cli/console.test.ts', 'signs the browser in as the profile'],
    [
      'unit/console-address.test.ts',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a title as it is written.
      '${partition} has the domain of its sign-in service',
    ],
  ],
  'Finds keys and variables that win over a profile': [
    ['cli/doctor-aws.test.ts', 'never removes a key from ~/.aws/credentials, whatever else it fixes in the profile'],
    ['cli/doctor-aws.test.ts', 'with --profile checks that profile and those whose role it switches from'],
  ],
  'Completes names of profiles': [
    ['real/completion.test.ts', 'completes commands, flags and values, in the middle of words too'],
  ],
  'Plugins of anybody': [
    [
      'cli/plugins-install.test.ts',
      'are shown, installed by name, used, updated and uninstalled, and their install scripts never run',
    ],
  ],
}

/** The cells of each line of the table that compares us, with its head. */
function tableIn(document: string): readonly (readonly string[])[] {
  const text = readFileSync(join(root, document), 'utf8')
  const [table = ''] = /^\| \| aws-oidc \|(?:.*\n(?=\|))*.*$/m.exec(text) ?? []
  const lines = table.split('\n').map(line => line.split('|').slice(1, -1))
  return lines.map(cells => cells.map(cell => cell.trim()))
}

describe('The comparison with other tools', () => {
  const lines = tableIn('docs/comparison.md')
  const inReadme = tableIn('README.md')

  it('says in each line something of each tool', () => {
    const [tools = [], , ...others] = lines
    expect(tools).to.have.length(9)
    for (const cells of others) {
      expect(cells, cells[0]).to.have.length(tools.length)
      for (const [at, cell] of cells.entries()) expect(cell, `${cells[0]}, ${tools[at]}`).not.to.equal('')
    }
  })

  it('has no line without a proof, and no proof without a line', () => {
    expect(lines.slice(2).map(([what]) => what)).to.deep.equal(Object.keys(proofs))
  })

  it('is short in the README, with lines that are the same in full', () => {
    expect(inReadme.length).to.be.greaterThan(2)
    expect(lines.slice(0, 2)).to.deep.equal(inReadme.slice(0, 2))
    expect(lines).to.deep.include.members([...inReadme])
  })

  for (const [what, tests] of Object.entries(proofs)) {
    it(`is proved by tests that exist: ${what}`, async () => {
      expect(tests).not.to.deep.equal([])
      for (const [file, title] of tests) {
        const path = join(root, 'test', file)
        expect(existsSync(path), file).to.equal(true)
        const started = ["'", '"', '`'].map(quote => `it(${quote}${title}${quote},`)
        const text = await readFile(path, 'utf8')
        expect(
          started.some(start => text.includes(start)),
          `a test "${title}" in ${file}`,
        ).to.equal(true)
      }
    })
  }
})
