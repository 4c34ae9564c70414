import {expect} from 'chai'
import {nearest} from '../../src/config/nearest.ts'
import {readConfiguration} from '../../src/config/read.ts'
import {AwsOidcError} from '../../src/errors.ts'

const minimal = 'providers: {corp: {strategy: oidc}}\nprofiles: {developer: {provider: corp}}\n'

describe('the configuration', () => {
  it('is empty where there is no file, or an empty one', () => {
    for (const text of [undefined, '', '# nothing yet\n', 'providers:\nprofiles:\n']) {
      const {cache, interactive, providers, profiles, found} = readConfiguration('config.yaml', text)
      expect({cache, interactive, providers, profiles, found}).to.deep.equal({
        cache: 'auto',
        interactive: 'auto',
        providers: {},
        profiles: {},
        found: text !== undefined,
      })
    }
  })

  it('keeps the settings of a provider as they were written', () => {
    const text =
      'providers:\n  corp: {strategy: oidc, clientSecret: {env: SECRET}, duration: 2h, redirect: {ports: [8400]}}\n'
    const corp = readConfiguration('config.yaml', text).providers.corp
    expect(corp?.written).to.deep.equal({
      strategy: 'oidc',
      clientSecret: {env: 'SECRET'},
      duration: '2h',
      redirect: {ports: [8400]},
    })
    expect(corp?.own).to.deep.equal({clientSecret: {env: 'SECRET'}})
    expect(corp?.durationSeconds).to.equal(7200)
  })

  it('accepts names that have a meaning in JavaScript', () => {
    const text = 'providers: {constructor: {strategy: oidc}}\nprofiles: {toString: {provider: constructor}}\n'
    expect(Object.keys(readConfiguration('config.yaml', text).profiles)).to.deep.equal(['toString'])
    const missing = 'providers: {corp: {strategy: oidc}}\nprofiles: {a: {provider: constructor}}\n'
    expect(() => readConfiguration('config.yaml', missing)).to.throw(
      'names the provider "constructor", which does not exist',
    )
  })

  const refused: readonly (readonly [string, string, RegExp])[] = [
    [
      'a profile with a provider and a source',
      '  both: {provider: corp, source: developer}',
      /either a provider or a source/,
    ],
    ['a profile with neither', '  bare: {region: us-east-1}', /either a provider or a source/],
    ['a source that is not there', '  a: {source: b, role: 123456789012/x}', /"b", which does not exist/],
    ['a source without a role', '  a: {source: developer}', /no role/],
    ['what only a switched role takes', '  a: {provider: corp, externalId: x}', /"source"/],
    [
      'a transitive tag that the session does not get',
      '  a: {source: developer, role: 123456789012/x, tags: {Team: b}, transitiveTags: [team]}',
      /transitiveTags\.0 must be the name of one of the "tags"/,
    ],
    ['an interactive that is none', 'interactive: sometimes', /auto, always, never/],
    ['a port that is none', 'providers: {x: {strategy: oidc, redirect: {ports: [0]}}}', /1 to 65535/],
    ['a redirect path that is none', 'providers: {x: {strategy: oidc, redirect: {path: callback}}}', /\/callback/],
    [
      'an endpoint that would be handed the token in clear',
      '  a: {provider: corp, sts: {endpoint: "http://x.example"}}',
      /https/,
    ],
    ['a browser without a program', 'browser: []', /program/],
    ['two documents in one file', '---\na: 1\n---\nb: 2\n', /document/],
  ]
  for (const [words, text, problem] of refused) {
    it(`refuses ${words}`, () => {
      const whole = text.startsWith(' ')
        ? minimal.replace('{developer: {provider: corp}}', `\n  developer: {provider: corp}\n${text}`)
        : text
      expect(() => readConfiguration('config.yaml', whole)).to.throw(problem)
    })
  }

  it('has account names by ids, quoted or not, and no id loses a zero', () => {
    const text =
      'accounts:\n  "123456789012": Production (EU)\n  210987654321: test\n  012345678901: test\n  000000000000: Zürich\n'
    expect([...readConfiguration('config.yaml', text).accounts]).to.deep.equal([
      ['123456789012', 'Production (EU)'],
      ['210987654321', 'test'],
      ['012345678901', 'test'],
      ['000000000000', 'Zürich'],
    ])
    for (const text of ['', 'accounts:\n'])
      expect([...readConfiguration('config.yaml', text).accounts]).to.deep.equal([])
  })

  for (const [words, account, problem] of [
    ['an id that has lost its zero', '12345678901: test', 'accounts.12345678901 must be the twelve digits'],
    ['an id of thirteen digits', '"1234567890123": test', 'accounts.1234567890123 must be the twelve digits'],
    ['an id with hyphens', '1234-5678-9012: test', 'accounts.1234-5678-9012 must be the twelve digits'],
    ['an octal number', '0o1627646215024: test', 'accounts.0o1627646215024 must be the twelve digits'],
    ['a number with an exponent', '1.23456789012e11: test', 'accounts.1.23456789012e11 must be the twelve digits'],
    ['digits of another script', '"١٢٣٤٥٦٧٨٩٠١٢": test', 'must be the twelve digits'],
    ['a name that is a number', '"123456789012": 42', 'accounts.123456789012 must be text'],
    ['no name', '"123456789012":', 'accounts.123456789012 must be text'],
    ['a name that would steer the terminal', '"123456789012": "a\\e[31mb"', 'without control characters'],
    ['a name in two lines', '"123456789012": "a\\nb"', 'in one line'],
    ['a name that turns around what follows', '"123456789012": "a\\u202Eb"', 'without control characters'],
    ['a name that nobody would read', `"123456789012": ${'x'.repeat(101)}`, 'at most 100 characters'],
    ['a mapping for a name', '"123456789012": {name: test}', 'accounts.123456789012 must be text'],
    ['one account twice', '"012345678901": a\n  012345678901: b', 'unique'],
  ] as const) {
    it(`refuses ${words} among the accounts, with its place`, () => {
      const failure = failureOf(`accounts:\n  ${account}\n`)
      expect(failure).to.include({code: 'CONFIG_INVALID'})
      expect(failure?.message)
        .to.match(/^config\.yaml:[23]:3: /)
        .and.include(problem)
    })
  }

  it('says to quote an id that YAML reads as a number', () => {
    expect(failureOf('accounts:\n  12345678901: test\n')?.hint).to.include('in quotes: "012345678901": production')
  })

  it('takes names as written, where YAML would read numbers', () => {
    const {profiles, locate} = readConfiguration('config.yaml', minimal.replace('developer', '1.0'))
    expect(Object.keys(profiles)).to.deep.equal(['1.0'])
    expect(locate(['profiles', '1.0'])).to.equal('config.yaml:2:12')
    expect(failureOf('providers: {[a]: {strategy: oidc}}\n')?.message).to.equal(
      'config.yaml:1:13: A name must be text.',
    )
  })

  it('knows the place of each setting', () => {
    const {locate} = readConfiguration('config.yaml', minimal)
    expect(locate(['profiles', 'developer', 'provider'])).to.equal('config.yaml:2:24')
    expect(locate(['profiles', 'developer'])).to.equal('config.yaml:2:12')
    expect(locate(['nowhere', 'at', 'all'])).to.equal('config.yaml')
  })
})

function failureOf(text: string): AwsOidcError | undefined {
  try {
    readConfiguration('config.yaml', text)
    return undefined
  } catch (error) {
    if (error instanceof AwsOidcError) return error
    throw error
  }
}

describe('the nearest name', () => {
  it('is near enough to have been meant', () => {
    expect(nearest('clientid', ['issuer', 'clientId'])).to.equal('clientId')
    expect(nearest('rolle', ['role', 'region'])).to.equal('role')
    expect(nearest('something', ['role', 'region'])).to.equal(undefined)
  })
})
