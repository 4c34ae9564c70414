import {expect} from 'chai'
import {nearest} from '../../src/config/nearest.ts'
import {readConfiguration} from '../../src/config/read.ts'

const minimal = 'providers: {corp: {strategy: oidc}}\nprofiles: {developer: {provider: corp}}\n'

describe('the configuration', () => {
  it('is empty where there is no file, or nothing in it', () => {
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

  it('takes names that JavaScript gives a meaning to', () => {
    const text = 'providers: {constructor: {strategy: oidc}}\nprofiles: {toString: {provider: constructor}}\n'
    expect(Object.keys(readConfiguration('config.yaml', text).profiles)).to.deep.equal(['toString'])
    const missing = 'providers: {corp: {strategy: oidc}}\nprofiles: {a: {provider: constructor}}\n'
    expect(() => readConfiguration('config.yaml', missing)).to.throw("isn't there")
  })

  const refused: readonly (readonly [string, string, RegExp])[] = [
    [
      'a profile with a provider and a source',
      '  both: {provider: corp, source: developer}',
      /either a provider or a source/,
    ],
    ['a profile with neither', '  bare: {region: us-east-1}', /either a provider or a source/],
    ['a source that is not there', '  a: {source: b, role: 123456789012/x}', /"b" that isn't there/],
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

  it('tells where each setting stands', () => {
    const {locate} = readConfiguration('config.yaml', minimal)
    expect(locate(['profiles', 'developer', 'provider'])).to.equal('config.yaml:2:24')
    expect(locate(['profiles', 'developer'])).to.equal('config.yaml:2:12')
    expect(locate(['nowhere', 'at', 'all'])).to.equal('config.yaml')
  })
})

describe('the nearest name', () => {
  it('is near enough to have been meant', () => {
    expect(nearest('clientid', ['issuer', 'clientId'])).to.equal('clientId')
    expect(nearest('rolle', ['role', 'region'])).to.equal('role')
    expect(nearest('something', ['role', 'region'])).to.equal(undefined)
  })
})
