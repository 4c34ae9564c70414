import {expect} from 'chai'
import {parse} from 'yaml'
import {type Edit, editText} from '../../src/config/write.ts'
import {type Dice, diceFrom} from '../support/dice.ts'
import {seedsOf, usually} from '../support/rounds.ts'

const add = (name: string, entry: object, list: Edit['list'] = 'profiles'): Edit => ({
  kind: 'add',
  list,
  name,
  entry: {...entry},
})
const change = (name: string, entry: object, list: Edit['list'] = 'profiles'): Edit => ({
  ...{kind: 'change', list, name},
  entry: {...entry},
})
const remove = (name: string, list: Edit['list'] = 'profiles'): Edit => ({kind: 'remove', list, name})
const edited = (text: string, ...edits: Edit[]) => editText('config.yaml', text, edits).text

const written = `# ours, by hand
cache:   file     # on this machine
future: {of: "another version"}

providers:
    # the company's
    corp:
        strategy: 'oidc'
        scopes:
        - openid    # needed
        note: >-
            several words
            in lines

profiles:
    # every day
    developer:   {provider: corp,
        role: "arn:aws:iam::123456789012:role/developer"}   # one line

    # now and then
    admin:
        source: developer
        role: arn:aws:iam::123456789012:role/admin
        # externalId: to come
# the end
`

describe('a change of the configuration', () => {
  it('adds a profile below the others, indented as they are, and leaves every other byte', () => {
    expect(edited(written, add('tester', {provider: 'corp', duration: '4h'}))).to.equal(
      written.replace('# the end\n', '    tester:\n      provider: corp\n      duration: 4h\n# the end\n'),
    )
  })

  it('removes an entry with the comments in it, and leaves those around it', () => {
    expect(edited(written, remove('admin'))).to.equal(written.replace(/ {4}admin:[\s\S]*to come\n/, ''))
    expect(edited(written, remove('developer'))).to.equal(written.replace(/ {4}developer:[\s\S]*one line\n/, ''))
    expect(edited(written, remove('corp', 'providers'))).to.equal(written.replace(/ {4}corp:[\s\S]*in lines\n/, ''))
  })

  it('keeps the line ends of a file that ends without a newline, or has those of Windows', () => {
    expect(edited('profiles:\n  a: {provider: b}', add('c', {provider: 'b'}))).to.equal(
      'profiles:\n  a: {provider: b}\n  c:\n    provider: b\n',
    )
    expect(edited('\uFEFFprofiles:\r\n  a: {provider: b}\r\n', add('c', {provider: 'b'}))).to.equal(
      '\uFEFFprofiles:\r\n  a: {provider: b}\r\n  c:\r\n    provider: b\r\n',
    )
  })

  for (const [words, text, after] of [
    ['nothing', '', 'profiles:\n  c:\n    provider: b\n'],
    ['comments', '# mine', '# mine\nprofiles:\n  c:\n    provider: b\n'],
    ['no list', 'cache: file\n', 'cache: file\nprofiles:\n  c:\n    provider: b\n'],
    ['an empty list', 'profiles: # none\n\ncache: file\n', 'profiles: # none\n  c:\n    provider: b\n\ncache: file\n'],
    ['an empty list in a word', 'profiles: ~\n', 'profiles: \n  c:\n    provider: b\n'],
    ['an empty list in braces', 'profiles: {}\n', 'profiles: {c: {provider: b}}\n'],
    ['a list in braces', 'profiles: {a: {provider: b}}\n', 'profiles: {a: {provider: b}, c: {provider: b}}\n'],
    ['braces throughout, as JSON', '{"cache": "file"}\n', '{"cache": "file", profiles: {c: {provider: b}}}\n'],
  ] as const) {
    it(`starts a list in a file with ${words}`, () => {
      expect(edited(text, add('c', {provider: 'b'}))).to.equal(after)
    })
  }

  it('removes an entry from braces with one comma', () => {
    const text = 'profiles: {a: {provider: x}, b: {provider: y}, c: {provider: z}} # all\n'
    expect(edited(text, remove('a'))).to.equal('profiles: {b: {provider: y}, c: {provider: z}} # all\n')
    expect(edited(text, remove('c'))).to.equal('profiles: {a: {provider: x}, b: {provider: y}} # all\n')
    expect(edited(text, remove('a'), remove('b'), remove('c'))).to.equal('profiles: {} # all\n')
  })

  it('changes a setting in place, and leaves the others and all comments', () => {
    const corp = {strategy: 'okta', scopes: ['openid'], note: 'several words in lines'}
    expect(edited(written, change('corp', corp, 'providers'))).to.equal(written.replace("'oidc'", 'okta'))
    const wider = {...corp, strategy: 'oidc', scopes: ['openid', 'email'], clientId: 'a, b'}
    expect(edited(written, change('corp', wider, 'providers'))).to.equal(
      written
        .replace(/ {8}scopes:\n.*needed\n/, '')
        .replace(
          'in lines\n',
          'in lines\n        scopes:\n          - openid\n          - email\n        clientId: a, b\n',
        ),
    )
    const role = 'arn:aws:iam::123456789012:role/other'
    expect(edited(written, change('developer', {provider: 'a, b', role}))).to.equal(
      written
        .replace('{provider: corp', '{provider: "a, b"')
        .replace('"arn:aws:iam::123456789012:role/developer"', role),
    )
    expect(edited(written, change('admin', {source: 'developer'}))).to.equal(
      written.replace(/ {8}role: [^}]*admin\n.*to come\n/, '        # externalId: to come\n'),
    )
  })

  it('changes only the differences within a mapping', () => {
    const text = `providers:
  corp:
    strategy: oidc
    redirect:
      # as registered
      ports: [8400] # and no other
    tls: {ca: a, cert: b} # both
`
    const corp = {strategy: 'oidc', redirect: {path: '/'}, tls: {ca: 'c'}}
    expect(edited(text, change('corp', corp, 'providers'))).to.equal(`providers:
  corp:
    strategy: oidc
    redirect:
      # as registered
      path: /
    tls: {ca: c} # both
`)
  })

  it('changes nothing where an entry already has the values', () => {
    const entry = {role: 'arn:aws:iam::123456789012:role/developer', provider: 'corp'}
    expect(edited(written, change('developer', entry))).to.equal(written)
  })

  it('quotes values that YAML would read as another type', () => {
    const entry = {provider: 'b', role: '123456789012/x', sessionName: '{email}', region: 'no', output: '0x10 # y'}
    expect(parse(edited('', add('012', entry))).profiles).to.deep.equal({'012': entry})
  })

  it('finds an entry by its name as written, and leaves names alone that YAML would read as numbers', () => {
    const accounts = 'accounts: {012345678901: test, 0x10: sixteen}\n'
    const text = `${accounts}profiles:\n  1.0: {provider: x}\n  010: {provider: x}\n`
    expect(edited(text, remove('1.0'))).to.equal(`${accounts}profiles:\n  010: {provider: x}\n`)
    expect(edited(text, change('010', {provider: 'y'}))).to.equal(
      text.replace('010: {provider: x}', '010: {provider: y}'),
    )
    expect(edited(accounts, add('010', {provider: 'x'}))).to.equal(`${accounts}profiles:\n  "010":\n    provider: x\n`)
  })

  for (const [words, text, edit] of [
    ['an anchor that others refer to', 'profiles:\n  a: &a\n    provider: x\n  b: *a\n', remove('a')],
    ['a second entry of that name', 'profiles:\n  a: {provider: x}\n', add('a', {provider: 'y'})],
    ['a list that is an alias', 'providers: &p\n  a: {strategy: oidc}\nprofiles: *p\n', add('b', {provider: 'a'})],
    ['a mapping that is a list', 'profiles: [a]\n', add('b', {provider: 'a'})],
    [
      'a change of an entry that others refer to',
      'profiles:\n  a: &a\n    role: x\n  b: *a\n',
      change('a', {role: 'y'}),
    ],
    ['a change of an alias', 'profiles:\n  a: &a\n    role: x\n  b: *a\n', change('b', {role: 'y'})],
    ['an entry that does not exist', 'profiles:\n  a: {provider: x}\n', remove('b')],
  ] as const) {
    it(`refuses ${words}, and says what to write by hand`, () => {
      expect(() => edited(text, edit))
        .to.throw(/without touching the rest/)
        .and.to.have.property('code', 'CONFIG_INVALID')
    })
  }

  it('changes the intended entry and no other byte in any file, however it is laid out', () => {
    for (const seed of seedsOf(usually(300))) {
      const dice = diceFrom(seed)
      const {pieces, names} = randomFile(dice)
      const text = pieces.join('')
      const label = `FUZZ_SEED=${seed}\n${text}`

      const after = edited(text, add('new', {provider: 'x'}))
      expect(parse(after).profiles, label).to.deep.equal({...parse(text).profiles, new: {provider: 'x'}})
      expect(without(after, text), label).to.match(/^ +new:\r?\n +provider: x\r?\n$/)

      const gone = dice.between(0, names.length - 1)
      const rest = pieces.filter((_, index) => index !== 2 * gone + 2).join('')
      expect(edited(text, remove(names[gone] ?? '')), label).to.equal(rest)

      const was = parse(text).profiles[names[gone] ?? '']
      if (!was) continue
      const changed = edited(text, change(names[gone] ?? '', {...was, provider: 'other', region: 'r'}))
      const [head, tail] = [pieces.slice(0, 2 * gone + 2).join(''), pieces.slice(2 * gone + 3).join('')]
      expect(changed.startsWith(head) && changed.endsWith(tail), `${label}\n${changed}`).to.equal(true)
      for (const comment of text.match(/# (?!no comment).*/g) ?? []) expect(changed, label).to.include(comment)
    }
  })
})

/** A file in pieces: a head, then the text between entries and an entry in turn, and an end. */
function randomFile(dice: Dice): {pieces: readonly string[]; names: readonly string[]} {
  const indent = ' '.repeat(dice.between(1, 6))
  const newline = dice.one(['\n', '\r\n'])
  const names = Array.from({length: dice.between(1, 5)}, (_, at) => `p${at}`)
  const pieces = [
    `${dice.one(['', '# top\n\n', 'cache: file # c\n', '---\n'])}profiles:\n`,
    ...names.flatMap(name => [
      dice.one([
        '',
        '',
        '\n',
        `${indent}# about the next\n`,
        '# at the left\n\n',
        `\n\n${indent}# two\n${indent}# lines\n`,
      ]),
      dice.one([
        `${indent}${name}: {provider: x}\n`,
        `${indent}"${name}":   {provider: 'x',\n${indent}   role: y}  # comment, with {braces}\n`,
        `${indent}${name}:\n${indent}  provider: x   # so\n${indent}  # and: deeper\n`,
        `${indent}${name}: # first\n${indent}    provider:\n${indent}    - x\n${indent}    - "y # no comment"\n`,
        `${indent}${name}:\n\n${indent}  # before\n${indent}  provider: x\n\n${indent}  policy: |\n${indent}    {\n\n${indent}    # text\n${indent}    }\n`,
        `${indent}${name}:\n`,
      ]),
    ]),
    dice.one(['', '\n# end\n', 'later: {a: 1}\n', '# end\n\nlater:\n  a: 1\n']),
  ]
  return {pieces: pieces.map(piece => piece.replaceAll('\n', newline)), names}
}

/** What was put into a text to make `after` of it; fails where anything else is different. */
function without(after: string, before: string): string {
  const length = after.length - before.length
  for (let at = 0; at <= before.length; at++) {
    if (after.slice(0, at) + after.slice(at + length) === before && after.slice(at).startsWith(' ')) {
      return after.slice(at, at + length)
    }
  }
  throw new Error(`other bytes have changed: ${after}`)
}
