import {expect} from 'chai'
import {inheritedShadows} from '../../src/aws-config/defaults.ts'
import {editedText, obstacleTo, type ProfileEdit, sectionsByProfile} from '../../src/aws-config/edit.ts'
import {propertiesIn, readSharedFile} from '../../src/aws-config/read.ts'

const read = (text: string) => readSharedFile('~/.aws/config', 'config', text)
const profilesIn = (text: string) =>
  Object.fromEntries([...propertiesIn(read(text))].map(([name, values]) => [name, Object.fromEntries(values)]))

function edit(text: string, ...edits: readonly (Partial<ProfileEdit> & {readonly profile: string})[]): string {
  return editedText(
    read(text),
    edits.map(given => ({set: {}, unset: [], ...given})),
  )
}

function obstacle(text: string, profile: string, set: Readonly<Record<string, string>> = {region: 'eu-west-1'}) {
  const found = obstacleTo({profile, set, unset: ['output']}, sectionsByProfile(read(text)).get(profile) ?? [])
  return found && `${found.line}: ${found.problem}`
}

describe('the reader of AWS configuration files', () => {
  it('reads the grammar of the AWS SDKs', () => {
    const text = [
      '# mine',
      '[default] ; the usual one',
      'Region = eu-west-1 # near',
      'output=json;not a comment',
      '',
      '[profile dev]',
      's3 =',
      '  max = 1',
      'cli_pager =',
      '[profile dev]',
      'a = b',
      ' c',
      '[profile in valid]',
      'lost = 1',
      '[sso-session dev]',
      'sso_region = x',
    ].join('\r\n')
    expect(profilesIn(text)).to.deep.equal({
      default: {region: 'eu-west-1', output: 'json;not a comment'},
      dev: {s3: '\nmax = 1', cli_pager: '', a: 'b\nc'},
    })
  })

  it('lets [profile default] hide [default], and needs no prefix in the credentials file', () => {
    expect(profilesIn('[default]\na = 1\n[profile default]\nb = 2')).to.deep.equal({default: {b: '2'}})
    const credentials = readSharedFile('credentials', 'credentials', '[dev]\na = 1\n[profile x]\nb = 2')
    expect([...propertiesIn(credentials).keys()]).to.deep.equal(['dev'])
  })

  for (const [what, text, line, problem] of [
    ['a header without its end', '# x\n[profile dev', 2, "must end with ']'"],
    ['a property before any profile', '\nregion = x', 2, 'Expected a profile definition'],
    ['a line without "="', '[default]\nregion', 2, "Expected an '=' sign"],
    ['a property without a name', '[default]\na = b\n = x\n= y', 4, 'did not have a name'],
    ['an indented line before any property', '[default]\n  region = x', 2, 'Expected a property definition'],
    ['a nested line without "="', '[default]\ns3 =\n  max', 3, 'defining a sub-property'],
    ['a carriage return within a line', '[default]\na = b\rc', 2, 'a carriage return'],
    ['a file of two bytes a character', '[\0d\0', 1, 'a zero byte'],
  ] as const) {
    it(`refuses ${what}, naming the line`, () => {
      expect(() => read(text))
        .to.throw(`~/.aws/config:${line}: `)
        .with.property('message')
        .that.includes(problem)
    })
  }
})

describe('the search for the keys that [DEFAULT] gives to profiles', () => {
  it('reads a file once, however many profiles are in it', () => {
    const file = readSharedFile('f', 'config', '[DEFAULT]\nsso_session = a\n')
    let looks = 0
    const counted = {
      ...file,
      get sections() {
        looks++
        return file.sections
      },
    }
    const found = Array.from({length: 100}, () => inheritedShadows(counted, 'profile', () => false))
    expect(new Set(found.map(([property]) => property?.key))).to.deep.equal(new Set(['sso_session']))
    expect(looks).to.equal(1)
  })
})

describe('the editor of AWS configuration files', () => {
  it('changes a value in its place, and adds below the last property', () => {
    const text = '# mine\n\n[profile dev] # of the team\nregion=us-east-1\n  \n; why\n\tindented = no\n'.replace(
      '\tindented',
      'x',
    )
    expect(edit(text, {profile: 'dev', set: {region: 'eu-west-1', output: 'json'}})).to.equal(
      '# mine\n\n[profile dev] # of the team\nregion=eu-west-1\n  \n; why\nx = no\noutput = json\n',
    )
  })

  it('keeps line ends, a byte order mark, and the absence of a last line end where it can', () => {
    const text = '\uFEFF[default]\r\nregion = a\r\n\r\n[profile dev]\r\noutput = text'
    expect(edit(text, {profile: 'default', set: {region: 'b'}})).to.equal(text.replace('= a', '= b'))
    expect(edit(text, {profile: 'new', set: {region: 'c'}})).to.equal(`${text}\r\n\r\n[profile new]\r\nregion = c\r\n`)
    expect(edit(text, {profile: 'default', unset: ['region']})).to.equal('\uFEFF[profile dev]\r\noutput = text')
  })

  it('writes the first section of an empty file, and [default] without a prefix', () => {
    expect(edit('', {profile: 'default', set: {region: 'a'}})).to.equal('[default]\nregion = a\n')
    expect(edit('', {profile: 'dev', unset: ['region']})).to.equal('')
  })

  it('moves a comment behind a changed value into a line of its own: the AWS CLI read it as part of the value', () => {
    const text = '[default]\nregion = a # near\noutput = b ; c\n'
    expect(edit(text, {profile: 'default', set: {region: 'b'}, unset: ['output']})).to.equal(
      '[default]\n# near\nregion = b\n; c\n',
    )
  })

  it('keeps the comments of a removed section, and the blank lines that were there without it', () => {
    const without = '[default]\nregion = a\n\n[profile last]\nregion = c\n'
    const added = edit(without, {profile: 'dev', set: {region: 'b'}})
    expect(edit(added, {profile: 'dev', unset: ['region']})).to.equal(without)
    expect(edit('[default]\na = 1\n\n[profile dev] # old\n# note\nb = 1\n', {profile: 'dev', unset: ['b']})).to.equal(
      '[default]\na = 1\n\n# old\n# note\n',
    )
  })

  it('keeps nested settings, unknown sections and duplicates elsewhere', () => {
    const text = '[plugins]\nx = y\n[profile a]\nb = 1\nb = 2\n[profile a]\n[profile dev]\ns3 =\n  max = 1\n'
    expect(edit(text, {profile: 'dev', set: {region: 'b'}})).to.equal(`${text}region = b\n`)
  })

  for (const [what, text, why] of [
    ['stands there twice', '[profile dev]\n[profile x]\n[profile dev]\n', '3: the profile appears twice'],
    ['has a key twice', '[profile dev]\nregion = a\nREGION = b\n', '3: "region" appears twice'],
    ['has a value of several lines', '[profile dev]\nregion =\n  a = b\n', '2: "region" continues on the next line'],
    ['has a header that some tools do not see', '[profile dev]# x\n', '1: AWS tools disagree on how to read it'],
    ['has a key that ends elsewhere for Python', '[profile dev]\na:b = c\n', '2: AWS tools disagree on how to read it'],
    [
      'goes on below a header that some do not see',
      '[profile dev]\n[x]# y\n',
      '2: AWS tools disagree on how to read it',
    ],
    [
      'is a header for JavaScript alone',
      '[profile x]\na = b\n [profile dev]\n',
      '3: AWS tools disagree on how to read it',
    ],
    ['is quoted', '[profile "dev"]\n', '1: AWS tools disagree on how to read it'],
  ] as const) {
    it(`does not touch a profile that ${what}`, () => {
      expect(obstacle(text, 'dev')).to.match(RegExp(`^${why.replaceAll(/[[\]]/g, '.')}`))
    })
  }

  it('writes no name and no value that two tools would read differently', () => {
    expect(obstacle('', 'dev')).to.equal(undefined)
    for (const name of ['', 'my dev', 'dév', 'a=b', '-p', '__proto__'])
      expect(obstacle('', name), name).to.match(/^undef/)
    for (const value of ['', ' a', 'a #b', ';a', 'a\nb', 'a\u2028b']) {
      expect(obstacle('', 'dev', {region: value}), value).to.match(/^undefined: a value/)
    }
  })
})
