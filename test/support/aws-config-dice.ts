import type {ProfileEdit} from '../../src/aws-config/edit.ts'
import type {Dice} from './dice.ts'

const names = ['default', 'dev', 'admin', 'a.b/c', 'team@x+y', 'Dev'] as const
const keys = ['region', 'output', 'credential_process', 'role_arn', 'source_profile', 'cli_pager', 'max-x'] as const
const values = [
  'eu-west-1',
  'json',
  'a=b',
  'v;x',
  'w# y',
  '"/a b/c" creds --profile dev',
  'ünïcode',
  '100%',
  '',
] as const
const indents = [' ', '    ', '\t'] as const

/** A file as users and programs write it, well or badly formed. */
export function randomFile(dice: Dice): string {
  const end = dice.one(['\n', '\n', '\r\n'])
  const wild = dice.between(0, 2) === 0
  const lines: string[] = []
  for (let comments = dice.between(0, 2); comments > 0; comments--)
    lines.push(dice.one(['# top', '', ';x = y', '# [profile dev]']))
  const left = [...names]
  for (let count = dice.between(0, 5); count > 0; count--) {
    const name =
      wild && dice.between(0, 5) === 0 ? dice.one(names) : left.splice(dice.between(0, left.length - 1), 1)[0]
    if (name !== undefined) lines.push(headerFor(name, wild, dice), ...bodyFor(wild, dice))
  }
  const text = lines
    .map(line => line + (wild && dice.between(0, 11) === 0 ? (end === '\n' ? '\r\n' : '\n') : end))
    .join('')
  return (wild && dice.between(0, 9) === 0 ? '\uFEFF' : '') + (dice.between(0, 3) === 0 ? text.trimEnd() : text)
}

function headerFor(name: string, wild: boolean, dice: Dice): string {
  const usual = name === 'default' ? '[default]' : `[profile ${name}]`
  if (!wild) return dice.one([usual, usual, `${usual}  # of ours`, `${usual} `])
  return dice.one([
    ...([
      usual,
      usual,
      `[profile ${name}]`,
      `[profile  ${name}]`,
      `[ profile ${name} ]`,
      `[profile "${name}"]`,
    ] as const),
    ...[`[sso-session ${name}]`, `[services ${name}]`, `[profile\t${name}]# close`, `[${name}]`, `[profile ${name}!]`],
    ...[`[profile ${name}] # see [it]`, '[plugins]'],
  ])
}

function bodyFor(wild: boolean, dice: Dice): string[] {
  const lines: string[] = []
  const left = [...keys]
  for (let count = dice.between(0, 5); count > 0; count--) {
    const again = wild && dice.between(0, 7) === 0
    const key = again ? dice.one(keys) : left.splice(dice.between(0, left.length - 1), 1)[0]
    if (key !== undefined) lines.push(...propertyFor(key, wild, dice))
    if (dice.between(0, 3) === 0) lines.push(dice.one(['', '  ', '# between', ';region = commented']))
  }
  if (dice.between(0, 4) === 0) lines.push(...nested(dice))
  if (dice.between(0, 1) === 0) lines.push('')
  return lines
}

function propertyFor(key: string, wild: boolean, dice: Dice): string[] {
  const equals = dice.one([' = ', ' = ', '=', '\t=  '])
  const name = wild && dice.between(0, 5) === 0 ? dice.one([key.toUpperCase(), `${key} x`, `${key}:y`]) : key
  const behind = dice.between(0, 5) === 0 ? dice.one([' # why', '\t; because', '   ']) : ''
  const line = `${name}${equals}${dice.one(values)}${behind}`
  return wild && dice.between(0, 7) === 0
    ? [line, `${dice.one(indents)}${dice.one(['more', 'region = x', '[profile dev]'])}`]
    : [line]
}

function nested(dice: Dice): string[] {
  const indent = dice.one(indents)
  const lines = [
    `${indent}max_concurrent_requests = ${dice.between(0, 19)}`,
    `${indent}# about it`,
    '',
    `${indent}region =`,
  ]
  return ['s3 =', ...lines.slice(0, 1 + dice.between(0, lines.length - 1))]
}

const written = [
  'us-east-2',
  '"/opt/node" "/opt/aws-oidc/run.js" creds --profile dev',
  'arn:aws:iam::1:role/x',
  'yaml',
] as const

/** Edits of one to three profiles, each at most once. */
export function randomEdits(dice: Dice): readonly ProfileEdit[] {
  const left = [...names, 'new one/two'.replace(' ', '.'), 'other']
  return Array.from({length: 1 + dice.between(0, 2)}, () => {
    const profile = left.splice(dice.between(0, left.length - 1), 1)[0] ?? 'other'
    const touched = keys.filter(() => dice.between(0, 2) === 0)
    const removing = dice.between(0, 3) === 0
    const set = removing ? [] : touched.filter(() => dice.between(0, 2) > 0)
    const unset = removing && dice.between(0, 1) === 0 ? keys : touched.filter(key => !set.includes(key))
    return {profile, set: Object.fromEntries(set.map(key => [key, dice.one(written)])), unset}
  })
}
