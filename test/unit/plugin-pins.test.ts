import {expect} from 'chai'
import {readConfiguration} from '../../src/config/read.ts'
import {editText} from '../../src/config/write.ts'
import {refusalOf} from '../../src/registry/allowed.ts'
import {usablePlugins} from '../../src/registry/usable.ts'

const integrity = 'sha512-abc=='
const pinned = (others: readonly string[] = []) => ({
  kind: 'pin' as const,
  name: 'aws-oidc-okta',
  entry: {version: '1.2.3', integrity},
  others,
})
const edit = (text: string, others?: readonly string[]) => editText('config.yaml', text, [pinned(others)]).text
const read = (text: string) => readConfiguration('config.yaml', text)

describe('plugins.allow with pins', () => {
  it('is read as names, some of which have one version and content', () => {
    const {allowedPlugins, pinnedPlugins} = read(`plugins:
  allow:
    aws-oidc-okta: {version: 1.2.3, integrity: ${integrity}}
    aws-oidc-other: {version: 2.0.0}
    '@example/*': {}
    aws-oidc-keycloak:
`)
    expect(allowedPlugins).to.deep.equal(['aws-oidc-okta', 'aws-oidc-other', '@example/*', 'aws-oidc-keycloak'])
    expect([...pinnedPlugins]).to.deep.equal([
      ['aws-oidc-okta', {version: '1.2.3', integrity}],
      ['aws-oidc-other', {version: '2.0.0', integrity: undefined}],
    ])
  })

  for (const [what, allow, reason] of [
    ['a version of a pattern', "'@example/*': {version: 1.2.3}", 'is a pattern, and no pattern has one version'],
    ['an integrity alone', 'aws-oidc-okta: {integrity: sha512-abc}', 'needs "version" besides "integrity"'],
    ['what there is not', 'aws-oidc-okta: {tag: latest}', 'plugins.allow.aws-oidc-okta.tag is not known'],
    ['a version that is none', 'aws-oidc-okta: {version: 1}', 'plugins.allow.aws-oidc-okta.version must be text'],
  ] as const) {
    it(`is refused with ${what}`, () => {
      expect(() => read(`plugins:\n  allow:\n    ${allow}\n`)).to.throw(reason)
    })
  }
})

describe('a pin', () => {
  it('is written where there is nothing yet, with the other plugins, which stay usable', () => {
    const text = 'cache: file   # here\n'
    expect(edit(text, ['aws-oidc-keycloak'])).to.equal(`cache: file   # here
plugins:
  allow:
    aws-oidc-keycloak: {}
    aws-oidc-okta:
      version: 1.2.3
      integrity: ${integrity}
`)
    expect(read(edit('')).pinnedPlugins.get('aws-oidc-okta')).to.deep.equal({version: '1.2.3', integrity})
  })

  for (const [what, before, after] of [
    [
      'a list, whose names and comments stay',
      "plugins:\n  allow:\n    - aws-oidc-keycloak  # ours\n    # theirs\n    - '@example/*'\n",
      `plugins:\n  allow:\n      aws-oidc-keycloak: {}  # ours\n    # theirs\n      '@example/*': {}\n      aws-oidc-okta:\n        version: 1.2.3\n        integrity: ${integrity}\n`,
    ],
    [
      'a list in brackets',
      'plugins: {allow: [aws-oidc-keycloak, aws-oidc-okta]}\n',
      `plugins: {allow: {aws-oidc-keycloak: {}, aws-oidc-okta: {version: 1.2.3, integrity: ${integrity}}}}\n`,
    ],
    [
      'an empty list',
      'plugins: {allow: []}\n',
      `plugins: {allow: {aws-oidc-okta: {version: 1.2.3, integrity: ${integrity}}}}\n`,
    ],
    [
      'an earlier pin',
      'plugins:\n  allow:\n    aws-oidc-okta: {version: 1.0.0, integrity: sha512-old}  # the old one\n    other: {}\n',
      `plugins:\n  allow:\n    other: {}\n    aws-oidc-okta:\n      version: 1.2.3\n      integrity: ${integrity}\n`,
    ],
  ] as const) {
    it(`is written in place of ${what}`, () => {
      expect(edit(before, ['aws-oidc-not-allowed'])).to.equal(after)
    })
  }

  it('is refused, with what to write by hand, where a list can not be changed alone', () => {
    const aliased = 'names: &names [a]\nplugins: {allow: *names}\n'
    expect(() => edit(aliased)).to.throw('no command can pin "aws-oidc-okta"')
  })
})

describe('a pinned plugin', () => {
  const allowance = {
    path: 'config.yaml',
    allowedPlugins: ['aws-oidc-okta'],
    pinnedPlugins: new Map([['aws-oidc-okta', {version: '1.2.3', integrity}]]),
  }
  const plugin = {name: 'aws-oidc-okta', manifest: {version: '1.2.3'}, integrity}

  it('may be used as it was pinned', () => {
    expect(refusalOf(plugin, allowance)).to.equal(undefined)
  })

  for (const [what, other, reason] of [
    ['with another version', {...plugin, manifest: {version: '1.2.4'}}, 'but this is 1.2.4'],
    ['with another content', {...plugin, integrity: 'sha512-else'}, 'but its integrity is another one'],
    ['without a noted content', {...plugin, integrity: undefined}, 'but npm has noted no integrity of it'],
    ['from a folder', {...plugin, linked: true}, 'but it is linked to a folder'],
  ] as const) {
    it(`is refused ${what}`, () => {
      expect(refusalOf(other, allowance)).to.include({
        code: 'CONFIG_INVALID',
        message: `"plugins.allow" in config.yaml pins aws-oidc-okta to 1.2.3, ${reason}.`,
        hint: 'aws-oidc plugins install aws-oidc-okta@1.2.3',
      })
    })
  }

  it('is compared with what npm has noted when it installed it', async () => {
    const usableWith = async (noted: string) => {
      const files: Readonly<Record<string, unknown>> = {
        '/data/package.json': {oclif: {plugins: [{name: 'aws-oidc-okta', type: 'user'}]}},
        '/data/package-lock.json': {packages: {'node_modules/aws-oidc-okta': {integrity: noted}}},
        '/data/node_modules/aws-oidc-okta/package.json': {name: 'aws-oidc-okta', version: '1.2.3'},
      }
      const readText = async (path: string) => (files[path] === undefined ? undefined : JSON.stringify(files[path]))
      return (await usablePlugins('/data', {readText}, async () => allowance)).usable.map(({name}) => name)
    }
    expect(await usableWith(integrity)).to.deep.equal(['aws-oidc-okta'])
    expect(await usableWith('sha512-else')).to.deep.equal([])
  })
})
