import {expect} from 'chai'
import {linesOf, plainLines, tableLines} from '../../src/terminal/table.ts'

const rows = [
  ['PROFILE', 'CREDENTIALS', 'ROLE'],
  ['developer', 'fresh', 'arn:aws:iam::123456789012:role/developer'],
  ['a', '-', 'of two words and more of them'],
  ['b', 'absent', 'x'.repeat(57)],
  ['c', 'absent', 'spaces  inside'],
]

describe('a table', () => {
  it('is the same without the library, for ASCII text', () => {
    for (const last of [20, 21, 22, 30, 42, 80]) {
      const widths = [11, 13, last]
      const trimmed = (lines: readonly string[]) => lines.map(line => line.trimEnd())
      expect(trimmed(plainLines(rows, widths)), String(last)).to.deep.equal(trimmed(linesOf(rows, widths)))
    }
  })

  it('has aligned columns, a dash for an empty cell, and wraps where it is too wide', () => {
    expect(
      tableLines(
        [
          ['NAME', 'ROLE'],
          ['one', ''],
          ['', 'abcdefghijklmnopqrstuvwxyz'],
        ],
        26,
      ),
    ).to.deep.equal(['NAME  ROLE', 'one   -', '-     abcdefghijklmnopqr', '      stuvwxyz'])
  })

  const standing = [
    ['PROFILE', 'CREDENTIALS', 'UNTIL', 'ROLE'],
    ['dev', 'fresh', '11:30 (in 60 minutes)', 'arn:aws:iam::123456789012:role/developer'],
    ['admin', 'absent', '', 'arn:aws:iam::123456789012:role/admin-of-production'],
  ]

  it('breaks no word at 80 columns', () => {
    expect(tableLines(standing, 80)).to.deep.equal([
      'PROFILE  CREDENTIALS  UNTIL                  ROLE',
      'dev      fresh        11:30 (in 60 minutes)  arn:aws:iam::123456789012:role/',
      '                                             developer',
      'admin    absent       -                      arn:aws:iam::123456789012:role/',
      '                                             admin-of-production',
    ])
  })

  it('has a line for each cell on a terminal of 40 columns', () => {
    expect(tableLines(standing, 40)).to.deep.equal([
      'dev',
      '  CREDENTIALS  fresh',
      '  UNTIL        11:30 (in 60 minutes)',
      '  ROLE         arn:aws:iam::',
      '               123456789012:role/',
      '               developer',
      'admin',
      '  CREDENTIALS  absent',
      '  UNTIL        -',
      '  ROLE         arn:aws:iam::',
      '               123456789012:role/',
      '               admin-of-production',
    ])
  })

  it('keeps its columns with characters that are two columns wide', () => {
    const [, first = '', second = ''] = tableLines(
      [
        ['NAME', 'ROLE'],
        ['開発', 'admin'],
        ['long name', 'admin'],
      ],
      80,
    )
    expect(first).to.equal('開発       admin')
    expect(second).to.equal('long name  admin')
  })
})
