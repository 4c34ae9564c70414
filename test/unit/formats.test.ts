import {parseEnv} from 'node:util'
import {expect} from 'chai'
import {expectedFailure} from '../../src/errors.ts'
import {type Format, formats} from '../../src/formats/index.ts'
import {
  awkwardTriples,
  isInstalled,
  type Shell,
  shells,
  throughShell,
  usualTriples,
  written,
} from '../support/shells.ts'
import {throughCmd, throughPowershell} from '../support/windows-shells.ts'

const posix = process.platform !== 'win32'
const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] as const
const others = {AWS_CREDENTIAL_EXPIRATION: '2026-11-24T12:00:00Z', AWS_ACCOUNT_ID: '123456789012'}
const printable = Array.from({length: 0x7f - 0x20}, (_, index) => String.fromCharCode(0x20 + index))

/** The characters that a format refuses, among those given, each tried alone. */
async function refusedBy(format: Format, characters: readonly string[]): Promise<string> {
  const refused: string[] = []
  for (const character of characters) {
    await written(format, ['a', 'b', character]).catch(() => refused.push(character))
  }
  return refused.join('')
}

describe('The output of creds in the format', () => {
  for (const shell of ['sh', 'bash'] as const) {
    it(`env is read unchanged by ${shell}, whatever the values are (where ${shell} is installed)`, async function () {
      if (!posix || !isInstalled(shell)) this.skip()
      await expectUnchanged(shells[shell])
    })
  }

  it('env-no-export is read unchanged by sh, whatever the values are (not on Windows)', async function () {
    if (!posix || !isInstalled('sh')) this.skip()
    await expectUnchanged(shells['sh that exports by itself'])
  })

  it('env-no-export has no quotes around the values of AWS, for `env $(...)` removes none', async () => {
    for (const triple of usualTriples()) {
      const words = (await written('env-no-export', triple)).split(/\s+/).slice(0, -1)
      expect(words).to.deep.equal([
        ...names.map((name, index) => `${name}=${triple[index]}`),
        ...Object.entries(others).map(pair => pair.join('=')),
      ])
    }
  })

  it('powershell is read unchanged by PowerShell, whatever the values are (where it is installed)', async function () {
    const program = posix ? 'pwsh' : 'powershell'
    if (!isInstalled(program)) this.skip()
    const triples = awkwardTriples()
    expect(await throughPowershell(program, triples)).to.deep.equal(triples)
  })

  it('windows-cmd is read unchanged by the command prompt (on Windows)', async function () {
    if (posix) this.skip()
    const triples = usualTriples()
    expect(await throughCmd(['cmd'], triples)).to.deep.equal(triples)
  })

  it('process and nushell is JSON on one line, with every value unchanged', async () => {
    for (const triple of awkwardTriples()) {
      const [document, record] = [await written('process', triple), await written('nushell', triple)]
      for (const text of [document, record]) expect(text.split('\n')).to.have.length(2)
      const {AccessKeyId, SecretAccessKey, SessionToken} = JSON.parse(document)
      expect([AccessKeyId, SecretAccessKey, SessionToken]).to.deep.equal(triple)
      const variables = JSON.parse(record)
      expect(names.map(name => variables[name])).to.deep.equal(triple)
      expect(variables).to.include({...others, AWS_SECURITY_TOKEN: null})
    }
  })

  it('fish has single quotes around it, with a backslash before each quote and backslash', async () => {
    expect(await written('fish', ['a', String.raw`it's \ "$x"`, '(c)'])).to.equal(
      String.raw`set -ge AWS_SECURITY_TOKEN; or true
set -gx AWS_ACCESS_KEY_ID 'a'
set -gx AWS_SECRET_ACCESS_KEY 'it\'s \\ "$x"'
set -gx AWS_SESSION_TOKEN '(c)'
set -gx AWS_CREDENTIAL_EXPIRATION '2026-11-24T12:00:00Z'
set -gx AWS_ACCOUNT_ID '123456789012'
`,
    )
  })

  it('powershell has single quotes around it, doubles them, and spells what is not ASCII as numbers', async () => {
    expect(await written('powershell', ["it's", '$x `n "y"', '\u2019é😀'])).to.equal(
      [
        '$Env:AWS_SECURITY_TOKEN=$null',
        "$Env:AWS_ACCESS_KEY_ID='it''s'",
        '$Env:AWS_SECRET_ACCESS_KEY=\'$x `n "y"\'',
        "$Env:AWS_SESSION_TOKEN=''+[char]0x2019+''+[char]0x00e9+''+[char]0xd83d+''+[char]0xde00+''",
        "$Env:AWS_CREDENTIAL_EXPIRATION='2026-11-24T12:00:00Z'",
        "$Env:AWS_ACCOUNT_ID='123456789012'",
        '',
      ].join('\n'),
    )
  })

  it('powershell is ASCII, one statement per line without empty lines, whatever the values are', async () => {
    const literal = "'(?:''|[^'])*'"
    const statement = new RegExp(String.raw`^\$Env:\w+=${literal}(?:\+\[char\]0x[\da-f]{4}\+${literal})*$`)
    for (const triple of awkwardTriples()) {
      const [clearing, ...lines] = (await written('powershell', triple)).split('\n').slice(0, -1)
      expect(clearing).to.equal('$Env:AWS_SECURITY_TOKEN=$null')
      expect(lines).to.have.length(5)
      for (const line of lines)
        expect(line)
          .to.match(/^[ -~]+$/)
          .and.match(statement)
    }
  })

  it('windows-cmd has one quoted assignment per line, with the line ends of Windows', async () => {
    expect(await written('windows-cmd', ['a', 'b+/=', 'c'])).to.equal(
      [
        'set "AWS_SECURITY_TOKEN="',
        'set "AWS_ACCESS_KEY_ID=a"',
        'set "AWS_SECRET_ACCESS_KEY=b+/="',
        'set "AWS_SESSION_TOKEN=c"',
        'set "AWS_CREDENTIAL_EXPIRATION=2026-11-24T12:00:00Z"',
        'set "AWS_ACCOUNT_ID=123456789012"',
        '',
      ].join('\r\n'),
    )
  })

  describe('with a region', () => {
    const region = {set: [['AWS_REGION', 'eu-west-1']], unset: ['AWS_DEFAULT_REGION', 'AWS_OIDC_REGION']} as const
    const lines = async (format: Format) =>
      (await written(format, ['a', 'b', 'c'], region)).split(/\r?\n/).filter(line => /REGION/.test(line))

    for (const [format, expected] of [
      ['env', ['unset AWS_SECURITY_TOKEN AWS_DEFAULT_REGION AWS_OIDC_REGION', "export AWS_REGION='eu-west-1'"]],
      ['env-no-export', ['AWS_REGION=eu-west-1']],
      ['dotenv', ['AWS_REGION=eu-west-1']],
      [
        'fish',
        ['set -ge AWS_DEFAULT_REGION; or true', 'set -ge AWS_OIDC_REGION; or true', "set -gx AWS_REGION 'eu-west-1'"],
      ],
      ['powershell', ['$Env:AWS_DEFAULT_REGION=$null', '$Env:AWS_OIDC_REGION=$null', "$Env:AWS_REGION='eu-west-1'"]],
      ['windows-cmd', ['set "AWS_DEFAULT_REGION="', 'set "AWS_OIDC_REGION="', 'set "AWS_REGION=eu-west-1"']],
    ] as const) {
      it(`${format} sets it, and removes that of another profile as far as it can`, async () => {
        expect(await lines(format)).to.deep.equal(expected)
      })
    }

    it('nushell has null for variables to remove', async () => {
      expect(JSON.parse(await written('nushell', ['a', 'b', 'c'], region))).to.include({
        AWS_REGION: 'eu-west-1',
        AWS_DEFAULT_REGION: null,
        AWS_OIDC_REGION: null,
      })
    })

    it('process does not contain it', async () => {
      expect(await written('process', ['a', 'b', 'c'], region)).not.to.include('eu-west-1')
    })
  })

  const unlike = ' !"#$%&\'()*;<>?[\\]^`{|}~'
  for (const [format, reason] of [
    ['windows-cmd', 'the prompt, a batch file and `call` read alike'],
    ['dotenv', 'Docker, Node, Python and a shell read alike'],
  ] as const) {
    it(`${format} accepts the characters that ${reason}, and no others`, async () => {
      expect(await refusedBy(format, printable)).to.equal(unlike)
      expect(await refusedBy(format, ['é', '\u2018', '日'])).to.equal('é\u2018日')
    })
  }

  it('dotenv is read unchanged by Node, and has no quotes, which Docker would keep', async () => {
    for (const triple of usualTriples()) {
      const text = await written('dotenv', triple)
      expect(text).not.to.match(/['"]/)
      expect(parseEnv(text)).to.deep.equal({
        ...Object.fromEntries(names.map((name, i) => [name, triple[i]])),
        ...others,
      })
    }
  })

  for (const format of formats.filter(name => name !== 'process')) {
    it(`${format} accepts all values of AWS`, async () => {
      for (const triple of usualTriples()) {
        const text = await written(format, triple)
        for (const value of triple) expect(text).to.include(value)
      }
    })

    it(`${format} refuses control characters, and names the variable without its value`, async () => {
      for (const character of ['\n', '\r', '\0', '\t', '\u001b', '\u007f', '\u0085', '\ud800']) {
        const error = await written(format, ['a', `sec${character}ret`, 'c']).catch(expectedFailure)
        if (typeof error !== 'object') throw new Error(`${format} took ${JSON.stringify(character)}`)
        expect(error).to.include({code: 'USAGE', hint: 'aws-oidc creds --format process'})
        expect(error.message).to.equal(
          `The value of AWS_SECRET_ACCESS_KEY has a character that --format ${format} can't hold.`,
        )
      }
    })
  }
})

async function expectUnchanged(shell: Shell): Promise<void> {
  const triples = awkwardTriples()
  expect(await throughShell(shell, triples)).to.deep.equal(triples)
}
